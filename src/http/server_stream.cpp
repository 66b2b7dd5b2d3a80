// Two coroutines share a connection. One asks the stream and sends; the other reads, only to notice the hang-up, which
// is also how it learns that somebody closed the connection. Then it closes the connection, which ends a sending that
// waits, and cancels the stream if that is being waited for. Only that: Asio's cancellation of an operation must not
// come after its descriptor has gone, and closing is all that the connection needs.
#include "http/server_stream.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <exception>
#include <optional>
#include <utility>

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
using Outcome = Attempt::Outcome;
using TimePoint = ServerConnection::TimePoint;

/// Somebody who listens to events has nothing to say.
constexpr std::size_t kMaxUnaskedBytes = std::size_t{64} << 10U;
constexpr std::size_t kReadBytes = 512;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

struct Course {
  explicit Course(std::shared_ptr<ServerConnection> its_connection) : connection(std::move(its_connection)) {}

  std::shared_ptr<ServerConnection> connection;
  asio::cancellation_signal hang_up;
  bool is_over = false;
};

std::string chunk_of(std::string_view piece) {
  std::array<char, 2 * sizeof(std::size_t)> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
  std::string chunk(digits.data(), end);
  chunk.reserve(chunk.size() + piece.size() + 4);
  return chunk.append("\r\n").append(piece).append("\r\n");
}

/// Ends it all when nobody is there any more.
asio::awaitable<void> notice_hang_up(std::shared_ptr<Course> course) {
  std::array<char, kReadBytes> dropped;  // NOLINT(cppcoreguidelines-pro-type-member-init): reading fills it
  std::size_t unasked = 0;
  while (unasked < kMaxUnaskedBytes) {
    const Attempt attempt = course->connection->read(dropped);
    unasked += attempt.bytes;
    if (attempt.outcome == Outcome::done) continue;
    const bool goes_on = co_await course->connection->wait(attempt.outcome);
    if (!goes_on) break;
  }
  course->is_over = true;
  course->connection->close();
  course->hang_up.emit(asio::cancellation_type::terminal);
}

/// It ends by itself or because the loop is torn down.
void ignore_outcome(std::exception_ptr) {}

}  // namespace

asio::awaitable<void> deliver_stream(std::shared_ptr<ServerConnection> connection, std::chrono::milliseconds timeout,
                                     std::string head, Framing framing, std::shared_ptr<BodyStream> stream) {
  const auto executor = co_await asio::this_coro::executor;
  const auto course = std::make_shared<Course>(connection);
  asio::co_spawn(executor, notice_hang_up(course), &ignore_outcome);
  bool is_taken = co_await connection->write_within(timeout, head);
  while (is_taken && !course->is_over) {
    connection->deadline = TimePoint::max();
    // What is spawned begins in a turn of its own, so that a stream that always has something keeps nobody waiting.
    auto asking = stream->next();
    auto until_hang_up = asio::bind_cancellation_slot(course->hang_up.slot(), asio::as_tuple(asio::use_awaitable));
    const auto [thrown, piece] = co_await asio::co_spawn(executor, std::move(asking), std::move(until_hang_up));
    // The client sees that the body has no end.
    if (thrown || course->is_over) co_return;
    if (!piece) break;
    // An empty chunk would be the end.
    if (!piece->empty()) {
      const std::string bytes = framing == Framing::in_chunks ? chunk_of(*piece) : *piece;
      is_taken = co_await connection->write_within(timeout, bytes);
    }
  }
  if (is_taken && framing == Framing::in_chunks) co_await connection->write_within(timeout, kLastChunk);
}

}  // namespace fgsync::http

#include "http/server_delivery.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
using TimePoint = ServerConnection::TimePoint;

/// Up to this size head and body go out together.
constexpr std::size_t kSmallBodyBytes = std::size_t{64} << 10U;

asio::awaitable<void> pause_for(std::chrono::milliseconds time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<bool> drip(ServerConnection& connection, std::chrono::milliseconds timeout, std::string_view body,
                           Delivery delivery) {
  while (!body.empty()) {
    const auto piece = body.substr(0, delivery.drip_bytes);
    const bool is_sent = co_await connection.write_within(timeout, piece);
    if (!is_sent) co_return false;
    body.remove_prefix(piece.size());
    if (body.empty()) break;
    connection.deadline = TimePoint::max();
    co_await pause_for(delivery.drip_pause);
  }
  co_return true;
}

}  // namespace

asio::awaitable<bool> deliver(ServerConnection& connection, std::chrono::milliseconds timeout, std::string head,
                              std::string_view body, Delivery delivery) {
  // g++ 12 lays the frame out wrongly when a temporary is made inside of a condition that waits: all have names here.
  if (delivery.drip_bytes == 0 && body.size() <= kSmallBodyBytes) head += std::exchange(body, std::string_view());
  const std::string_view first = head;
  const bool is_begun = co_await connection.write_within(timeout, first);
  if (!is_begun) co_return false;
  if (delivery.drip_bytes > 0) co_return co_await drip(connection, timeout, body, delivery);
  co_return co_await connection.write_within(timeout, body);
}

}  // namespace fgsync::http

#include "http/exchange.hpp"

#include <array>
#include <utility>

namespace fgsync::http {
namespace {

using Outcome = Attempt::Outcome;

constexpr std::size_t kReadBytes = std::size_t{32} * 1024;
/// So much is sent before somebody looks whether the server has answered already.
constexpr std::size_t kTurnBytes = std::size_t{256} * 1024;

}  // namespace

Exchange::Exchange(Connection& connection, Outgoing outgoing, const Partner& partner,
                   std::unique_ptr<ResponseReader> reader)
    : connection_(connection),
      outgoing_(std::move(outgoing)),
      partner_(partner),
      reader_(std::move(reader)),
      written_before_(connection.bytes_written()) {}

boost::asio::awaitable<Result<Response>> Exchange::run(Deadline deadline) {
  return follow(StreamLimits{deadline}, nullptr);
}

boost::asio::awaitable<Result<Response>> Exchange::follow(StreamLimits limits, OnPiece on_piece) {
  Deadline deadline = limits.head;
  while (true) {
    send_some();
    if (outgoing_.failure()) co_return fail(exchange_error(*outgoing_.failure(), was_sent()));
    connection_.watch(last_read_);
    connection_.watch(last_write_);
    const bool is_in_time = co_await connection_.bell().wait(deadline);
    if (!is_in_time) co_return fail(late_answer());
    receive_some();
    const bool is_enough = on_piece && tell(on_piece, limits.silence, deadline) == Following::stop;
    if (reader_->is_whole() || is_enough) co_return reader_->release();
    if (reader_->flaw()) co_return fail(lost_answer());
  }
}

/// Tells what has come, and puts off the deadline for it.
Following Exchange::tell(const OnPiece& on_piece, std::chrono::milliseconds silence, Deadline& deadline) {
  constexpr int kSuccess = 2;
  constexpr int kPerClass = 100;
  if (!reader_->has_header() || reader_->status() / kPerClass != kSuccess) return Following::go_on;
  const std::string piece = reader_->take_body();
  const bool is_first = !std::exchange(is_followed_, true);
  if (is_first || !piece.empty()) deadline = SystemClock().in(silence);
  return piece.empty() ? Following::go_on : on_piece(piece);
}

bool Exchange::wants_to_send() const {
  return !is_refused_ && !outgoing_.is_all_sent() && !reader_->has_header();
}

void Exchange::send_some() {
  last_write_ = {Outcome::done};
  for (std::size_t sent = 0; wants_to_send(); sent += last_write_.bytes) {
    const std::string_view bytes = outgoing_.front();
    if (bytes.empty()) return;  // the bell rings when the next part of the body has been made
    last_write_ = sent < kTurnBytes ? connection_.write(bytes) : Attempt{Outcome::wants_write};
    // A server may refuse to read on, and say why: that is still to be heard.
    is_refused_ = last_write_.outcome == Outcome::failed || last_write_.outcome == Outcome::ended;
    if (last_write_.outcome != Outcome::done) return;
    outgoing_.pop(last_write_.bytes);
  }
}

void Exchange::receive_some() {
  std::array<char, kReadBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): reading fills it
  do {
    last_read_ = connection_.read(buffer);
    switch (last_read_.outcome) {
      case Outcome::done: reader_->take({buffer.data(), last_read_.bytes}); break;
      case Outcome::ended: reader_->end(ResponseReader::Ending::proper); break;
      case Outcome::failed: reader_->end(ResponseReader::Ending::abrupt); break;
      case Outcome::wants_read:
      case Outcome::wants_write: return;
    }
  } while (!reader_->is_over() && connection_.has_buffered());
  last_read_ = {Outcome::wants_read};
}

Sent Exchange::was_sent() const {
  return connection_.bytes_written() > written_before_ ? Sent::yes : Sent::no;
}

bool Exchange::leaves_connection_usable() const {
  return outgoing_.is_all_sent() && reader_->allows_reuse();
}

Error Exchange::late_answer() const {
  if (is_followed_) {
    return exchange_error(ErrorKind::timed_out, partner_.name + " has gone silent: it gave no sign of life in time",
                          was_sent());
  }
  if (outgoing_.is_all_sent() || reader_->has_header()) {
    return exchange_error(ErrorKind::timed_out, partner_.name + " did not answer within the deadline", was_sent());
  }
  return exchange_error(ErrorKind::timed_out,
                        partner_.name + " took only " + std::to_string(outgoing_.sent()) + " of " +
                            std::to_string(outgoing_.size()) + " bytes of the request within the deadline",
                        was_sent());
}

Error Exchange::lost_answer() const {
  if (!reader_->has_begun()) {
    return exchange_error(ErrorKind::transient, partner_.name + " closed the connection without an answer", was_sent());
  }
  const auto& [kind, detail] = *reader_->flaw();
  switch (kind) {
    case Flaw::Kind::not_http:
      return exchange_error(ErrorKind::corrupt,
                            partner_.name + " answered, but not in HTTP (" + detail + "). " + partner_.advice,
                            was_sent());
    case Flaw::Kind::cut_off:
      return exchange_error(ErrorKind::corrupt, "the answer of " + partner_.name + " was cut off", was_sent());
    case Flaw::Kind::too_large:
      return exchange_error(ErrorKind::corrupt, "the answer of " + partner_.name + " is too large", was_sent());
    case Flaw::Kind::undecodable:
      return exchange_error(ErrorKind::corrupt, "the answer of " + partner_.name + " cannot be unpacked: " + detail,
                            was_sent());
  }
  return exchange_error(ErrorKind::internal, "the answer of " + partner_.name + " cannot be read", was_sent());
}

}  // namespace fgsync::http

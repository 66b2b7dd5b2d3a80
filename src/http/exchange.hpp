#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/connection.hpp"
#include "http/failure.hpp"
#include "http/outgoing.hpp"
#include "http/response_reader.hpp"
#include "http/streaming_client.hpp"

namespace fgsync::http {

/// Whom an exchange is with, as messages name it, and what to check when it cannot be understood.
struct Partner {
  Partner(std::string its_name, std::string its_advice) : name(std::move(its_name)), advice(std::move(its_advice)) {}
  std::string name;
  std::string advice;
};

/// One request and its answer on a connection. Both directions are served at the same time, so that an answer is heard
/// while the request is still being sent: then the rest of it is not.
class Exchange {
 public:
  /// The connection and the partner must outlive the exchange. The reader is for this answer.
  Exchange(Connection& connection, Outgoing outgoing, const Partner& partner, std::unique_ptr<ResponseReader> reader);

  /// The answer, once. Error: see HttpClient::send.
  [[nodiscard]] boost::asio::awaitable<Result<Response>> run(Deadline deadline);
  /// The same, with its body told as it comes. The reader must be for a streamed one. See StreamingClient::follow.
  [[nodiscard]] boost::asio::awaitable<Result<Response>> follow(StreamLimits limits, OnPiece on_piece);

  /// Whether a byte of the request has left.
  [[nodiscard]] Sent was_sent() const;
  /// Whether a byte of an answer came.
  [[nodiscard]] bool was_heard() const { return reader_->has_begun(); }
  /// After an answer: whether the connection may carry another exchange.
  [[nodiscard]] bool leaves_connection_usable() const;

 private:
  void send_some();
  void receive_some();
  [[nodiscard]] bool wants_to_send() const;
  Following tell(const OnPiece& on_piece, std::chrono::milliseconds silence, Deadline& deadline);
  [[nodiscard]] Error lost_answer() const;
  [[nodiscard]] Error late_answer() const;

  Connection& connection_;
  Outgoing outgoing_;
  const Partner& partner_;
  std::unique_ptr<ResponseReader> reader_;
  std::uint64_t written_before_;
  Attempt last_write_{Attempt::Outcome::done};
  Attempt last_read_{Attempt::Outcome::wants_read};
  bool is_refused_ = false;   ///< the server takes no more of the request
  bool is_followed_ = false;  ///< an answer has begun whose body is told as it comes
};

}  // namespace fgsync::http

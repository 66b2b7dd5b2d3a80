#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "http/socket.hpp"
#include "http/tls.hpp"

namespace fgsync::http {

/// A client's connection, in the clear or with TLS. Reading and writing are attempts; waiting for what they want is the
/// one thing that takes time, and ends when somebody closes the connection.
class ServerConnection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  ServerConnection(const boost::asio::any_io_executor& executor, Socket socket);
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;
  ~ServerConnection();

  /// From here on everything goes through TLS. False: the client does not speak it, or went away.
  boost::asio::awaitable<bool> start_tls(ServerTls& tls);
  [[nodiscard]] Attempt read(std::span<char> into) { return tls_ ? tls_->read(into) : socket_.read(into); }
  [[nodiscard]] Attempt write(std::string_view bytes) { return tls_ ? tls_->write(bytes) : socket_.write(bytes); }
  /// Whether the next read may find something though the socket has nothing.
  [[nodiscard]] bool has_buffered() const { return tls_ && tls_->has_buffered(); }

  /// Waits for what the attempt wanted. False: the connection was closed meanwhile.
  boost::asio::awaitable<bool> wait(Attempt::Outcome wanted);
  /// All of it, as fast as the client takes it. False: the connection is lost. The bytes must outlive the call.
  boost::asio::awaitable<bool> write_all(std::string_view bytes);

  /// The same with a deadline from now on.
  boost::asio::awaitable<bool> write_within(std::chrono::milliseconds time, std::string_view bytes);

  /// Nothing more will be written; the client sees the end.
  void finish_sending();
  void close();

  /// When somebody should close it.
  TimePoint deadline = TimePoint::max();

 private:
  struct Watched;

  Socket socket_;
  std::unique_ptr<Watched> watched_;
  std::optional<TlsSession> tls_;
};

}  // namespace fgsync::http

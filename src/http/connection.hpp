#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/bell.hpp"
#include "http/readiness.hpp"
#include "http/socket.hpp"
#include "http/tls.hpp"

namespace fgsync::http {

/// A connection to a server, in the clear or with TLS. Nothing here waits: who wants to attempts, watches what the
/// attempt wanted, and waits for the bell.
class Connection {
 public:
  /// Over a connected socket.
  Connection(const boost::asio::any_io_executor& executor, Socket socket);

  /// From here on everything goes through TLS; the handshake comes first.
  void start_tls(TlsContext& context, const std::string& host) { tls_.emplace(context, socket_, host); }
  /// Null: in the clear.
  [[nodiscard]] TlsSession* tls() { return tls_ ? &*tls_ : nullptr; }

  [[nodiscard]] Attempt read(std::span<char> into) { return tls_ ? tls_->read(into) : socket_.read(into); }
  [[nodiscard]] Attempt write(std::string_view bytes) { return tls_ ? tls_->write(bytes) : socket_.write(bytes); }
  /// Whether the next read may find something though the socket has nothing.
  [[nodiscard]] bool has_buffered() const { return tls_ && tls_->has_buffered(); }
  /// What was handed to the kernel, TLS's own bytes included.
  [[nodiscard]] std::uint64_t bytes_written() const { return socket_.bytes_written(); }

  /// Makes the bell ring when what the attempt wanted is there; after other outcomes nothing.
  void watch(const Attempt& attempt);
  [[nodiscard]] Bell& bell() { return bell_; }

  /// Whether the server has neither closed the connection nor sent anything, as it should be between two exchanges.
  [[nodiscard]] bool is_quiet();
  /// Nothing is watched any more.
  void rest() { readiness_.forget(); }

 private:
  Socket socket_;
  Bell bell_;
  Readiness readiness_;
  std::optional<TlsSession> tls_;
};

}  // namespace fgsync::http

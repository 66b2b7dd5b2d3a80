#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/http/certificates.hpp"

namespace fgsync::test {

/// The server's end of one connection, for scripts: bytes in, bytes out, and bad manners.
class Peer {
 public:
  Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}

  /// Reads one request with its body; empty when the client has closed.
  std::string read_request();
  /// Reads up to the end of the request's header only.
  std::string read_head();
  /// False once the client is gone.
  bool send(std::string_view bytes);
  /// The same in one packet, each part in a TLS record of its own.
  bool send_together(const std::vector<std::string>& parts);
  /// Waits until the client closes, or so many milliseconds; true when it closed. Discards what it sends.
  bool closes_within(int milliseconds);
  void wait_for_close() { closes_within(10'000); }
  /// Ends the connection the way a crash does: RST instead of FIN.
  void reset_on_close();
  /// Carries bytes to and from that port of 127.0.0.1, as a proxy does, until either side closes. In the clear only.
  void relay_to(std::uint16_t port);
  /// Null in the clear.
  [[nodiscard]] const SSL* tls() const { return tls_; }

 private:
  std::size_t receive(char* bytes, std::size_t size);

  int socket_;
  SSL* tls_;
};

/// A server on a free port of 127.0.0.1 that plays one script per connection, on a thread of its own, and closes the
/// connection at its end. Where it speaks TLS, the handshake precedes the script, and close_notify follows it unless
/// the connection is reset.
class RawServer {
 public:
  using Script = std::function<void(Peer& peer)>;

  explicit RawServer(std::vector<Script> scripts);
  /// `newest`: the highest version of TLS that it knows.
  RawServer(std::vector<Script> scripts, const Identity& identity, int newest = TLS1_3_VERSION);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Connections that were closed after their script. Grows only after the close has reached the client's socket.
  [[nodiscard]] int closed() const { return closed_; }
  void wait_until_closed(int count) const;
  /// Connections that came so far.
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void start();
  void serve();
  void serve_one(int socket, const Script& script);

  std::vector<Script> scripts_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_{nullptr, &SSL_CTX_free};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex current_guard_;
  int current_ = -1;
  bool is_stopping_ = false;
  std::atomic<int> connections_{0};
  std::atomic<int> closed_{0};
  std::thread thread_;
};

/// `HTTP/1.1 200 OK` with this body and its length.
std::string ok(std::string_view body);

/// A script that answers one request after another, one answer each, and then waits for the client to close.
RawServer::Script answering(std::vector<std::string> answers);
/// A script that reads a request, sends this, and closes.
RawServer::Script sending(std::string bytes);

}  // namespace fgsync::test

#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "http/server.hpp"

namespace fgsync::test {

inline http::Response text_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// Answers with what it was asked: method, target, the header X-Test and the body.
inline std::optional<http::Response> echo(const http::Request& request) {
  return text_response(200, std::string(name_of(request.method)) + " " + request.target + " " +
                                std::string(http::find_header(request.headers, "x-test")) + "|" + request.body);
}

/// A server on a thread of its own.
class RunningServer {
 public:
  explicit RunningServer(http::Handler handler = echo, http::ServerOptions options = {}) {
    start(std::move(handler), std::move(options));
  }
  explicit RunningServer(http::AsyncHandler handler, http::ServerOptions options = {}) {
    start(std::move(handler), std::move(options));
  }
  explicit RunningServer(http::PeerHandler handler, http::ServerOptions options = {}) {
    start(std::move(handler), std::move(options));
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() {
    loop_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// Returns when it has stopped.
  void stop() {
    std::promise<void> stopped;
    boost::asio::post(loop_, [&] {
      server_->stop();
      stopped.set_value();
    });
    stopped.get_future().wait();
  }

 private:
  template <class Answering>
  void start(Answering handler, http::ServerOptions options) {
    auto started = http::start_beast_server(loop_.get_executor(), std::move(options), std::move(handler));
    REQUIRE(started);
    server_ = std::move(*started);
    thread_ = std::thread([this] { loop_.run(); });
  }

  boost::asio::io_context loop_;
  std::unique_ptr<http::HttpServer> server_;
  std::thread thread_;
};

/// A socket that is connected to the server. Reads give up after ten seconds, so that a failure is no hang.
class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  explicit SocketClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  ~SocketClient() { ::close(socket_); }

  /// False when the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Gives the server the time to read what was sent apart from what follows. It usually will; no test depends on it.
  static void let_it_arrive() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

  /// Everything up to the server's close.
  std::string read_to_end() {
    while (receive()) {
    }
    return std::exchange(received_, "");
  }

  /// Up to and including `end`; less when the server closes first.
  std::string read_until(std::string_view end) {
    while (received_.find(end) == std::string::npos) {
      if (!receive()) return std::exchange(received_, "");
    }
    const auto size = received_.find(end) + end.size();
    std::string part = received_.substr(0, size);
    received_.erase(0, size);
    return part;
  }

  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

 private:
  bool receive() {
    char part[65536];
    const auto got = ::recv(socket_, part, sizeof part, 0);
    if (got > 0) received_.append(part, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  std::string received_;
};

}  // namespace fgsync::test

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "http/bell.hpp"
#include "http/readiness.hpp"
#include "http/server.hpp"
#include "http/socket.hpp"
#include "http/unix_socket.hpp"

namespace fgsync::http {

/// The place where connections come in.
class Listener {
 public:
  /// See start_beast_server().
  static Result<std::unique_ptr<Listener>> open(const boost::asio::any_io_executor& executor,
                                                const ServerOptions& options);
  /// Over a socket that is listened on. `file`: to be removed at the end.
  Listener(const boost::asio::any_io_executor& executor, Socket socket, std::optional<SocketFile> file);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(); }

  /// 0 when it is no TCP port.
  [[nodiscard]] std::uint16_t port() const;

  /// `done`: one has come; `wants_read`: nobody is there; `failed`: not now, which passes (too many open files, for
  /// example).
  struct Arrival {
    Attempt::Outcome outcome = Attempt::Outcome::failed;
    Socket socket = {};
    Peer peer = {};
  };
  [[nodiscard]] Arrival accept() const;
  /// Until somebody comes, or somebody closes.
  boost::asio::awaitable<void> wait();
  /// Until trying again may help.
  boost::asio::awaitable<void> pause();

  /// Nobody gets in any more; who waits is woken.
  void close();

 private:
  Socket socket_;
  std::optional<SocketFile> file_;
  Bell bell_;
  std::optional<Readiness> readiness_;
};

}  // namespace fgsync::http

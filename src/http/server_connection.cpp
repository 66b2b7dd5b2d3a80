#include "http/server_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace fgsync::http {

namespace asio = boost::asio;
using asio::posix::descriptor_base;
using Outcome = Attempt::Outcome;

/// The loop's view of the descriptor, which it does not own.
struct ServerConnection::Watched {
  Watched(const asio::any_io_executor& executor, int fd) : descriptor(executor, fd) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { descriptor.release(); }

  asio::posix::stream_descriptor descriptor;
};

ServerConnection::ServerConnection(const asio::any_io_executor& executor, Socket socket)
    : socket_(std::move(socket)), watched_(std::make_unique<Watched>(executor, socket_.descriptor())) {}

ServerConnection::~ServerConnection() {
  close();
}

asio::awaitable<bool> ServerConnection::start_tls(ServerTls& tls) {
  tls_.emplace(tls, socket_);
  while (tls_) {
    const Attempt attempt = tls_->handshake();
    if (attempt.outcome == Outcome::done) co_return true;
    if (!co_await wait(attempt.outcome)) break;
  }
  co_return false;
}

asio::awaitable<bool> ServerConnection::wait(Outcome wanted) {
  const bool is_waiting = wanted == Outcome::wants_read || wanted == Outcome::wants_write;
  if (!is_waiting || !watched_) co_return false;
  const auto what = wanted == Outcome::wants_read ? descriptor_base::wait_read : descriptor_base::wait_write;
  auto [failed] = co_await watched_->descriptor.async_wait(what, asio::as_tuple(asio::use_awaitable));
  co_return !failed && watched_ != nullptr;
}

asio::awaitable<bool> ServerConnection::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const Attempt attempt = write(bytes);
    if (attempt.outcome == Outcome::done) {
      bytes.remove_prefix(attempt.bytes);
    } else if (!co_await wait(attempt.outcome)) {
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<bool> ServerConnection::write_within(std::chrono::milliseconds time, std::string_view bytes) {
  deadline = TimePoint::clock::now() + time;
  return write_all(bytes);
}

void ServerConnection::finish_sending() {
  tls_.reset();
  ::shutdown(socket_.descriptor(), SHUT_WR);
}

void ServerConnection::close() {
  tls_.reset();
  watched_.reset();
  socket_ = Socket();
}

}  // namespace fgsync::http

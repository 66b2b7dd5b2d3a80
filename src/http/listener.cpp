#include "http/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/clock.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Outcome = Attempt::Outcome;

constexpr std::chrono::milliseconds kPause{50};
constexpr Deadline kNever{std::chrono::steady_clock::time_point::max()};

/// An address of any family, as the system writes it.
struct AnyAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage); }
  [[nodiscard]] const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage); }
  [[nodiscard]] bool is_tcp() const { return storage.ss_family == AF_INET || storage.ss_family == AF_INET6; }

  [[nodiscard]] std::uint16_t port() const {
    if (!is_tcp()) return 0;
    return ntohs(storage.ss_family == AF_INET ? v4().sin_port : v6().sin6_port);
  }

  [[nodiscard]] std::string text() const {
    if (!is_tcp()) return {};
    std::array<char, INET6_ADDRSTRLEN> host{};
    const bool is_v4 = storage.ss_family == AF_INET;
    const void* bytes = is_v4 ? static_cast<const void*>(&v4().sin_addr) : &v6().sin6_addr;
    ::inet_ntop(storage.ss_family, bytes, host.data(), host.size());
    const std::string name = host.data();
    return (is_v4 ? name : "[" + name + "]") + ":" + std::to_string(port());
  }
};

/// Opens, binds and listens. The first failure, if any.
error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) acceptor.native_non_blocking(true, failed);
  return failed;
}

Result<Socket> listen_at_address(const asio::any_io_executor& executor, const ServerOptions& options) {
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed) {
    return fail(ErrorKind::invalid,
                "cannot listen on \"" + options.address + "\": expected an IP address, for example 127.0.0.1");
  }
  tcp::acceptor acceptor(executor);
  failed = listen_on(acceptor, tcp::endpoint(address, options.port));
  if (failed) {
    return fail(ErrorKind::invalid, "cannot listen on " + address.to_string() + ":" + std::to_string(options.port) +
                                        ": " + failed.message());
  }
  return Socket(acceptor.release());
}

/// What stands behind an option of a socket; 0 when it has none.
int option_of(const Socket& socket, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket.descriptor(), SOL_SOCKET, option, &value, &size) == 0 ? value : 0;
}

Result<Socket> take_over(int descriptor) {
  Socket socket(descriptor);
  if (option_of(socket, SO_ACCEPTCONN) == 0 || option_of(socket, SO_TYPE) != SOCK_STREAM) {
    return fail(ErrorKind::invalid, "cannot listen on the inherited descriptor " + std::to_string(descriptor) +
                                        ": it is no stream socket that is listened on. In a systemd socket unit use "
                                        "ListenStream= with Accept=no");
  }
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 ||
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    return fail(ErrorKind::invalid, "cannot listen on the inherited descriptor " + std::to_string(descriptor) + ": " +
                                        std::generic_category().message(errno));
  }
  return socket;
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(const asio::any_io_executor& executor, const ServerOptions& options) {
  if (!options.inherited_descriptor && !options.unix_path.empty()) {
    auto opened = listen_at_path(options.unix_path, options.unix_mode);
    if (!opened) return fail(std::move(opened).error());
    return std::make_unique<Listener>(executor, std::move(opened->socket), std::move(opened->file));
  }
  auto socket =
      options.inherited_descriptor ? take_over(*options.inherited_descriptor) : listen_at_address(executor, options);
  if (!socket) return fail(std::move(socket).error());
  return std::make_unique<Listener>(executor, std::move(*socket), std::nullopt);
}

Listener::Listener(const asio::any_io_executor& executor, Socket socket, std::optional<SocketFile> file)
    : socket_(std::move(socket)), file_(std::move(file)), bell_(executor) {
  readiness_.emplace(executor, socket_.descriptor(), bell_);
}

std::uint16_t Listener::port() const {
  AnyAddress address;
  return ::getsockname(socket_.descriptor(), address.get(), &address.size) == 0 ? address.port() : std::uint16_t{0};
}

Listener::Arrival Listener::accept() const {
  AnyAddress from;
  const int accepted = ::accept4(socket_.descriptor(), from.get(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) {
    const bool is_quiet = errno == EAGAIN || errno == EWOULDBLOCK;
    return {is_quiet ? Outcome::wants_read : Outcome::failed};
  }
  Arrival arrival{Outcome::done, Socket(accepted)};
  if (from.is_tcp()) {
    const int yes = 1;  // a matter of speed only, so that it may fail
    ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    arrival.peer.address = from.text();
  } else {
    arrival.peer.credentials = credentials_of_peer(arrival.socket);
  }
  return arrival;
}

asio::awaitable<void> Listener::wait() {
  if (!readiness_) co_return;
  readiness_->watch_readable();
  co_await bell_.wait(kNever);
}

asio::awaitable<void> Listener::pause() {
  bell_.ring_after(kPause);
  co_await bell_.wait(kNever);
}

void Listener::close() {
  readiness_.reset();
  file_.reset();
  socket_ = Socket();
  bell_.ring();
}

}  // namespace fgsync::http

#include "http/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <utility>

namespace fgsync::http {
namespace {

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_written_(other.bytes_written_) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_written_, other.bytes_written_);
  return *this;
}

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Socket::begin_connect(const std::string& address, std::uint16_t port) {
  boost::system::error_code not_an_address;
  const auto parsed = boost::asio::ip::make_address(address, not_an_address);
  if (not_an_address) return EADDRNOTAVAIL;
  const boost::asio::ip::tcp::endpoint to(parsed, port);
  descriptor_ = ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) return errno;
  const int yes = 1;  // a matter of speed only, so that it may fail
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(descriptor_, to.data(), static_cast<socklen_t>(to.size())) == 0) return 0;
  return errno == EINPROGRESS ? 0 : errno;
}

int Socket::connect_result() const {
  pollfd settled{descriptor_, POLLOUT, 0};
  if (::poll(&settled, 1, 0) == 0) return EINPROGRESS;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Attempt Socket::read(std::span<char> into) const {
  const auto got = ::recv(descriptor_, into.data(), into.size(), 0);
  if (got > 0) return {Attempt::Outcome::done, static_cast<std::size_t>(got)};
  if (got == 0) return {Attempt::Outcome::ended};
  return {would_block(errno) ? Attempt::Outcome::wants_read : Attempt::Outcome::failed};
}

Attempt Socket::write(std::string_view bytes) {
  const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent < 0) return {would_block(errno) ? Attempt::Outcome::wants_write : Attempt::Outcome::failed};
  bytes_written_ += static_cast<std::uint64_t>(sent);
  return {Attempt::Outcome::done, static_cast<std::size_t>(sent)};
}

}  // namespace fgsync::http

#include "tests/http/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace fgsync::test {
namespace {

/// A socket that is bound to the address; `port` becomes the one it got.
int bound_socket(const std::string& address, std::uint16_t& port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  socklen_t size = sizeof place;
  auto* generic = reinterpret_cast<sockaddr*>(&place);
  if (::bind(made, generic, size) != 0) throw std::runtime_error("the port is in use");
  ::getsockname(made, generic, &size);
  port = ntohs(place.sin_port);
  return made;
}

}  // namespace

ClosedPort::ClosedPort() : socket_(bound_socket("127.0.0.1", port_)) {}

ClosedPort::~ClosedPort() {
  ::close(socket_);
}

ListeningPort::ListeningPort(const std::string& address, std::uint16_t port) : socket_(bound_socket(address, port)) {
  ::listen(socket_, 8);
}

ListeningPort::~ListeningPort() {
  ::close(socket_);
}

bool ListeningPort::was_connected_to() const {
  pollfd watched{socket_, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

SilentPort::SilentPort(const std::string& address, std::uint16_t port) : port_(port) {
  const int listener = bound_socket(address, port_);
  sockets_.push_back(listener);
  ::listen(listener, 0);
  sockaddr_in place{};
  socklen_t size = sizeof place;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&place), &size);
  // Connections that nobody accepts, until one has to wait.
  constexpr int kTries = 8;
  constexpr int kPatienceMilliseconds = 50;
  for (int i = 0; i < kTries; ++i) {
    const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockets_.push_back(filler);
    if (::connect(filler, reinterpret_cast<const sockaddr*>(&place), size) == 0) continue;
    pollfd connecting{filler, POLLOUT, 0};
    if (::poll(&connecting, 1, kPatienceMilliseconds) == 0) return;
  }
  throw std::runtime_error("the queue does not get full");
}

SilentPort::~SilentPort() {
  for (const int socket : sockets_) ::close(socket);
}

}  // namespace fgsync::test

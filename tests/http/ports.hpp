#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fgsync::test {

/// A port on which nobody listens: bound, so that nobody else gets it.
class ClosedPort {
 public:
  ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort();

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;  // before the socket, which is bound to it
  int socket_;
};

/// A port on which somebody listens, and waits.
class ListeningPort {
 public:
  ListeningPort(const std::string& address, std::uint16_t port);
  ListeningPort(const ListeningPort&) = delete;
  ListeningPort& operator=(const ListeningPort&) = delete;
  ~ListeningPort();

  /// Whether somebody has connected to it.
  [[nodiscard]] bool was_connected_to() const;

 private:
  int socket_;
};

/// A port that does not answer when one connects to it, as if a firewall dropped the packets: its queue is full.
class SilentPort {
 public:
  /// 0: any free port.
  explicit SilentPort(const std::string& address, std::uint16_t port = 0);
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  ~SilentPort();

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  std::vector<int> sockets_;
};

}  // namespace fgsync::test

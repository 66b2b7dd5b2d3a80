#include "tests/http/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace fgsync::test {
namespace {

std::size_t content_length(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoull(head.c_str() + at + 16, nullptr, 10);
}

void set_receive_timeout(int socket) {
  const timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Waits for bytes on either socket and sends them to the other. False: one of them has ended.
bool forward_one(int left, int right) {
  pollfd watched[]{{left, POLLIN, 0}, {right, POLLIN, 0}};
  if (::poll(watched, 2, -1) <= 0) return false;
  const bool is_from_left = watched[0].revents != 0;
  char bytes[16384];
  const auto got = ::recv(is_from_left ? left : right, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  return ::send(is_from_left ? right : left, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

}  // namespace

std::size_t Peer::receive(char* bytes, std::size_t size) {
  const auto got = tls_ != nullptr ? SSL_read(tls_, bytes, static_cast<int>(size)) : ::recv(socket_, bytes, size, 0);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string Peer::read_head() {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n")) {
    if (receive(&byte, 1) == 0) return {};
    head += byte;
  }
  return head;
}

std::string Peer::read_request() {
  std::string request = read_head();
  std::string body(content_length(request), '\0');
  for (std::size_t have = 0; have < body.size();) {
    const auto got = receive(body.data() + have, body.size() - have);
    if (got == 0) return {};
    have += got;
  }
  return request + body;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::send_together(const std::vector<std::string>& parts) {
  auto hold_back = [this](int is_held_back) {
    ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &is_held_back, sizeof is_held_back);
  };
  hold_back(1);
  const bool is_sent = std::all_of(parts.begin(), parts.end(), [this](const std::string& part) { return send(part); });
  hold_back(0);
  return is_sent;
}

bool Peer::closes_within(int milliseconds) {
  while (true) {
    pollfd watched{socket_, POLLIN, 0};
    if (::poll(&watched, 1, milliseconds) <= 0) return false;
    char discarded[4096];
    if (::recv(socket_, discarded, sizeof discarded, 0) <= 0) return true;
  }
}

void Peer::reset_on_close() {
  const linger abrupt{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
}

void Peer::relay_to(std::uint16_t port) {
  const int target = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  if (::connect(target, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    while (forward_one(socket_, target)) continue;
  }
  ::close(target);
}

RawServer::RawServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
  start();
}

RawServer::RawServer(std::vector<Script> scripts, const Identity& identity, int newest) : scripts_(std::move(scripts)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets with write()
  tls_.reset(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(tls_.get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(tls_.get(), identity.key.get()) != 1) {
    throw std::runtime_error("OpenSSL refuses the test's certificate");
  }
  // What is too old for Debian's OpenSSL shall fail for the client's reasons, not for the server's.
  SSL_CTX_set_cipher_list(tls_.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(tls_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(tls_.get(), newest);
  start();
}

void RawServer::start() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0) throw std::runtime_error("cannot listen");
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(current_guard_);
    is_stopping_ = true;
    if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void RawServer::serve() {
  for (const auto& script : scripts_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    {
      const std::lock_guard lock(current_guard_);
      current_ = socket;
      if (is_stopping_) ::shutdown(socket, SHUT_RDWR);
    }
    ++connections_;
    set_receive_timeout(socket);
    serve_one(socket, script);
    {
      const std::lock_guard lock(current_guard_);
      current_ = -1;
    }
    ::close(socket);
    ++closed_;
    closed_.notify_all();
  }
}

void RawServer::serve_one(int socket, const Script& script) {
  if (!tls_) {
    Peer peer(socket, nullptr);
    script(peer);
    return;
  }
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(tls_.get()), &SSL_free);
  SSL_set_fd(session.get(), socket);
  if (SSL_accept(session.get()) != 1) return;
  Peer peer(socket, session.get());
  script(peer);
  linger how{};
  socklen_t size = sizeof how;
  ::getsockopt(socket, SOL_SOCKET, SO_LINGER, &how, &size);
  if (how.l_onoff == 0) SSL_shutdown(session.get());
}

void RawServer::wait_until_closed(int count) const {
  for (int now = closed_; now < count; now = closed_) closed_.wait(now);
}

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

RawServer::Script answering(std::vector<std::string> answers) {
  return [answers = std::move(answers)](Peer& peer) {
    for (const auto& answer : answers) {
      if (peer.read_request().empty() || !peer.send(answer)) return;
    }
    peer.wait_for_close();
  };
}

RawServer::Script sending(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

}  // namespace fgsync::test

// systemd is told by datagrams with lines of VARIABLE=value (sd_notify(3)). They are sent here and not by libsystemd,
// which waits for as long as the service manager does not read: that would stop the whole daemon.
#include "daemon/service_manager.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <utility>

#include "base/printable.hpp"

namespace fgsync::daemon {
namespace {

using std::chrono::microseconds;

/// systemctl shows one line; a datagram has room for much more.
constexpr std::size_t kMaxStatusBytes = 400;

/// systemd compares it with its own clock, so it is the real one, and not Clock's.
microseconds monotonic_time() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) +
         std::chrono::duration_cast<microseconds>(std::chrono::nanoseconds(now.tv_nsec));
}

std::optional<microseconds> asked_interval() {
  std::uint64_t interval = 0;
  if (::sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
  return microseconds(interval);
}

/// Where the service manager listens: a path, or with `@` in front an abstract name.
class NotifySocket {
 public:
  explicit NotifySocket(std::string_view name)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    address_.sun_family = AF_UNIX;
    const std::size_t length = std::min(name.size(), sizeof address_.sun_path - 1);
    name.copy(address_.sun_path, length);
    if (name.front() == '@') address_.sun_path[0] = '\0';
    size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// Waits no longer than `patience` for room. 0, or the number of the error.
  [[nodiscard]] int send(const std::string& text, std::chrono::milliseconds patience) const {
    if (descriptor_ < 0) return EBADF;
    int failed = try_to_send(text);
    if (failed != EAGAIN || patience.count() == 0) return failed;
    // A datagram socket that is not connected always seems writable: look a few times.
    constexpr int kLooks = 10;
    for (int look = 0; look < kLooks && failed == EAGAIN; ++look) {
      ::poll(nullptr, 0, static_cast<int>(patience.count() / kLooks));
      failed = try_to_send(text);
    }
    return failed;
  }

 private:
  [[nodiscard]] int try_to_send(const std::string& text) const {
    const auto* address = reinterpret_cast<const sockaddr*>(&address_);
    const ssize_t sent = ::sendto(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL, address, size_);
    return sent < 0 ? errno : 0;
  }

  int descriptor_;
  sockaddr_un address_{};
  socklen_t size_ = 0;
};

class SystemdServiceManager final : public ServiceManager {
 public:
  SystemdServiceManager(Logger log, std::string_view socket)
      : log_(std::move(log)), socket_(socket), watchdog_interval_(asked_interval()) {}

  void ready(const std::string& status) override { tell("READY=1\n" + status_line(status), kPatience); }
  void reloading() override {
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_time().count()), kPatience);
  }
  void stopping(const std::string& status) override { tell("STOPPING=1\n" + status_line(status), kPatience); }
  void status(const std::string& line) override {
    const std::string before = last_status_;
    const std::string said = status_line(line);
    if (last_status_ != before) tell(said);
  }
  void feed_watchdog() override {
    if (watchdog_interval_) tell("WATCHDOG=1");
  }
  [[nodiscard]] std::optional<microseconds> watchdog_interval() const override { return watchdog_interval_; }
  void extend_timeout(microseconds time) override { tell("EXTEND_TIMEOUT_USEC=" + std::to_string(time.count())); }

 private:
  /// In one line: what follows a line break would be a command to systemd.
  std::string status_line(const std::string& status) {
    last_status_ = printable(status, kMaxStatusBytes);
    return "STATUS=" + last_status_;
  }

  void tell(const std::string& state, std::chrono::milliseconds patience = std::chrono::milliseconds(0)) {
    const int failed = socket_.send(state, patience);
    if (failed == 0 || was_warned_) return;
    was_warned_ = true;
    log_.warn("service manager cannot be told", {kv("error", std::generic_category().message(failed))});
  }

  /// For what systemd waits for; the rest is said again soon.
  static constexpr std::chrono::milliseconds kPatience{200};

  Logger log_;
  NotifySocket socket_;
  std::optional<microseconds> watchdog_interval_;
  std::string last_status_;
  bool was_warned_ = false;
};

class NoServiceManager final : public ServiceManager {
 public:
  void ready(const std::string& /*status*/) override {}
  void reloading() override {}
  void stopping(const std::string& /*status*/) override {}
  void status(const std::string& /*line*/) override {}
  void feed_watchdog() override {}
  [[nodiscard]] std::optional<microseconds> watchdog_interval() const override { return std::nullopt; }
  void extend_timeout(microseconds /*time*/) override {}
};

/// The names as libsystemd allocates them.
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names() {
    for (char** name = names_; name != nullptr && *name != nullptr; ++name) std::free(*name);
    std::free(names_);  // NOLINT(bugprone-multi-level-implicit-pointer-conversion): it is malloc's
  }

  char*** out() { return &names_; }
  [[nodiscard]] std::string at(int index) const { return names_[index]; }

 private:
  char** names_ = nullptr;
};

void close_all(int count) {
  for (int index = 0; index < count; ++index) ::close(SD_LISTEN_FDS_START + index);
}

}  // namespace

std::unique_ptr<ServiceManager> make_systemd_service_manager(Logger log) {
  const char* socket = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  if (socket == nullptr || *socket == '\0') return std::make_unique<NoServiceManager>();
  return std::make_unique<SystemdServiceManager>(std::move(log), socket);
}

Result<std::vector<InheritedSocket>> inherited_sockets() {
  Names names;
  const int count = ::sd_listen_fds_with_names(1, names.out());
  if (count < 0) {
    return fail(ErrorKind::invalid, "the sockets that systemd announces (LISTEN_FDS) cannot be used: " +
                                        std::generic_category().message(-count));
  }
  std::vector<InheritedSocket> sockets;
  for (int index = 0; index < count; ++index) {
    const int descriptor = SD_LISTEN_FDS_START + index;
    if (::sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
      close_all(count);
      return fail(ErrorKind::invalid, "the socket " + printable(names.at(index), 100) +
                                          " that systemd passed does not listen for streams: its unit needs "
                                          "ListenStream= and Accept=no");
    }
    sockets.push_back({names.at(index), descriptor, ::sd_is_socket(descriptor, AF_UNIX, SOCK_STREAM, 1) > 0});
  }
  return sockets;
}

}  // namespace fgsync::daemon

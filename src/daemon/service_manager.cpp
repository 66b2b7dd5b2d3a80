// systemd is told by datagrams with lines of VARIABLE=value. libsystemd sends them: it knows abstract sockets. It
// waits while the service manager has too many of them to read.
#include "daemon/service_manager.hpp"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

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

class SystemdServiceManager final : public ServiceManager {
 public:
  explicit SystemdServiceManager(Logger log) : log_(std::move(log)), watchdog_interval_(asked_interval()) {}

  void ready(const std::string& status) override { tell("READY=1\n" + status_line(status)); }
  void reloading() override { tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_time().count())); }
  void stopping(const std::string& status) override { tell("STOPPING=1\n" + status_line(status)); }
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

  void tell(const std::string& state) {
    const int answer = ::sd_notify(0, state.c_str());
    if (answer >= 0 || was_warned_) return;
    was_warned_ = true;
    log_.warn("service manager cannot be told", {kv("error", std::generic_category().message(-answer))});
  }

  Logger log_;
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
  return std::make_unique<SystemdServiceManager>(std::move(log));
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

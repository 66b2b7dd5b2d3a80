#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"

namespace fgsync::daemon {

/// Port: who starts the daemon, watches over it and ends it. One thread (the loop's). Nothing here fails: without a
/// service manager the daemon works as well, and only nobody hears.
/// Lines are for people; control characters in them are replaced.
class ServiceManager {
 public:
  virtual ~ServiceManager() = default;

  /// The daemon serves: after its start, and again after each `reloading`.
  virtual void ready(const std::string& status) = 0;
  /// The configuration is read again, until `ready`.
  virtual void reloading() = 0;
  /// The end has begun.
  virtual void stopping(const std::string& status) = 0;
  /// What it is doing. Sent only when it differs from what was said last.
  virtual void status(const std::string& line) = 0;

  /// All is well. To be said at least twice in each `watchdog_interval`, else the daemon is killed and started again.
  virtual void feed_watchdog() = 0;
  /// Empty: nobody waits for `feed_watchdog`.
  [[nodiscard]] virtual std::optional<std::chrono::microseconds> watchdog_interval() const = 0;
  /// Starting, reloading or stopping takes this much longer, from now.
  virtual void extend_timeout(std::chrono::microseconds time) = 0;
};

/// systemd, by sd_notify(3), where NOTIFY_SOCKET is set; else one that does nothing. What cannot be said is logged
/// once.
std::unique_ptr<ServiceManager> make_systemd_service_manager(Logger log = Logger());

/// A socket that listens already, and is now ours to close.
struct InheritedSocket {
  std::string name;  ///< FileDescriptorName= of the socket unit: `control`, `metrics`
  int descriptor = -1;
  bool is_unix = false;  ///< else TCP
};

/// The sockets that systemd made for this process (LISTEN_FDS); none where it made none. Programs that are started
/// later see neither them nor the variables. To be asked once, before there are threads. Error `invalid`: one of them
/// is not a listening stream socket; they are closed then.
Result<std::vector<InheritedSocket>> inherited_sockets();

}  // namespace fgsync::daemon

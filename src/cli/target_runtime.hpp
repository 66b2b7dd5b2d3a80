#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/connection.hpp"
#include "cli/live_sources.hpp"
#include "cli/options.hpp"
#include "cli/service_access.hpp"
#include "config/config.hpp"
#include "daemon/target.hpp"
#include "state/file_lock.hpp"
#include "state/store.hpp"

namespace fgsync::daemon {
class Metrics;
}

namespace fgsync::cli {

/// What all targets of the daemon share. It outlives them.
struct DaemonPorts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  WorkerPool& pool;
  Logger log;
  daemon::EventLog& events;
  daemon::Metrics* metrics = nullptr;  ///< null: nobody counts calls
};

/// One target with its adapters: from its configuration to the end of its last run. What keeps it from working is
/// shown, and tried again; the other targets do not notice.
class TargetRuntime {
 public:
  /// `name` is shown, and names the folder of the state where the target has none of its own.
  TargetRuntime(std::string name, Options options, config::Config config, DaemonPorts ports);
  TargetRuntime(const TargetRuntime&) = delete;
  TargetRuntime& operator=(const TargetRuntime&) = delete;
  ~TargetRuntime();

  /// Checks the configuration as far as that goes without the state and without asking anybody. Error: what is wrong.
  Result<void> prepare();
  /// Empty before `prepare`.
  [[nodiscard]] const std::string& state_directory() const { return state_directory_; }
  /// Whose functions are its own: two targets with the same would delete each other's. Empty before `prepare`.
  [[nodiscard]] std::string claim() const;
  /// It must not work, whatever its configuration says.
  void refuse(std::string why);

  boost::asio::awaitable<void> run();
  void stop();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] daemon::TargetView view() const;
  /// Null while it does not work.
  [[nodiscard]] daemon::Target* target() { return is_over_ ? nullptr : target_.get(); }
  [[nodiscard]] const daemon::Target* target() const { return is_over_ ? nullptr : target_.get(); }
  /// Looks at everything now.
  void look_now();

 private:
  Result<void> take_state();
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> watch_state();
  [[nodiscard]] bool is_refused() const { return is_refused_; }

  std::string name_;
  Options options_;
  config::Config config_;
  DaemonPorts ports_;
  std::optional<Connection> connection_;
  std::string state_directory_;
  std::string source_id_;
  std::unique_ptr<ServiceAccess> access_;
  std::unique_ptr<LiveSources> sources_;
  std::optional<state::FileLock> lock_;
  std::unique_ptr<state::Store> store_;
  std::unique_ptr<daemon::Target> target_;
  daemon::Signal stopped_;
  std::string problem_;
  bool is_refused_ = false;
  daemon::Signal over_;
  bool is_watched_ = false;  ///< the state
  bool is_over_ = false;     ///< the target does not work any more
  bool is_stopping_ = false;
};

}  // namespace fgsync::cli

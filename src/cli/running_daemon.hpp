#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/target_runtime.hpp"
#include "config/config.hpp"
#include "daemon/controls.hpp"

namespace fgsync::cli {

/// All targets of a configuration, and what may be asked of them. A new configuration replaces them as a whole, or,
/// when it has a mistake, not at all.
class RunningDaemon final : public daemon::Controls {
 public:
  RunningDaemon(Options options, DaemonPorts ports);
  RunningDaemon(const RunningDaemon&) = delete;
  RunningDaemon& operator=(const RunningDaemon&) = delete;
  ~RunningDaemon() override;

  /// Reads the configuration for the first time. Error `invalid`: nothing can be done with it.
  Result<void> configure();
  [[nodiscard]] const config::Config& config() const { return config_; }

  /// Works until `stop`, and then until what is in flight has ended.
  boost::asio::awaitable<void> run();
  void stop();

  /// As `reload`, but never refused: while another one is under way, it follows that one. Several then are one.
  void reload_soon();

  /// Whether the work goes on as it should: what the watchdog is fed by.
  [[nodiscard]] bool makes_progress() const;
  /// Whether the last sweep of each target saw all that it wanted.
  [[nodiscard]] bool has_looked_at_all() const;
  /// Functions that are being changed now, as `target/function` where there are several targets.
  [[nodiscard]] std::set<std::string> in_flight() const;
  /// One line for people: what it is doing.
  [[nodiscard]] std::string status_line() const;

  // As of Controls.
  [[nodiscard]] daemon::DaemonView view() const override;
  daemon::EventLog& events() override { return ports_.events; }
  Awaitable<std::vector<daemon::FunctionView>> reconcile(std::string target, std::vector<std::string> functions,
                                                         std::chrono::milliseconds timeout) override;
  Awaitable<daemon::HeldPlanView> approve(std::string target, std::string plan_id, std::string actor) override;
  Awaitable<bool> suspend(daemon::FunctionChoice choice, std::string reason, std::string actor) override;
  Awaitable<bool> resume(daemon::FunctionChoice choice, std::string actor) override;
  Awaitable<void> hold(daemon::FunctionChoice choice, std::string reason, std::string actor) override;
  Awaitable<reconcile::Released> release(daemon::FunctionChoice choice, std::string actor) override;
  Awaitable<reconcile::Rollback> roll_back(daemon::FunctionChoice choice, reconcile::RollbackWish wish,
                                           std::string actor) override;
  Awaitable<reconcile::Forgotten> forget(daemon::FunctionChoice choice, std::string actor) override;
  Awaitable<std::size_t> pause(std::string target, std::string reason, std::string actor) override;
  Awaitable<bool> unpause(std::string target, std::string actor) override;
  Awaitable<void> reload() override;
  void set_log_level(LogLevel level) override;

 private:
  using Targets = std::vector<std::unique_ptr<TargetRuntime>>;

  Result<config::Config> read_config(std::string& text) const;
  Result<Targets> make_targets(const config::Config& config) const;
  void start(Targets targets);
  boost::asio::awaitable<void> reload_in_turn();
  Result<daemon::Target*> target_of(const daemon::FunctionChoice& choice);
  Result<std::vector<daemon::Target*>> targets_of(const std::string& name);
  [[nodiscard]] bool is_ready() const;

  Options options_;
  DaemonPorts ports_;
  config::Config config_;
  std::string config_text_;
  Targets targets_;
  std::size_t running_ = 0;  ///< targets whose work has not ended
  int asked_ = 0;            ///< requests that have not been answered
  daemon::Signal changed_;
  daemon::WallTime started_at_;
  std::optional<daemon::WallTime> reloaded_at_;
  std::string reload_problem_;
  bool is_reloading_ = false;
  bool is_reload_due_ = false;  ///< once more, after the one that is under way
  bool is_stopping_ = false;
};

}  // namespace fgsync::cli

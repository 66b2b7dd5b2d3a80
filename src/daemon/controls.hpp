#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "daemon/events.hpp"
#include "daemon/view.hpp"
#include "reconcile/interventions.hpp"

namespace fgsync::daemon {

/// Which function of which target. The target may be empty where there is only one, or only one knows the function.
struct FunctionChoice {
  std::string target;
  std::string function;
};

/// Port: what people and scripts may ask of the running daemon. Everything is on the loop. Errors: `not_found` (no such
/// target or function; the message names what there is), `conflict` (not now, and why), and those of the ports.
/// `actor` is who asks, for the history.
class Controls {
 public:
  template <class T>
  using Awaitable = boost::asio::awaitable<Result<T>>;

  virtual ~Controls() = default;

  [[nodiscard]] virtual DaemonView view() const = 0;
  virtual EventLog& events() = 0;

  /// Ahead of all sweeps. With `functions` empty: all of the target (of all targets when that is empty, too). Returns
  /// when each was reconciled once, or when `timeout` is over, with how they are then; a timeout of 0 does not wait.
  virtual Awaitable<std::vector<FunctionView>> reconcile(std::string target, std::vector<std::string> functions,
                                                         std::chrono::milliseconds timeout) = 0;
  /// Agrees to the held plan of a target: exactly those steps are then done, and no others. `plan_id` empty: whichever
  /// is held. Error `conflict` when another plan is held by now.
  virtual Awaitable<HeldPlanView> approve(std::string target, std::string plan_id, std::string actor) = 0;

  /// Answers whether the function is being changed at that moment: that comes to its end.
  virtual Awaitable<bool> suspend(FunctionChoice choice, std::string reason, std::string actor) = 0;
  /// Answers whether it was suspended.
  virtual Awaitable<bool> resume(FunctionChoice choice, std::string actor) = 0;
  /// Holds what its manifest asks for now.
  virtual Awaitable<void> hold(FunctionChoice choice, std::string reason, std::string actor) = 0;
  virtual Awaitable<reconcile::Released> release(FunctionChoice choice, std::string actor) = 0;
  virtual Awaitable<reconcile::Rollback> roll_back(FunctionChoice choice, reconcile::RollbackWish wish,
                                                   std::string actor) = 0;
  virtual Awaitable<reconcile::Forgotten> forget(FunctionChoice choice, std::string actor) = 0;

  /// Nothing more is begun on any service until `unpause`, also after a restart. A target: only that one. Answers how
  /// many functions are being changed at that moment: each comes to its end.
  virtual Awaitable<std::size_t> pause(std::string target, std::string reason, std::string actor) = 0;
  /// Answers whether it was paused.
  virtual Awaitable<bool> unpause(std::string target, std::string actor) = 0;

  /// Reads the configuration again. Error `invalid`: it is not used, and the one before stays.
  virtual Awaitable<void> reload() = 0;
  virtual void set_log_level(LogLevel level) = 0;
};

}  // namespace fgsync::daemon

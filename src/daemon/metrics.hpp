#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/events.hpp"
#include "daemon/process_usage.hpp"
#include "daemon/view.hpp"

namespace fgsync::daemon {

/// What the daemon tells Prometheus; docs/metrics.md describes each. What happens is counted here, from events and
/// calls; how things are is read from the view that is rendered. One thread (the loop's).
class Metrics {
 public:
  /// Counts what is published from now on: `reconcile_ended` (`outcome`, `took_ms`), `step` (`step`),
  /// `retry_scheduled` and `drift_healed`.
  explicit Metrics(EventLog& events);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  ~Metrics();

  /// One exchange with the service. `operation` is one of operation_names(), `status` 0: no answer.
  void count_call(std::string_view target, std::string_view operation, int status, std::chrono::nanoseconds took);

  /// Prometheus' text format, `text/plain; version=0.0.4`, of the view and of what was counted. What can get lost by
  /// itself (functions, sources) is in it only while the view has it.
  [[nodiscard]] std::string render(const DaemonView& view);
  /// The same for a process that is not this one.
  [[nodiscard]] std::string render(const DaemonView& view, const ProcessUsage& usage);

 private:
  struct Counted;
  std::shared_ptr<Counted> counted_;  ///< shared with the log, which never lets go of a listener
};

}  // namespace fgsync::daemon

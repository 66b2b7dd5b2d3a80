#include "daemon/view_metrics.hpp"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "plan/retention.hpp"

namespace fgsync::daemon {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr MetricType kGauge = MetricType::Gauge;
constexpr MetricType kCounter = MetricType::Counter;

constexpr std::array kConditions{Condition::synced,    Condition::progressing, Condition::blocked, Condition::held,
                                 Condition::suspended, Condition::failed,      Condition::unknown};

double flag(bool value) {
  return value ? 1 : 0;
}

template <class Duration>
double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double timestamp(WallTime at) {
  return in_seconds(at.time_since_epoch());
}

/// Never negative: the wall clock may be set back.
double age(WallTime now, WallTime at) {
  return std::max(0.0, in_seconds(now - at));
}

/// What was never observed is at least as old as the daemon is.
double observation_age(const DaemonView& view, const FunctionView& function) {
  return age(view.now, function.observed_at.value_or(view.started_at));
}

class FamilyList {
 public:
  using Label = ClientMetric::Label;

  /// What is added from here on belongs to this family.
  FamilyList& family(MetricType type, std::string_view name, std::string_view help) {
    families_.push_back({std::string(name), std::string(help), type, {}});
    return *this;
  }
  FamilyList& add(std::initializer_list<Label> labels, double value) {
    MetricFamily& family = families_.back();
    ClientMetric& metric = family.metric.emplace_back();
    metric.label.assign(labels);
    (family.type == kCounter ? metric.counter.value : metric.gauge.value) = value;
    return *this;
  }
  FamilyList& add(std::optional<double> value) {
    if (value) add({}, *value);
    return *this;
  }
  /// A value for each target, or for each that has one.
  template <class ValueOf>
  void per_target(const DaemonView& view, MetricType type, std::string_view name, std::string_view help,
                  ValueOf value_of) {
    family(type, name, help);
    for (const TargetView& target : view.targets) {
      const std::optional<double> value = value_of(target);
      if (value) add({{"target", target.name}}, *value);
    }
  }
  /// A value for each function that has one.
  template <class ValueOf>
  void per_function(const DaemonView& view, std::string_view name, std::string_view help, ValueOf value_of) {
    family(kGauge, name, help);
    for (const TargetView& target : view.targets) {
      for (const FunctionView& function : target.functions) {
        const std::optional<double> value = value_of(function);
        if (value) add({{"target", target.name}, {"function", function.name}}, *value);
      }
    }
  }
  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void add_conditions(FamilyList& list, const DaemonView& view) {
  list.family(kGauge, "fgsync_functions", "Functions by condition.");
  for (const TargetView& target : view.targets) {
    std::array<std::size_t, kConditions.size()> counts{};
    for (const FunctionView& function : target.functions) ++counts.at(static_cast<std::size_t>(function.condition));
    for (const Condition condition : kConditions) {
      list.add({{"target", target.name}, {"condition", std::string(reconcile::name_of(condition))}},
               static_cast<double>(counts.at(static_cast<std::size_t>(condition))));
    }
  }
}

void add_functions(FamilyList& list, const DaemonView& view) {
  add_conditions(list, view);
  list.per_function(view, "fgsync_function_consecutive_failures", "Failed tries in a row, of functions that have any.",
                    [](const FunctionView& function) {
                      return function.failures > 0 ? std::optional<double>(function.failures) : std::nullopt;
                    });
  list.per_function(view, "fgsync_function_observation_age_seconds",
                    "Since a function was last seen on the service; since the daemon's start where it never was.",
                    [&](const FunctionView& function) { return observation_age(view, function); });
  list.per_target(view, kGauge, "fgsync_observation_age_max_seconds",
                  "The highest observation age of a target's functions.", [&](const TargetView& target) {
                    std::optional<double> highest;
                    for (const FunctionView& function : target.functions) {
                      highest = std::max(highest.value_or(0), observation_age(view, function));
                    }
                    return highest;
                  });
  list.per_function(view, "fgsync_function_versions_used",
                    "Published versions that a function has on the service, where known.",
                    [](const FunctionView& function) { return function.versions_used; });
  list.family(kGauge, "fgsync_function_versions_limit", "How many published versions the service lets a function have.")
      .add(static_cast<double>(plan::kMaxVersions));
}

void add_sweeps(FamilyList& list, const DaemonView& view) {
  list.per_target(view, kCounter, "fgsync_sweeps_total", "Sweeps since the start.",
                  [](const TargetView& target) { return static_cast<double>(target.sweep.count); });
  list.per_target(view, kGauge, "fgsync_sweep_last_duration_seconds", "How long the last sweep took.",
                  [](const TargetView& target) { return in_seconds(target.sweep.took); });
  list.per_target(view, kGauge, "fgsync_sweep_last_success_timestamp_seconds",
                  "When a sweep last read all that it wanted; 0 where none has since the start.",
                  [](const TargetView& target) { return timestamp(target.sweep.succeeded_at.value_or(WallTime())); });
  list.per_target(view, kGauge, "fgsync_sweep_next_timestamp_seconds", "When the next sweep is due, where one is.",
                  [](const TargetView& target) {
                    return target.sweep.next_at ? std::optional(timestamp(*target.sweep.next_at)) : std::nullopt;
                  });
}

void add_queue(FamilyList& list, const DaemonView& view) {
  list.family(kGauge, "fgsync_queue_functions", "Functions in the work queue, by state.");
  for (const TargetView& target : view.targets) {
    const std::pair<const char*, std::size_t> states[] = {
        {"ready", target.queue.ready}, {"delayed", target.queue.delayed}, {"in_flight", target.queue.in_flight}};
    for (const auto& [state, count] : states) {
      list.add({{"target", target.name}, {"state", state}}, static_cast<double>(count));
    }
  }
  list.per_target(view, kGauge, "fgsync_queue_oldest_seconds", "How long the first of the ready functions has waited.",
                  [](const TargetView& target) { return in_seconds(target.queue.oldest); });
}

void add_budget(FamilyList& list, const DaemonView& view) {
  const auto add = [&](MetricType type, std::string_view name, std::string_view help, auto value_of) {
    list.per_target(view, type, name, help,
                    [&](const TargetView& target) { return static_cast<double>(value_of(target)); });
  };
  add(kGauge, "fgsync_budget_requests_in_flight", "Requests that hold a place in the budget.",
      [](const TargetView& target) { return target.budget.in_flight; });
  add(kGauge, "fgsync_budget_requests_in_flight_limit", "How many may at once.",
      [](const TargetView& target) { return target.budget_limits.concurrency; });
  add(kGauge, "fgsync_budget_requests_per_second_limit", "How many may begin in a second; 0: as many as like.",
      [](const TargetView& target) { return target.budget_limits.requests_per_second; });
  add(kGauge, "fgsync_budget_in_flight_bytes", "Bytes of bodies that are being sent.",
      [](const TargetView& target) { return target.budget.bytes_in_flight; });
  add(kGauge, "fgsync_budget_in_flight_limit_bytes", "How many may be at once.",
      [](const TargetView& target) { return target.budget_limits.bytes_in_flight; });
  add(kCounter, "fgsync_budget_granted_total", "Requests that got a place in the budget.",
      [](const TargetView& target) { return target.budget.granted; });
  add(kCounter, "fgsync_budget_waited_total", "Of those, the ones that had to wait for it.",
      [](const TargetView& target) { return target.budget.waited; });
  add(kCounter, "fgsync_budget_waited_seconds_total", "How long they waited, together.",
      [](const TargetView& target) { return in_seconds(target.budget.time_waited); });
  add(kCounter, "fgsync_budget_refused_total", "Requests that were not sent because the wait would have been too long.",
      [](const TargetView& target) { return target.budget.refused; });
  add(kCounter, "fgsync_budget_throttled_total", "Answers of the service that said to slow down.",
      [](const TargetView& target) { return target.budget.throttled; });
}

/// What is known of one place that manifests come from. Several sources may share it.
struct Place {
  int failures = 0;
  bool has_problem = false;
  std::uint64_t requests = 0;
  std::optional<double> check_age;
};
/// By kind, place, environment.
using Places = std::map<std::tuple<std::string, std::string, std::string>, Place>;

Places places_of(const DaemonView& view, const TargetView& target) {
  Places places;
  for (const SourceView& source : target.sources) {
    Place& place = places[{source.kind, source.where, source.environment}];
    place.failures = std::max(place.failures, source.failures);
    place.has_problem = place.has_problem || !source.problem.empty();
    place.requests = std::max(place.requests, source.requests);
    if (source.checked_at) {
      place.check_age = std::max(place.check_age.value_or(0), age(view.now, *source.checked_at));
    }
  }
  return places;
}

void add_git_requests(FamilyList& list, const DaemonView& view) {
  list.family(kCounter, "fgsync_git_requests_total", "Requests to the server of a git repository.");
  for (const TargetView& target : view.targets) {
    std::map<std::string, std::uint64_t> requests;
    for (const SourceView& source : target.sources) {
      if (source.kind == "git") requests[source.where] = std::max(requests[source.where], source.requests);
    }
    for (const auto& [repository, count] : requests) {
      list.add({{"target", target.name}, {"repository", repository}}, static_cast<double>(count));
    }
  }
}

void add_sources(FamilyList& list, const DaemonView& view) {
  const auto add = [&](std::string_view name, std::string_view help, auto value_of) {
    list.family(kGauge, name, help);
    for (const TargetView& target : view.targets) {
      for (const auto& [key, place] : places_of(view, target)) {
        const auto& [kind, where, environment] = key;
        const std::optional<double> value = value_of(place);
        if (!value) continue;
        list.add({{"target", target.name}, {"kind", kind}, {"source", where}, {"environment", environment}}, *value);
      }
    }
  };
  add("fgsync_source_consecutive_failures", "Failed looks at a source in a row.",
      [](const Place& place) { return place.failures; });
  add("fgsync_source_problem", "1 while something is wrong with a source, and its last good content is used.",
      [](const Place& place) { return flag(place.has_problem); });
  add("fgsync_source_check_age_seconds", "Since a source was last looked at.",
      [](const Place& place) { return place.check_age; });
  add_git_requests(list, view);
}

void add_targets(FamilyList& list, const DaemonView& view) {
  list.per_target(view, kGauge, "fgsync_target_working", "0 where a target cannot work at all.",
                  [](const TargetView& target) { return flag(target.problem.empty()); });
  list.per_target(view, kGauge, "fgsync_observing", "1 where a target's mode is observe, so that nothing is written.",
                  [](const TargetView& target) { return flag(target.is_observing); });
  list.per_target(view, kGauge, "fgsync_paused", "1 while somebody has paused a target, so that nothing is written.",
                  [](const TargetView& target) { return flag(target.pause.has_value()); });
  list.per_target(view, kGauge, "fgsync_plan_held", "1 while a plan waits for a person to approve it.",
                  [](const TargetView& target) { return flag(target.held_plan.has_value()); });
  list.per_target(view, kGauge, "fgsync_plan_held_functions", "Functions that the held plan would change.",
                  [](const TargetView& target) {
                    return target.held_plan ? std::optional(static_cast<double>(target.held_plan->changes))
                                            : std::nullopt;
                  });
}

void add_daemon(FamilyList& list, const DaemonView& view) {
  list.family(kGauge, "fgsync_build_info", "1; the program's version is a label.").add({{"version", view.version}}, 1);
  list.family(kGauge, "fgsync_ready", "1 once every target that works has ended a sweep.").add(flag(view.is_ready));
  list.family(kGauge, "fgsync_config_last_reload_successful",
              "0 while the configuration that is in use is not the one that was read last.")
      .add(flag(view.reload_problem.empty()));
  list.family(kGauge, "fgsync_config_last_reload_success_timestamp_seconds",
              "When the configuration that is in use was read.")
      .add(timestamp(view.reloaded_at.value_or(view.started_at)));
}

void add_process(FamilyList& list, const DaemonView& view, const ProcessUsage& usage) {
  // Not from /proc: there it is relative to the machine's start, which a sandboxed process may not be shown.
  list.family(kGauge, "process_start_time_seconds", "When the daemon started.").add(timestamp(view.started_at));
  list.family(kCounter, "process_cpu_seconds_total", "Time of the processor that the daemon used.")
      .add(usage.cpu_seconds);
  list.family(kGauge, "process_resident_memory_bytes", "Memory that the daemon occupies.").add(usage.resident_bytes);
  list.family(kGauge, "process_open_fds", "Files and sockets that the daemon has open.").add(usage.open_descriptors);
}

}  // namespace

std::vector<MetricFamily> families_of(const DaemonView& view, const ProcessUsage& usage) {
  FamilyList list;
  add_targets(list, view);
  add_functions(list, view);
  add_sweeps(list, view);
  add_queue(list, view);
  add_budget(list, view);
  add_sources(list, view);
  add_daemon(list, view);
  add_process(list, view, usage);
  return list.take();
}

}  // namespace fgsync::daemon

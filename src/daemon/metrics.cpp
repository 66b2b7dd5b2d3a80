#include "daemon/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/view_metrics.hpp"

namespace fgsync::daemon {
namespace {

using Counters = prometheus::Family<prometheus::Counter>;
using Histograms = prometheus::Family<prometheus::Histogram>;

/// From a call over a short way to one that takes a large package along.
const prometheus::Histogram::BucketBoundaries kCallSeconds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                           1,     2.5,  5,     10,   30,  60};
/// From a function that was looked at to one that waits for its retries.
const prometheus::Histogram::BucketBoundaries kReconcileSeconds{0.01, 0.05, 0.1, 0.25, 0.5, 1,  2.5,
                                                                5,    10,   30,  60,   120, 300};

// What is counted of a target begins at 0, so that the first of a kind is seen as an increase.
constexpr std::array<std::string_view, 6> kOutcomes{"unchanged", "done", "failed", "blocked", "skipped", "interrupted"};
constexpr std::array<std::string_view, 14> kSteps{"import",          "create",
                                                  "update_code",     "update_config",
                                                  "publish",         "create_alias",
                                                  "update_alias",    "update_max_instances",
                                                  "update_tags",     "update_async_config",
                                                  "delete_alias",    "delete_version",
                                                  "delete_function", "update_reserved_instances"};

template <class Builder>
auto& add_family(Builder builder, prometheus::Registry& registry, const std::string& name, const std::string& help) {
  return builder.Name("fgsync_" + name).Help(help).Register(registry);
}

std::string_view field_of(const Event& event, std::string_view name) {
  const auto found =
      std::find_if(event.fields.begin(), event.fields.end(), [&](const auto& field) { return field.first == name; });
  return found == event.fields.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<double> seconds_of(std::string_view milliseconds) {
  std::int64_t count = 0;
  const char* end = milliseconds.data() + milliseconds.size();
  const auto [rest, problem] = std::from_chars(milliseconds.data(), end, count);
  if (problem != std::errc() || rest != end || milliseconds.empty()) return std::nullopt;
  return std::chrono::duration<double>(std::chrono::milliseconds(count)).count();
}

/// The word, or `other`: a mistake elsewhere must not make labels without end.
template <std::size_t N>
std::string one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::string(std::find(words.begin(), words.end(), word) == words.end() ? "other" : word);
}

/// The status and its class.
std::pair<std::string, std::string> code_and_class(int status) {
  if (status == 0) return {"none", "none"};
  if (status < 100 || status > 599) return {"other", "other"};
  return {std::to_string(status), std::to_string(status / 100) + "xx"};
}

}  // namespace

struct Metrics::Counted {
  prometheus::Registry registry;
  Counters& reconciles = add_family(prometheus::BuildCounter(), registry, "reconciles_total",
                                    "Reconciles of single functions that ended, by outcome.");
  Histograms& reconcile_seconds =
      add_family(prometheus::BuildHistogram(), registry, "reconcile_duration_seconds",
                 "How long reconciles of single functions took, retries included, by outcome.");
  Counters& steps = add_family(prometheus::BuildCounter(), registry, "steps_total",
                               "Steps that took effect on the service, by kind.");
  Counters& retries =
      add_family(prometheus::BuildCounter(), registry, "retries_total", "Retries that were scheduled after a failure.");
  Counters& drifts = add_family(prometheus::BuildCounter(), registry, "drift_healed_total",
                                "Changes from elsewhere, such as the console, that were undone.");
  Counters& calls = add_family(prometheus::BuildCounter(), registry, "api_requests_total",
                               "Requests to the service and to who issues credentials, by operation and status.");
  Histograms& call_seconds = add_family(prometheus::BuildHistogram(), registry, "api_request_duration_seconds",
                                        "From sending a request to its whole answer, without the wait for the budget.");

  std::set<std::string> begun;  ///< targets

  void count(const Event& event) {
    if (event.type == "reconcile_ended") {
      count_reconcile(event);
    } else if (event.type == "step") {
      steps.Add({{"target", event.target}, {"step", one_of(kSteps, field_of(event, "step"))}}).Increment();
    } else if (event.type == "retry_scheduled") {
      retries.Add({{"target", event.target}}).Increment();
    } else if (event.type == "drift_healed") {
      drifts.Add({{"target", event.target}}).Increment();
    }
  }

  void count_reconcile(const Event& event) {
    const prometheus::Labels labels{{"target", event.target},
                                    {"outcome", one_of(kOutcomes, field_of(event, "outcome"))}};
    reconciles.Add(labels).Increment();
    const auto seconds = seconds_of(field_of(event, "took_ms"));
    if (seconds) reconcile_seconds.Add(labels, kReconcileSeconds).Observe(*seconds);
  }

  void begin_at_zero(const std::string& target) {
    if (!begun.insert(target).second) return;
    for (const std::string_view outcome : kOutcomes) {
      const prometheus::Labels labels{{"target", target}, {"outcome", std::string(outcome)}};
      reconciles.Add(labels);
      reconcile_seconds.Add(labels, kReconcileSeconds);
    }
    for (const std::string_view step : kSteps) steps.Add({{"target", target}, {"step", std::string(step)}});
    retries.Add({{"target", target}});
    drifts.Add({{"target", target}});
  }
};

Metrics::Metrics(EventLog& events) : counted_(std::make_shared<Counted>()) {
  events.listen([counted = counted_](const Event& event) { counted->count(event); });
}

Metrics::~Metrics() = default;

void Metrics::count_call(std::string_view target, std::string_view operation, int status,
                         std::chrono::nanoseconds took) {
  const auto [code, status_class] = code_and_class(status);
  prometheus::Labels labels{{"target", std::string(target)}, {"operation", std::string(operation)}};
  counted_->call_seconds.Add(labels, kCallSeconds).Observe(std::chrono::duration<double>(took).count());
  labels.emplace("code", code);
  labels.emplace("class", status_class);
  counted_->calls.Add(labels).Increment();
}

std::string Metrics::render(const DaemonView& view) {
  return render(view, read_process_usage());
}

std::string Metrics::render(const DaemonView& view, const ProcessUsage& usage) {
  for (const TargetView& target : view.targets) counted_->begin_at_zero(target.name);
  auto families = counted_->registry.Collect();
  auto of_view = families_of(view, usage);
  std::move(of_view.begin(), of_view.end(), std::back_inserter(families));
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace fgsync::daemon

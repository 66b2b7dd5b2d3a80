#include "emulator/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <sstream>
#include <utility>

namespace fgsync::emulator {
namespace {

using Labels = std::map<std::string, std::string>;

/// From a cached read to a call with a fault's delay, in seconds.
const prometheus::Histogram::BucketBoundaries kSeconds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                       0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

std::string shown(std::string_view operation) {
  return operation.empty() ? "none" : std::string(operation);
}

template <class Builder>
auto& add_family(Builder builder, prometheus::Registry& registry, const std::string& name, const std::string& help) {
  return builder.Name("fgsync_emulator_" + name).Help(help).Register(registry);
}

}  // namespace

/// The library looks labels up by hashing strings; what is counted for every request is found by pointers here.
struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = add_family(prometheus::BuildCounter(), registry, "requests_total",
                                                                 "Requests by operation and status; 0 is no answer.");
  prometheus::Family<prometheus::Counter>& faults =
      add_family(prometheus::BuildCounter(), registry, "faults_total", "Faults that were injected, by kind.");
  prometheus::Family<prometheus::Histogram>& seconds =
      add_family(prometheus::BuildHistogram(), registry, "request_seconds",
                 "From a request's last byte to its answer, with delays and the wait for the disk.");
  prometheus::Family<prometheus::Gauge>& functions =
      add_family(prometheus::BuildGauge(), registry, "functions", "Functions in the state.");
  prometheus::Family<prometheus::Gauge>& versions =
      add_family(prometheus::BuildGauge(), registry, "versions", "Versions in the state, latest included.");
  prometheus::Family<prometheus::Gauge>& aliases =
      add_family(prometheus::BuildGauge(), registry, "aliases", "Aliases in the state.");

  std::map<std::pair<const char*, int>, prometheus::Counter*> known_requests;
  std::map<const char*, prometheus::Histogram*> known_seconds;
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  add_family(prometheus::BuildGauge(), families_->registry, "info", "The version of the program.")
      .Add(Labels{{"version", FGSYNC_VERSION}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::count(std::string_view operation, int status, std::string_view fault, std::chrono::nanoseconds took) {
  auto& requests = families_->known_requests[{operation.data(), status}];
  if (requests == nullptr) {
    requests = &families_->requests.Add(Labels{{"operation", shown(operation)}, {"status", std::to_string(status)}});
  }
  requests->Increment();
  auto& seconds = families_->known_seconds[operation.data()];
  if (seconds == nullptr) seconds = &families_->seconds.Add(Labels{{"operation", shown(operation)}}, kSeconds);
  seconds->Observe(std::chrono::duration<double>(took).count());
  if (!fault.empty()) families_->faults.Add(Labels{{"kind", std::string(fault)}}).Increment();
}

std::string Metrics::render(const Store::Counts& counts) {
  families_->functions.Add({}).Set(static_cast<double>(counts.functions));
  families_->versions.Add({}).Set(static_cast<double>(counts.versions));
  families_->aliases.Add({}).Set(static_cast<double>(counts.aliases));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families_->registry.Collect());
  return text.str();
}

}  // namespace fgsync::emulator

// Versions that go, and those that must not.
#include <algorithm>

#include "plan/function_planner.hpp"
#include "plan/marker.hpp"
#include "plan/retention.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

}  // namespace

void FunctionPlanner::prune(const std::vector<std::string>& versions, Reason reason) {
  for (const std::string& version : versions) add(DeleteVersion{version}, reason, function_.position);
}

void FunctionPlanner::block_full() {
  block("version_limit",
        std::to_string(observed().versions.size()) + " published versions and latest fill the service's limit of " +
            std::to_string(kMaxVersions) +
            ", and none of them is fgsync's and unused: delete a version that no alias uses",
        function_.version->position);
}

/// Before the run, after it, and what aliases were on before that: nobody is left without a way back.
std::set<std::string> FunctionPlanner::versions_in_use(const AliasPlan& aliases) const {
  std::set<std::string> in_use = inputs_.versions_in_use;
  in_use.insert(plan_.wanted_version);
  const auto add_traffic = [&in_use](const std::string& version, const Traffic& traffic) {
    in_use.insert(version);
    for (const auto& [additional, percent] : traffic.weights) in_use.insert(additional);
    for (const auto& [additional, strategy] : traffic.strategies) in_use.insert(additional);
  };
  for (const functiongraph::Alias& alias : observed().aliases) {
    add_traffic(alias.version, traffic_of(alias));
  }
  for (const Step& step : aliases.steps) {
    if (const auto* move = std::get_if<UpdateAlias>(&step.action)) add_traffic(move->to, move->traffic);
    if (const auto* creation = std::get_if<CreateAlias>(&step.action))
      add_traffic(creation->version, creation->traffic);
  }
  if (inputs_.last_applied) {
    for (const auto& [alias, version] : inputs_.last_applied->previous_versions) in_use.insert(version);
  }
  if (function_.extra->reserved_instances) {
    for (const auto& reserved : *function_.extra->reserved_instances) in_use.insert(reserved.qualifier);
  }
  for (const auto& row : observed().reserved_instances) {
    if (row.instances.count > 0) in_use.insert(row.qualifier_name);
  }
  for (const std::string& held : held_fingerprints()) {
    for (const Version& version : observed().versions) {
      if (carries_fingerprint(description_of(version), version.digest, held)) in_use.insert(version.name);
    }
  }
  return in_use;
}

/// What is rejected stays to be looked at, and to be released.
std::vector<std::string> FunctionPlanner::held_fingerprints() const {
  std::vector<std::string> held;
  for (const Hold& hold : inputs_.holds) held.push_back(hold.fingerprint);
  for (const functiongraph::Alias& alias : observed().aliases) {
    if (auto marker = split_hold(alias.description).marker) held.push_back(std::move(*marker));
  }
  return held;
}

}  // namespace fgsync::plan

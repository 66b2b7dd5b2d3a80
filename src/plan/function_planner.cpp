// The decision table. One function at a time, in the order in which its steps depend on each other: may we touch it at
// all, code, configuration, version, aliases. A conflict about the wanted version stops the whole function: code that
// cannot be published under the wanted name must not reach `latest` either.
#include "plan/function_planner.hpp"

#include <algorithm>

#include "base/printable.hpp"
#include "plan/marker.hpp"
#include "plan/retention.hpp"
#include "plan/side_settings.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

constexpr std::size_t kShownValue = 60;

}  // namespace

std::vector<std::string_view> known_digests(const Inputs& inputs) {
  const Desired& desired = inputs.desired;
  std::vector<std::string_view> known;
  if (desired.archive_digest) known.emplace_back(desired.archive_digest->hex);
  if (inputs.last_applied && inputs.last_applied->content_digest == desired.contents.digest) {
    known.emplace_back(inputs.last_applied->remote_digest.hex);
  }
  if (inputs.known_code != nullptr) {
    for (const RemoteDigest& digest : *inputs.known_code) known.emplace_back(digest.hex);
  }
  if (inputs.observed) {
    for (const Version& version : inputs.observed->versions) {
      if (carries_fingerprint(description_of(version), version.digest, desired.fingerprint)) {
        known.emplace_back(version.digest.hex);
      }
    }
  }
  std::erase(known, std::string_view());
  return known;
}

bool is_among(const RemoteDigest& digest, const std::vector<std::string_view>& known) {
  return std::find(known.begin(), known.end(), digest.hex) != known.end();
}

bool is_image(const manifest::Function& function) {
  return function.code.kind == manifest::Code::Kind::image;
}

FunctionPlanner::FunctionPlanner(const Inputs& inputs, const PlanOptions& options)
    : desired_(inputs.desired),
      function_(inputs.desired.function),
      inputs_(inputs),
      options_(options),
      known_digests_(known_digests(inputs)) {
  plan_.name = function_.name;
  plan_.position = function_.position;
  plan_.fingerprint = desired_.fingerprint;
  for (const auto& dependency : function_.depends_on) plan_.depends_on.push_back(dependency.value);
}

FunctionPlan FunctionPlanner::run() {
  if (lacks_secrets()) return std::move(plan_);
  if (!inputs_.observed) {
    if (!is_held()) plan_absent();
  } else if (remember_preconditions(); may_touch()) {
    if (must_recreate_) {
      if (is_held()) return std::move(plan_);
      add(DeleteFunction{}, Reason::recreated, function_.position);
      plan_absent();
    } else {
      plan_existing();
    }
  }
  if (function_.handling.is_suspended || inputs_.suspension != nullptr) hold_back();
  return std::move(plan_);
}

void FunctionPlanner::plan_absent() {
  const bool is_imported = options_.may_import && can_be_imported(function_);
  const auto via = is_imported ? ImportFunction::Via::package : ImportFunction::Via::create_call;
  add(ImportFunction{via, function_.description}, Reason::absent, function_.position);
  add_side_settings(When::before_versions);
  if (function_.version) publish(wanted_name(), Reason::version_missing);
  add(alias_plan({}));
  add_side_settings(When::after_aliases);
}

void FunctionPlanner::plan_existing() {
  const VersionDecision decision = decide_version();
  if (decision == VersionDecision::conflict) return;
  if (is_held() || is_config_blocked()) return;
  AliasPlan aliases = alias_plan(observed().aliases);
  const bool will_publish = decision == VersionDecision::publish;
  const Retention retention =
      plan_retention({observed().versions, will_publish, function_.handling.retain_versions, versions_in_use(aliases)});
  if (retention.is_full) return block_full();
  plan_code();
  plan_config();
  if (stop_fighting()) return;
  add_side_settings(When::before_versions);
  if (will_publish && leaves_latest_alone_) return block_unpublished();
  prune(retention.before_publish, Reason::head_room);
  if (will_publish) publish(plan_.wanted_version, Reason::version_missing);
  add(std::move(aliases));
  add_side_settings(When::after_aliases);
  prune(retention.after, function_.handling.retain_versions ? Reason::superseded : Reason::head_room);
}

void FunctionPlanner::add_side_settings(When when) {
  static const Boxed<ObservedFunction> absent;
  const auto& there = must_recreate_ ? absent : inputs_.observed;
  if (!side_settings_) side_settings_ = plan_side_settings(function_, there, inputs_.last_applied);
  for (Step& step : *side_settings_) {
    const bool is_late = std::holds_alternative<UpdateReservedInstances>(step.action);
    if (is_late != (when == When::after_aliases)) continue;
    if (step.reason == Reason::drifted && leaves_drift_alone()) {
      note_drift(describe_side(step.action));  // no version freezes it: latest may be published all the same
    } else {
      plan_.steps.push_back(std::move(step));
    }
  }
}

void FunctionPlanner::note_drift(const std::string& what) {
  plan_.notes.push_back(
      {"drift_left_alone", what + " was changed on the service and is left alone (self_heal: false)"});
}

void FunctionPlanner::leave_alone(const std::string& what) {
  note_drift(what);
  leaves_latest_alone_ = true;
}

std::string FunctionPlanner::describe_side(const Action& action) {
  if (const auto* tags = std::get_if<UpdateTags>(&action)) return paths_of(tags->changes);
  if (const auto* async = std::get_if<UpdateAsyncConfig>(&action)) return paths_of(async->changes);
  if (const auto* reserved = std::get_if<UpdateReservedInstances>(&action)) return paths_of(reserved->changes);
  return "max_instance_num";
}

std::string FunctionPlanner::paths_of(const std::vector<FieldChange>& changes) {
  std::string text;
  for (const FieldChange& change : changes) text += (text.empty() ? "" : ", ") + printable(change.path, kShownValue);
  return text;
}

AliasPlan FunctionPlanner::alias_plan(const std::vector<functiongraph::Alias>& existing) const {
  AliasInputs inputs{function_.aliases, plan_.wanted_version, existing, {"latest"}, {}, {}};
  if (inputs_.observed && !must_recreate_) {
    for (const Version& version : observed().versions) inputs.versions.emplace_back(version.name);
  }
  if (!plan_.wanted_version.empty()) inputs.versions.emplace_back(plan_.wanted_version);
  if (inputs_.last_applied) {
    inputs.previous = inputs_.last_applied->previous_versions;
    inputs.last_wishes = inputs_.last_applied->alias_wishes;
    if (leaves_drift_alone() && !must_recreate_) inputs.drift = Drift::left_alone;
    if (options_.pruning == Pruning::on) inputs.unwanted = unwanted_aliases();
  }
  return plan_aliases(inputs);
}

/// Ours, as far as we remember, and named by the manifest no more.
std::set<std::string> FunctionPlanner::unwanted_aliases() const {
  std::set<std::string> unwanted = inputs_.last_applied->aliases;
  for (const manifest::WantedAlias& alias : function_.aliases) unwanted.erase(alias.name);
  return unwanted;
}

void FunctionPlanner::add(AliasPlan aliases) {
  for (Step& step : aliases.steps) plan_.steps.push_back(std::move(step));
  for (Blocked& blocked : aliases.blocked) plan_.blocked.push_back(std::move(blocked));
  for (const std::string& what : aliases.left_alone) note_drift(what);
  plan_.alias_wishes = std::move(aliases.wishes);
}

/// An image has no code here: which one it is stands in the configuration.
bool FunctionPlanner::is_our_code(const RemoteDigest& digest) const {
  return is_image(function_) || is_among(digest, known_digests_);
}

void FunctionPlanner::remember_preconditions() {
  plan_.preconditions.remote_digest = observed().detail.row.digest;
  std::vector<std::string_view> versions;
  for (const Version& version : observed().versions) versions.emplace_back(version.name);
  std::sort(versions.begin(), versions.end());
  plan_.preconditions.versions.assign(versions.begin(), versions.end());
  for (const auto& alias : observed().aliases) {
    plan_.preconditions.aliases.emplace_back(alias.name, alias.version);
    const std::string traffic = traffic_of(alias).to_string();
    if (!traffic.empty()) plan_.preconditions.traffic.emplace_back(alias.name, traffic);
  }
  std::sort(plan_.preconditions.traffic.begin(), plan_.preconditions.traffic.end());
  std::sort(plan_.preconditions.aliases.begin(), plan_.preconditions.aliases.end());
}

void FunctionPlanner::add(Action action, Reason reason, const SourcePosition& position) {
  constexpr std::size_t kUsualSteps = 6;
  if (plan_.steps.empty()) plan_.steps.reserve(kUsualSteps);
  plan_.steps.push_back(Step{std::move(action), reason, position});
}

void FunctionPlanner::block(std::string code, std::string message, const SourcePosition& position,
                            std::vector<std::string> next) {
  plan_.blocked.push_back(Blocked{std::move(code), std::move(message), position, std::move(next)});
}

}  // namespace fgsync::plan

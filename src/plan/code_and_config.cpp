#include <algorithm>

#include "plan/function_planner.hpp"
#include "plan/marker.hpp"
#include "plan/settings.hpp"
#include "plan/side_settings.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

}  // namespace

void FunctionPlanner::plan_code() {
  const RemoteDigest& latest = observed().detail.row.digest;
  auto dependencies = dependency_change();
  if (is_our_code(latest)) {
    if (!dependencies) return;
    const Reason reason = reason_of({*dependencies}, inputs_.last_applied);
    if (reason == Reason::drifted && leaves_drift_alone()) return leave_alone("depend_version_list");
    add(UpdateCode{latest, std::nullopt, std::nullopt, std::move(dependencies)}, reason, function_.code.position);
    return;
  }
  UpdateCode step{latest, desired_.archive_digest, std::nullopt, std::move(dependencies)};
  Reason reason = Reason::code_changed;
  if (inputs_.last_applied) {
    const bool we_changed = inputs_.last_applied->content_digest != desired_.contents.digest;
    const bool they_changed = inputs_.last_applied->remote_digest != latest;
    if (they_changed) reason = we_changed ? Reason::both_changed : Reason::drifted;
    if (reason == Reason::drifted && leaves_drift_alone()) {
      plan_.leaves_code_alone = true;
      return leave_alone("code");
    }
    if (!they_changed) step.files = package::compare(inputs_.last_applied->files, desired_.contents.files);
  }
  add(std::move(step), reason, function_.code.position);
}

std::optional<FieldChange> FunctionPlanner::dependency_change() const {
  const auto wanted = wanted_dependencies(function_);
  const auto& there = observed().detail.row.facts->depend_version_list;
  if (!wanted || *wanted == there) return std::nullopt;
  return FieldChange{"depend_version_list", dependencies_text(there), dependencies_text(*wanted)};
}

std::optional<std::string> FunctionPlanner::owner() const {
  return options_.writes_markers ? std::optional(options_.source_id) : std::nullopt;
}

std::vector<FieldChange> FunctionPlanner::changes_of_config() const {
  return config_changes(observed().detail.config, function_, owner());
}

/// Missing, another source's, or there although markers are off.
bool FunctionPlanner::has_wrong_marker() const {
  const auto marker = split_owner(observed().detail.config.description).marker;
  if (!marker && inputs_.last_applied && inputs_.last_applied->awaits_mark) return false;
  return marker != owner();
}

/// What cannot be configured must not get new code either: latest would be half of what is wanted.
bool FunctionPlanner::is_config_blocked() {
  if (!observed().detail.config.has_encrypted_user_data) return false;
  if (manages_secrets(function_, inputs_.last_applied)) return false;
  if (changes_of_config().empty() && !has_wrong_marker()) return false;
  block("encrypted_user_data",
        "has encrypted environment variables that its manifest does not name; they cannot be read back, and an "
        "update of the configuration would erase them: name all of them in encrypted_user_data, or remove them on "
        "the service",
        function_.position);
  return true;
}

void FunctionPlanner::plan_config() {
  auto changes = changes_of_config();
  const SecretDifference secrets = secret_difference();
  const Reason reason = config_reason(changes, secrets.changes);
  changes.insert(changes.end(), secrets.changes.begin(), secrets.changes.end());
  if (changes.empty() && secrets.is_unknown && !lacks_a_secret()) {
    return add(UpdateConfig{{{"encrypted_user_data", "(secret)", "(secret)", true}}}, Reason::secret_unknown,
               function_.position);
  }
  if (changes.empty() && !has_wrong_marker()) return;
  note_unpublished(secrets.changes);
  if (reason == Reason::drifted && leaves_drift_alone()) {
    return leave_alone(changes.empty() ? "the ownership mark" : paths_of(changes));
  }
  add(UpdateConfig{std::move(changes)}, reason, function_.position);
}

SecretDifference FunctionPlanner::secret_difference() const {
  const auto& versions = observed().versions;
  const bool has_evidence = !desired_.secrets.empty() && are_shared(desired_.secrets) &&
                            std::any_of(versions.begin(), versions.end(), [this](const Version& version) {
                              return version.digest == observed().detail.row.digest && is_of_our_fingerprint(version);
                            });
  return compare_secrets(desired_, observed(), inputs_.last_applied, has_evidence);
}

bool FunctionPlanner::lacks_a_secret() const {
  return std::any_of(desired_.secrets.begin(), desired_.secrets.end(),
                     [](const auto& entry) { return entry.second.failure.has_value(); });
}

/// Secrets that count for no fingerprint name no version.
void FunctionPlanner::note_unpublished(const std::vector<FieldChange>& secret_changes) {
  const bool is_auto = function_.version && function_.version->is_auto;
  if (secret_changes.empty() || !is_auto || are_shared(desired_.secrets)) return;
  plan_.notes.push_back({"secret_not_published",
                         "the changed secrets reach latest and no version: give them a revision in the manifest, or "
                         "set spec.fingerprint_key_file in fgsync.yaml, so that they name a new one"});
}

Reason FunctionPlanner::config_reason(const std::vector<FieldChange>& changes,
                                      const std::vector<FieldChange>& secrets) const {
  if (!secrets.empty()) return reason_with_secrets(changes);
  if (is_adoption_ && changes.empty()) return Reason::adopted;
  if (!owner() && changes.empty()) return Reason::desired_changed;                      // markers were turned off
  return changes.empty() ? Reason::drifted : reason_of(changes, inputs_.last_applied);  // only the marker is gone
}

Reason FunctionPlanner::reason_with_secrets(const std::vector<FieldChange>& changes) const {
  if (!inputs_.last_applied) return Reason::differs;
  const bool we_changed = !secrets_changed_since(desired_, inputs_.last_applied).empty();
  const Reason secret = we_changed ? Reason::desired_changed : Reason::drifted;
  if (changes.empty()) return secret;
  const Reason other = reason_of(changes, inputs_.last_applied);
  return other == secret ? other : Reason::both_changed;
}

}  // namespace fgsync::plan

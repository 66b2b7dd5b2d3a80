// Which version is wanted, and whether it is there, to be published, or in conflict with one that is there.
#include <algorithm>

#include "base/printable.hpp"
#include "plan/function_planner.hpp"
#include "plan/marker.hpp"
#include "plan/settings.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

constexpr std::size_t kShownDigits = 12;
constexpr std::size_t kShownValue = 60;

std::string short_digest(const std::string& hex) {
  return "sha512:" + hex.substr(0, kShownDigits) + "…";
}

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "(unset)";
  return value->empty() ? "\"\"" : printable(*value, kShownValue);
}

/// `memory_size 256 and timeout 30, the manifest says 512 and 60`.
std::string describe_conflict(const std::vector<FieldChange>& published_to_wanted) {
  std::string published;
  std::string wanted;
  for (const FieldChange& change : published_to_wanted) {
    published += (published.empty() ? "" : " and ") + printable(change.path, kShownValue) + " " + shown(change.before);
    wanted += (wanted.empty() ? "" : " and ") + shown(change.after);
  }
  return published + ", the manifest says " + wanted;
}

}  // namespace

void FunctionPlanner::block_unpublished() {
  block("latest_differs",
        plan_.wanted_version +
            " is not published: latest was changed on the service and is left alone (self_heal: false), so it is not "
            "what the manifest says; let fgsync put it back, or change the manifest",
        function_.version->position);
}

std::string FunctionPlanner::wanted_name() const {
  return function_.version->is_auto ? "v-" + desired_.fingerprint : function_.version->name;
}

FunctionPlanner::VersionDecision FunctionPlanner::decide_version() {
  if (!function_.version) return VersionDecision::none_wanted;
  if (const Version* equal = function_.version->is_auto ? find_equal_version() : nullptr) {
    plan_.wanted_version = equal->name;
    return VersionDecision::exists;
  }
  if (const Version* there = find_version(wanted_name())) {
    if (!function_.version->is_auto) return compare_with(*there);
    plan_.wanted_version = next_free_name();
  } else {
    plan_.wanted_version = wanted_name();
  }
  return check_publishable();
}

FunctionPlanner::VersionDecision FunctionPlanner::compare_with(const Version& there) {
  plan_.wanted_version = there.name;
  if (!is_our_code(there.digest)) {
    block(
        "version_conflict",
        there.name + " is already published with other code (" + short_digest(there.digest.hex) + "): bump the version",
        function_.version->position);
    return VersionDecision::conflict;
  }
  const auto changes = frozen_changes(there.config, function_);
  if (changes.empty() && is_of_other_settings(there)) return block_other_settings(there);
  if (changes.empty()) return compare_secrets_with(there);
  block("version_conflict", there.name + " is published with " + describe_conflict(changes) + ": bump the version",
        function_.version->position);
  return VersionDecision::conflict;
}

FunctionPlanner::VersionDecision FunctionPlanner::block_other_settings(const Version& there) {
  std::string names;
  for (const std::string& name : unlisted_settings(function_)) names += (names.empty() ? "" : ", ") + name;
  block("version_conflict",
        there.name + " is published with other settings: its fingerprint is " + *marked_fingerprint(there) +
            ", the manifest's is " + desired_.fingerprint + "; what differs is among those that a list of versions " +
            "does not show (" + names + "): bump the version",
        function_.version->position);
  return VersionDecision::conflict;
}

/// The settings that a list of versions does not show are compared by fingerprint, where both are known to be about
/// the same: one without secrets that are not available, and without what is left to others.
bool FunctionPlanner::is_of_other_settings(const Version& version) const {
  if (unlisted_settings(function_).empty() || !function_.handling.ignore_differences.empty()) return false;
  if (!are_shared(desired_.secrets) || lacks_a_secret() || is_of_our_fingerprint(version)) return false;
  return marked_fingerprint(version).has_value();
}

/// Of the marker that the version was published with; absent: there is none, or it is not about this code.
std::optional<std::string> FunctionPlanner::marked_fingerprint(const Version& version) {
  return fingerprint_in(description_of(version), version.digest);
}

/// A version's secrets cannot be read either. Known is only that they changed since.
FunctionPlanner::VersionDecision FunctionPlanner::compare_secrets_with(const Version& there) {
  const auto changes = secrets_changed_since(desired_, inputs_.last_applied);
  if (changes.empty() || (!desired_.secrets.empty() && are_shared(desired_.secrets) && is_of_our_fingerprint(there))) {
    return VersionDecision::exists;
  }
  block("version_conflict",
        there.name + " is published with another " + changes.front() + " (a secret): bump the version",
        function_.version->position);
  return VersionDecision::conflict;
}

/// By its marker, or by a name that nobody but fgsync gives.
bool FunctionPlanner::is_of_our_fingerprint(const Version& version) const {
  return carries_fingerprint(description_of(version), version.digest, desired_.fingerprint) ||
         version.name == "v-" + desired_.fingerprint;
}

FunctionPlanner::VersionDecision FunctionPlanner::check_publishable() {
  const auto& versions = observed().versions;
  if (const Version* equal = versions.size() == 1 ? find_equal_version() : nullptr) {
    block("nothing_to_publish",
          "the service publishes only changes, and this code and configuration are already published as " +
              equal->name + ": keep that name, or change the code",
          function_.version->position);
    return VersionDecision::conflict;
  }
  const auto& refused = inputs_.last_applied ? inputs_.last_applied->refused_publish : std::nullopt;
  if (refused && refused->key == publish_key(desired_.fingerprint, plan_.wanted_version, versions)) {
    block("nothing_to_publish", refused->why, function_.version->position);
    return VersionDecision::conflict;
  }
  return VersionDecision::publish;
}

const Version* FunctionPlanner::find_version(const std::string& name) const {
  const auto& versions = observed().versions;
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.name == name; });
  return found == versions.end() ? nullptr : &*found;
}

/// A published version with our code and our frozen configuration, by whatever name.
const Version* FunctionPlanner::find_equal_version() const {
  const auto& versions = observed().versions;
  if (const Version* named = find_version(wanted_name()); named != nullptr && is_equal(*named)) return named;
  // The service's order is not documented: the same one must be found every time.
  const Version* first = nullptr;
  for (const Version& version : versions) {
    if (is_equal(version) && (first == nullptr || version.name < first->name)) first = &version;
  }
  return first;
}

bool FunctionPlanner::is_equal(const Version& version) const {
  const bool has_our_secrets =
      desired_.secrets.empty() || !are_shared(desired_.secrets) || is_of_our_fingerprint(version);
  return has_our_secrets && is_our_code(version.digest) && frozen_changes(version.config, function_).empty() &&
         !is_of_other_settings(version);
}

/// Somebody published other code under our automatic name: `v-<fp>-2`, and so on.
std::string FunctionPlanner::next_free_name() const {
  for (int suffix = 2;; ++suffix) {
    std::string name = wanted_name() + "-" + std::to_string(suffix);
    if (find_version(name) == nullptr) return name;
  }
}

void FunctionPlanner::publish(const std::string& name, Reason reason) {
  const manifest::WantedVersion& wanted = *function_.version;
  plan_.wanted_version = name;
  add(PublishVersion{name, wanted.description, wanted.is_auto}, reason, wanted.position);
}

}  // namespace fgsync::plan

// The decision table. One function at a time, in the order in which its steps depend on each other: may we touch it at
// all, code, configuration, version, aliases. A conflict about the wanted version stops the whole function: code that
// cannot be published under the wanted name must not reach `latest` either.
#include "plan/planner.hpp"

#include <algorithm>
#include <set>

#include "base/printable.hpp"
#include "plan/aliases.hpp"
#include "plan/marker.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

constexpr std::size_t kMaxVersions = 20;  // of one function, latest included (docs: notes and constraints)
constexpr std::size_t kShownDigits = 12;
constexpr std::size_t kShownValue = 60;

std::string short_digest(const std::string& hex) {
  return "sha512:" + hex.substr(0, kShownDigits) + "…";
}

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "(unset)";
  return value->empty() ? "\"\"" : printable(*value, kShownValue);
}

std::optional<std::string> value_of(const std::map<std::string, std::string>& fields, const std::string& key) {
  const auto found = fields.find(key);
  return found == fields.end() ? std::nullopt : std::optional(found->second);
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

/// The remote digests that are known to stand for our content.
std::set<std::string> known_digests(const Inputs& inputs) {
  const Desired& desired = inputs.desired;
  std::set<std::string> known;
  if (desired.archive_digest) known.insert(desired.archive_digest->hex);
  if (inputs.last_applied && inputs.last_applied->content_digest == desired.contents.digest) {
    known.insert(inputs.last_applied->remote_digest.hex);
  }
  if (inputs.observed) {
    for (const Version& version : inputs.observed->versions) {
      if (carries_fingerprint(version.description.value_or(""), version.digest, desired.fingerprint)) {
        known.insert(version.digest.hex);
      }
    }
  }
  known.erase("");
  return known;
}

class FunctionPlanner {
 public:
  FunctionPlanner(const Inputs& inputs, const PlanOptions& options)
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

  FunctionPlan run() {
    if (!inputs_.observed) {
      plan_absent();
    } else if (remember_preconditions(); may_touch()) {
      plan_existing();
    }
    if (function_.handling.is_suspended) hold_back();
    return std::move(plan_);
  }

 private:
  /// A suspended function shows what it would need, and gets nothing of it.
  void hold_back() {
    if (plan_.steps.empty()) return;
    std::string held;
    for (const Step& step : plan_.steps) held += (held.empty() ? "" : ", ") + describe(step.action);
    plan_.steps.clear();
    block("suspended", "is suspended by its manifest; held back: " + held + "; take suspend: true out to go on",
          function_.position);
  }

  void plan_absent() {
    add(ImportFunction{}, Reason::absent, function_.position);
    if (function_.version) publish(wanted_name(), Reason::version_missing);
    add_aliases({});
  }

  void plan_existing() {
    const VersionDecision decision = decide_version();
    if (decision == VersionDecision::conflict) return;
    if (is_config_blocked()) return;
    plan_code();
    plan_config();
    if (decision == VersionDecision::publish) publish(plan_.wanted_version, Reason::version_missing);
    add_aliases(observed().aliases);
  }

  // ---- may we touch it?

  bool may_touch() {
    const auto owner = split_owner(observed().detail.row.description).marker;
    // Another source's marker speaks louder than our memory: it was written after we looked last.
    const bool is_ours =
        owner ? owner == options_.source_id : inputs_.last_applied.has_value() || inputs_.has_import_of_ours;
    if (!is_ours && !function_.handling.adopt && options_.adoption == Adoption::only_ours) {
      const std::string who =
          owner ? "is managed by the source \"" + *owner + "\"" : "exists on the service and is not managed by fgsync";
      block("not_managed", who + "; take it over with adopt: true in its manifest, or with --adopt", function_.position,
            {"fgsync sync --adopt"});
      return false;
    }
    is_adoption_ = !is_ours;
    const functiongraph::FunctionDetail& detail = observed().detail;
    if (detail.config.runtime != function_.runtime) {
      block("immutable_field",
            "runtime cannot be changed in place: the service has " + detail.config.runtime + ", the manifest says " +
                function_.runtime + "; give the function a new name, or delete the old one by hand first",
            function_.runtime_position);
    }
    if (!detail.row.app.empty() && detail.row.app != function_.app) {
      block("immutable_field",
            "app cannot be changed in place: the service has " + detail.row.app + ", the manifest says " +
                function_.app + "; give the function a new name, or delete the old one by hand first",
            function_.app_position);
    }
    return plan_.blocked.empty();
  }

  // ---- code and configuration

  void plan_code() {
    const RemoteDigest& latest = observed().detail.row.digest;
    if (is_our_code(latest)) return;
    UpdateCode step{latest, desired_.archive_digest, std::nullopt};
    Reason reason = Reason::code_changed;
    if (inputs_.last_applied) {
      const bool we_changed = inputs_.last_applied->content_digest != desired_.contents.digest;
      const bool they_changed = inputs_.last_applied->remote_digest != latest;
      if (they_changed) reason = we_changed ? Reason::both_changed : Reason::drifted;
      if (!they_changed) step.files = package::compare(inputs_.last_applied->files, desired_.contents.files);
    }
    add(std::move(step), reason, function_.code.position);
  }

  [[nodiscard]] std::optional<std::string> owner() const {
    return options_.writes_markers ? std::optional(options_.source_id) : std::nullopt;
  }

  [[nodiscard]] std::vector<FieldChange> config_changes() const {
    return field_changes(comparable_fields(observed().detail.config),
                         comparable_fields(desired_config(function_, owner())));
  }

  /// Missing, another source's, or there although markers are off.
  [[nodiscard]] bool has_wrong_marker() const {
    return split_owner(observed().detail.config.description).marker != owner();
  }

  /// What cannot be configured must not get new code either: latest would be half of what is wanted.
  bool is_config_blocked() {
    if (!observed().detail.config.has_encrypted_user_data) return false;
    if (config_changes().empty() && !has_wrong_marker()) return false;
    block("encrypted_user_data",
          "has encrypted environment variables, which cannot be read back and which an update of the configuration "
          "would erase; this version of fgsync does not manage them: remove them on the service, or leave the "
          "function out",
          function_.position);
    return true;
  }

  void plan_config() {
    auto changes = config_changes();
    if (changes.empty() && !has_wrong_marker()) return;
    const Reason reason = config_reason(changes);
    add(UpdateConfig{std::move(changes)}, reason, function_.position);
  }

  [[nodiscard]] Reason config_reason(const std::vector<FieldChange>& changes) const {
    if (is_adoption_ && changes.empty()) return Reason::adopted;
    if (!owner() && changes.empty()) return Reason::desired_changed;  // markers were turned off
    if (!inputs_.last_applied) return changes.empty() ? Reason::drifted : Reason::differs;
    bool we_changed = false;
    bool they_changed = changes.empty();  // only the marker is gone
    for (const FieldChange& change : changes) {
      const auto last = value_of(inputs_.last_applied->config, change.path);
      we_changed = we_changed || change.after != last;
      they_changed = they_changed || change.before != last;
    }
    if (we_changed && they_changed) return Reason::both_changed;
    return we_changed ? Reason::desired_changed : Reason::drifted;
  }

  // ---- version

  enum class VersionDecision { none_wanted, exists, publish, conflict };

  [[nodiscard]] std::string wanted_name() const {
    return function_.version->is_auto ? "v-" + desired_.fingerprint : function_.version->name;
  }

  VersionDecision decide_version() {
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

  VersionDecision compare_with(const Version& there) {
    plan_.wanted_version = there.name;
    if (!is_our_code(there.digest)) {
      block("version_conflict",
            there.name + " is already published with other code (" + short_digest(there.digest.hex) +
                "): bump the version",
            function_.version->position);
      return VersionDecision::conflict;
    }
    const auto changes = frozen_field_changes(there);
    if (changes.empty()) return VersionDecision::exists;
    block("version_conflict", there.name + " is published with " + describe_conflict(changes) + ": bump the version",
          function_.version->position);
    return VersionDecision::conflict;
  }

  VersionDecision check_publishable() {
    const auto& versions = observed().versions;
    if (versions.size() + 1 >= kMaxVersions) {
      block("version_limit",
            std::to_string(versions.size()) + " published versions and latest fill the service's limit of " +
                std::to_string(kMaxVersions) + ": delete a version that no alias uses",
            function_.version->position);
      return VersionDecision::conflict;
    }
    if (const Version* equal = find_equal_version(); equal != nullptr && versions.size() == 1) {
      block("nothing_to_publish",
            "the service publishes only changes, and this code and configuration are already published as " +
                equal->name + ": keep that name, or change the code",
            function_.version->position);
      return VersionDecision::conflict;
    }
    return VersionDecision::publish;
  }

  [[nodiscard]] const Version* find_version(const std::string& name) const {
    const auto& versions = observed().versions;
    const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.name == name; });
    return found == versions.end() ? nullptr : &*found;
  }

  /// A published version with our code and our frozen configuration, by whatever name.
  [[nodiscard]] const Version* find_equal_version() const {
    const auto& versions = observed().versions;
    if (const Version* named = find_version(wanted_name()); named != nullptr && is_equal(*named)) return named;
    // The service's order is not documented: the same one must be found every time.
    const Version* first = nullptr;
    for (const Version& version : versions) {
      if (is_equal(version) && (first == nullptr || version.name < first->name)) first = &version;
    }
    return first;
  }

  [[nodiscard]] bool is_equal(const Version& version) const {
    return is_our_code(version.digest) && frozen_field_changes(version).empty();
  }

  [[nodiscard]] std::vector<FieldChange> frozen_field_changes(const Version& version) const {
    return field_changes(frozen_fields(version.config), frozen_fields(desired_config(function_, std::nullopt)));
  }

  /// Somebody published other code under our automatic name: `v-<fp>-2`, and so on.
  [[nodiscard]] std::string next_free_name() const {
    for (int suffix = 2;; ++suffix) {
      std::string name = wanted_name() + "-" + std::to_string(suffix);
      if (find_version(name) == nullptr) return name;
    }
  }

  void publish(const std::string& name, Reason reason) {
    const manifest::WantedVersion& wanted = *function_.version;
    plan_.wanted_version = name;
    add(PublishVersion{name, wanted.description, wanted.is_auto}, reason, wanted.position);
  }

  // ---- aliases

  void add_aliases(const std::vector<functiongraph::Alias>& existing) {
    std::set<std::string> versions{"latest"};
    if (inputs_.observed) {
      for (const Version& version : observed().versions) versions.insert(version.name);
    }
    if (!plan_.wanted_version.empty()) versions.insert(plan_.wanted_version);
    AliasPlan aliases = plan_aliases(function_.aliases, plan_.wanted_version, existing, versions);
    for (Step& step : aliases.steps) plan_.steps.push_back(std::move(step));
    for (Blocked& blocked : aliases.blocked) plan_.blocked.push_back(std::move(blocked));
  }

  // ---- small things

  [[nodiscard]] const ObservedFunction& observed() const { return *inputs_.observed; }
  [[nodiscard]] bool is_our_code(const RemoteDigest& digest) const { return known_digests_.contains(digest.hex); }

  void remember_preconditions() {
    plan_.preconditions.remote_digest = observed().detail.row.digest;
    for (const Version& version : observed().versions) plan_.preconditions.versions.push_back(version.name);
    for (const auto& alias : observed().aliases) plan_.preconditions.aliases.emplace_back(alias.name, alias.version);
    std::sort(plan_.preconditions.versions.begin(), plan_.preconditions.versions.end());
    std::sort(plan_.preconditions.aliases.begin(), plan_.preconditions.aliases.end());
  }

  void add(Action action, Reason reason, const SourcePosition& position) {
    plan_.steps.push_back(Step{std::move(action), reason, position});
  }

  void block(std::string code, std::string message, const SourcePosition& position,
             std::vector<std::string> next = {}) {
    plan_.blocked.push_back(Blocked{std::move(code), std::move(message), position, std::move(next)});
  }

  const Desired& desired_;
  const manifest::Function& function_;
  const Inputs& inputs_;
  const PlanOptions& options_;
  std::set<std::string> known_digests_;
  FunctionPlan plan_;
  bool is_adoption_ = false;
};

}  // namespace

bool needs_archive_digest(const Inputs& inputs) {
  if (!inputs.observed || inputs.desired.archive_digest) return false;
  return !known_digests(inputs).contains(inputs.observed->detail.row.digest.hex);
}

FunctionPlan plan_function(const Inputs& inputs, const PlanOptions& options) {
  return FunctionPlanner(inputs, options).run();
}

namespace {

using CodeKind = manifest::Code::Kind;

/// What a manifest asks for that must not be ignored: doing the rest would be wrong, or could not be undone.
std::optional<std::string> unsupported_wish(const manifest::Function& function) {
  switch (function.code.kind) {
    case CodeKind::directory:
    case CodeKind::file:
    case CodeKind::archive: break;
    case CodeKind::jar: return "code.jar";
    case CodeKind::obs: return "code.obs";
    case CodeKind::image: return "code.image";
  }
  if (!function.extra.encrypted_user_data.empty()) return "encrypted_user_data";
  if (function.extra.type) return "type";
  if (function.handling.self_heal == false) return "self_heal: false";
  if (!function.handling.ignore_differences.empty()) return "ignore_differences";
  for (const manifest::WantedAlias& alias : function.aliases) {
    if (!alias.additional_version_weights.empty()) return "additional_version_weights of the alias " + alias.name;
    if (!alias.additional_version_strategy.empty()) return "additional_version_strategy of the alias " + alias.name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FunctionPlan> plan_unsupported(const manifest::Function& function) {
  const auto wish = unsupported_wish(function);
  if (!wish) return std::nullopt;
  FunctionPlan plan;
  plan.name = function.name;
  plan.position = function.position;
  for (const auto& dependency : function.depends_on) plan.depends_on.push_back(dependency.value);
  plan.blocked.push_back(
      Blocked{"not_supported_yet",
              "asks for " + *wish + ", which this version of fgsync does not act on yet; the function is left alone",
              function.position,
              {}});
  return plan;
}

FunctionPlan plan_orphan(const std::string& name) {
  FunctionPlan plan;
  plan.name = name;
  plan.blocked.push_back(Blocked{"manifest_removed",
                                 "no manifest wants it any more; this version of fgsync deletes nothing: delete it by "
                                 "hand, or bring the manifest back",
                                 std::nullopt,
                                 {}});
  return plan;
}

}  // namespace fgsync::plan

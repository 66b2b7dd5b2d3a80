#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/aliases.hpp"
#include "plan/planner.hpp"
#include "plan/secrets.hpp"

namespace fgsync::plan {

/// `plan_function`, for one function and one time. What it decides stands in a file for each subject: permission.cpp,
/// code_and_config.cpp, versions.cpp, pruning.cpp; the order of the steps and what is left in function_planner.cpp.
class FunctionPlanner {
 public:
  FunctionPlanner(const Inputs& inputs, const PlanOptions& options);

  FunctionPlan run();

 private:
  void plan_absent();
  void plan_existing();

  // ---- may we touch it?

  bool lacks_secrets();
  void hold_back();
  bool stop_fighting();
  bool is_held();
  bool may_touch();
  void check_immutable(const std::string& field, const std::string& there, const std::string& wanted,
                       const SourcePosition& position);

  // ---- code and configuration

  void plan_code();
  [[nodiscard]] std::optional<FieldChange> dependency_change() const;
  [[nodiscard]] std::optional<std::string> owner() const;
  [[nodiscard]] std::vector<FieldChange> changes_of_config() const;
  [[nodiscard]] bool has_wrong_marker() const;
  bool is_config_blocked();
  void plan_config();
  [[nodiscard]] SecretDifference secret_difference() const;
  [[nodiscard]] bool lacks_a_secret() const;
  void note_unpublished(const std::vector<FieldChange>& secret_changes);
  [[nodiscard]] Reason config_reason(const std::vector<FieldChange>& changes,
                                     const std::vector<FieldChange>& secrets) const;
  [[nodiscard]] Reason reason_with_secrets(const std::vector<FieldChange>& changes) const;

  /// Reserved instances belong to versions and aliases, which must be there first.
  enum class When { before_versions, after_aliases };
  void add_side_settings(When when);

  // ---- drift that stays

  [[nodiscard]] bool leaves_drift_alone() const { return !function_.handling.self_heal.value_or(options_.self_heals); }
  void note_drift(const std::string& what);
  void leave_alone(const std::string& what);
  static std::string describe_side(const Action& action);
  static std::string paths_of(const std::vector<FieldChange>& changes);

  // ---- version

  enum class VersionDecision { none_wanted, exists, publish, conflict };

  void block_unpublished();
  [[nodiscard]] std::string wanted_name() const;
  VersionDecision decide_version();
  VersionDecision compare_with(const functiongraph::Version& there);
  VersionDecision block_other_settings(const functiongraph::Version& there);
  [[nodiscard]] bool is_of_other_settings(const functiongraph::Version& version) const;
  static std::optional<std::string> marked_fingerprint(const functiongraph::Version& version);
  VersionDecision compare_secrets_with(const functiongraph::Version& there);
  [[nodiscard]] bool is_of_our_fingerprint(const functiongraph::Version& version) const;
  VersionDecision check_publishable();
  [[nodiscard]] const functiongraph::Version* find_version(const std::string& name) const;
  [[nodiscard]] const functiongraph::Version* find_equal_version() const;
  [[nodiscard]] bool is_equal(const functiongraph::Version& version) const;
  [[nodiscard]] std::string next_free_name() const;
  void publish(const std::string& name, Reason reason);

  // ---- pruning

  void prune(const std::vector<std::string>& versions, Reason reason);
  void block_full();
  [[nodiscard]] std::set<std::string> versions_in_use(const AliasPlan& aliases) const;
  [[nodiscard]] std::vector<std::string> held_fingerprints() const;

  // ---- aliases

  [[nodiscard]] AliasPlan alias_plan(const std::vector<functiongraph::Alias>& existing) const;
  [[nodiscard]] std::set<std::string> unwanted_aliases() const;
  void add(AliasPlan aliases);

  // ---- small things

  [[nodiscard]] const ObservedFunction& observed() const { return *inputs_.observed; }
  [[nodiscard]] bool is_our_code(const RemoteDigest& digest) const;
  void remember_preconditions();
  void block(std::string code, std::string message, const SourcePosition& position, std::vector<std::string> next = {});
  void add(Action action, Reason reason, const SourcePosition& position);

  const Desired& desired_;
  const manifest::Function& function_;
  const Inputs& inputs_;
  const PlanOptions& options_;
  std::vector<std::string_view> known_digests_;
  FunctionPlan plan_;
  std::optional<std::vector<Step>> side_settings_;  ///< each is moved into the plan when its turn comes
  bool is_adoption_ = false;
  bool must_recreate_ = false;
  bool leaves_latest_alone_ = false;  ///< latest is not as desired, and stays so: it must not be published
};

/// The remote digests that are known to stand for our content. They refer to `inputs`.
std::vector<std::string_view> known_digests(const Inputs& inputs);
bool is_among(const RemoteDigest& digest, const std::vector<std::string_view>& known);

/// Empty when it is not known.
inline std::string_view description_of(const functiongraph::Version& version) {
  return version.description ? std::string_view(*version.description) : std::string_view();
}

/// An image has no code here: which one it is stands in the configuration.
bool is_image(const manifest::Function& function);

}  // namespace fgsync::plan

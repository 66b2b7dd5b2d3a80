#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/boxed.hpp"
#include "plan/desired.hpp"
#include "plan/model.hpp"

namespace fgsync::plan {

enum class Adoption { only_ours, any };

/// Whether aliases and functions of ours that no manifest wants any more are deleted.
enum class Pruning { off, on };

/// Whether a function that cannot be changed in place may be deleted and made anew (`on_change: recreate`).
enum class Recreation { forbidden, allowed };

struct PlanOptions {
  std::string source_id;
  bool writes_markers = true;  ///< ownership marker in descriptions
  Adoption adoption = Adoption::only_ours;
  Pruning pruning = Pruning::off;
  Recreation recreation = Recreation::forbidden;
  bool self_heals = true;  ///< unless a manifest says otherwise
  int prune_after = 2;     ///< runs in which a manifest must be missing before its function is deleted
  std::set<std::string> confirmed_deletions;  ///< functions that may be deleted although triggers hang on them
  bool may_import = true;                     ///< else functions are made through the create API
  bool has_state = true;                      ///< something is remembered from run to run
  bool needs_secrets = false;  ///< the plan is to be applied: a function whose secrets are not available is blocked
};

/// From this many foreign changes of one function within an hour on, they are not put back any more.
inline constexpr int kMaxForeignChanges = 3;

/// What is known about one function before planning. `observed` absent means that the service has no such function,
/// never that it could not be asked.
struct Inputs {
  const Desired& desired;
  const Boxed<ObservedFunction>& observed;
  const std::optional<LastApplied>& last_applied;
  /// We sent an import under this name: if the function exists, it is ours.
  bool has_import_of_ours = false;
  std::vector<Hold> holds = {};
  /// Versions that triggers or reserved instances hang on, as far as it was looked for.
  std::set<std::string> versions_in_use = {};
  /// How often, within the last hour, something that others changed was put back.
  int foreign_changes = 0;
  /// Triggers call the function: it is not deleted to be made anew. Only looked for where that is planned.
  bool has_triggers = false;
  const Suspension* suspension = nullptr;  ///< borrowed; none: only its manifest may suspend it
  /// Digests of code that is known to have exactly the desired content, whoever zipped it. Borrowed; none: unknown.
  const std::vector<RemoteDigest>* known_code = nullptr;
};

/// Whether the code must be zipped to compare it with the service: the function exists, and neither the inventory nor
/// a version's fingerprint says that its code is our content.
bool needs_archive_digest(const Inputs& inputs);

/// The decision table (docs/reconcile.md): what it takes to make one function as desired. Pure.
FunctionPlan plan_function(const Inputs& inputs, const PlanOptions& options);

}  // namespace fgsync::plan

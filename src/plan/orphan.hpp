#pragma once

#include <optional>
#include <string>

#include "plan/planner.hpp"

namespace fgsync::plan {

/// A function of ours, or one that may be, that no manifest wants any more.
struct Orphan {
  std::string name;
  RemoteDigest digest;
  bool is_protected = false;  ///< its manifest said `protect: true`
  /// Runs, this one included, that found no manifest for it. Absent: nobody counts, there is no state or it has none.
  std::optional<int> missing_runs;
  bool has_triggers = false;
  bool has_mark = true;                    ///< of this source, on the service
  std::vector<std::string> versions = {};  ///< and aliases with where they point: what goes with it
  std::vector<std::pair<std::string, std::string>> aliases = {};
  /// When an import of it was begun that has no answer, if that is all that speaks for it being ours.
  std::optional<std::string> import_begun_at = {};
  const Suspension* suspension = nullptr;  ///< borrowed; none: nobody suspended it
  std::optional<Hold> hold = {};           ///< of whatever fingerprint: there is no manifest to compare it with
};

/// Whether a person told fgsync to leave it alone: such runs do not count as without a manifest.
bool is_set_aside(const FunctionPlan& orphan);

/// What becomes of it: deleted, when pruning is on and nothing speaks against it.
FunctionPlan plan_orphan(const Orphan& orphan, const PlanOptions& options);

}  // namespace fgsync::plan

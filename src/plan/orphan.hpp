#pragma once

#include <optional>
#include <string>

#include "plan/planner.hpp"

namespace fgsync::plan {

/// The code of the note that says so.
inline constexpr const char* kPrunePending = "prune_pending";

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
  std::optional<std::string> unread = {};  ///< why not all manifests could be read: one of them may want it
  std::optional<Hold> hold = {};           ///< of whatever fingerprint: there is no manifest to compare it with
};

/// Whether a person or a guard keeps it, whatever its manifest says: such runs do not count as without a manifest, and
/// those before them do not either.
bool begins_anew(const FunctionPlan& orphan);

/// Whether it stays because more would be deleted than may be at once.
bool is_over_cap(const FunctionPlan& orphan);

/// Whether only runs without its manifest are missing for it to be deleted.
bool waits_to_be_deleted(const FunctionPlan& orphan);

/// What becomes of it: deleted, when pruning is on and nothing speaks against it.
FunctionPlan plan_orphan(const Orphan& orphan, const PlanOptions& options);

}  // namespace fgsync::plan

#include "plan/orphan.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace fgsync::plan {
namespace {

Blocked block(std::string code, std::string message, std::vector<std::string> next = {}) {
  return {std::move(code), std::move(message), std::nullopt, std::move(next)};
}

std::string forgetting(const Orphan& orphan) {
  return "fgsync forget " + orphan.name;
}

/// What somebody said of it, once or now.
std::optional<Blocked> kept_by_people(const Orphan& orphan) {
  const std::string forget = forgetting(orphan);
  if (orphan.is_protected) {
    return block("protected",
                 "no manifest wants it any more, and its last one said protect: true: it is not deleted; " + forget +
                     " leaves it to others",
                 {forget});
  }
  if (orphan.suspension != nullptr) {
    const std::string resume = "fgsync resume " + orphan.name;
    return block("suspended",
                 "no manifest wants it any more, but it is suspended by " + orphan.suspension->to_string() +
                     "; so it is not deleted; it goes on with " + resume,
                 {resume});
  }
  if (orphan.hold) {
    const std::string release = "fgsync release " + orphan.name;
    return block("held",
                 "no manifest wants it any more, but it is held by " + orphan.hold->who +
                     (orphan.hold->reason.empty() ? "" : ": " + orphan.hold->reason) +
                     "; so it is not deleted; it goes on with " + release,
                 {release});
  }
  return std::nullopt;
}

/// Nobody can tell for how many runs its manifest is missing.
Blocked uncounted(const Orphan& orphan, const PlanOptions& options) {
  const std::string runs = std::to_string(options.prune_after) + " runs";
  if (!options.has_state) {
    return block("prune_needs_state", "no manifest wants it any more; it is deleted only after " + runs +
                                          ", which only the state directory can count, and this run has none: run "
                                          "without --no-state, with a state that can be read");
  }
  const std::string forget = forgetting(orphan);
  return block("prune_needs_state",
               "no manifest wants it any more; its mark says that it is this source's, but this state has never seen "
               "it as wanted and cannot count for how many of " +
                   runs +
                   " its manifest is missing: prune where the state knows it, sync once with its manifest, or leave "
                   "it to others with " +
                   forget,
               {forget});
}

/// What the configuration, the state or the service say against it.
std::optional<Blocked> kept_by_guards(const Orphan& orphan, const PlanOptions& options) {
  const std::string forget = forgetting(orphan);
  if (options.pruning == Pruning::off) {
    return block(
        "manifest_removed",
        "no manifest wants it any more; --prune, or guards.prune, deletes it, " + forget + " leaves it to others",
        {"fgsync sync --prune", forget});
  }
  if (!orphan.missing_runs) return uncounted(orphan, options);
  if (options.writes_markers && !orphan.has_mark) {
    return block("mark_removed",
                 "no manifest wants it any more, and fgsync's mark is not on it: somebody took it over, or it was made "
                 "with markers: off; it is not deleted; " +
                     forget + " leaves it to others, fgsync delete " + orphan.name + " deletes it",
                 {forget});
  }
  if (orphan.has_triggers && !options.confirmed_deletions.contains(orphan.name)) {
    return block("has_triggers",
                 "no manifest wants it any more, but triggers call it: to delete it, name it in "
                 "spec.guards.confirm_delete of fgsync.yaml");
  }
  return std::nullopt;
}

std::optional<Blocked> interrupted(const Orphan& orphan) {
  if (!orphan.import_begun_at) return std::nullopt;
  const std::string forget = forgetting(orphan);
  return block("interrupted_import",
               "no manifest wants it any more; an import of it was begun at " + *orphan.import_begun_at +
                   " and interrupted, and nothing else says that it is fgsync's, so it is not deleted: put its "
                   "manifest back to go on with it, delete it by hand, or leave it to others with " +
                   forget,
               {forget});
}

}  // namespace

bool begins_anew(const FunctionPlan& orphan) {
  static const std::set<std::string> codes = {"suspended", "held", "no_deletes", "max_delete", "wrong_project"};
  return orphan.failure || std::any_of(orphan.blocked.begin(), orphan.blocked.end(),
                                       [](const Blocked& blocked) { return codes.contains(blocked.code); });
}

bool is_over_cap(const FunctionPlan& orphan) {
  return std::any_of(orphan.blocked.begin(), orphan.blocked.end(),
                     [](const Blocked& blocked) { return blocked.code == "max_delete"; });
}

bool waits_to_be_deleted(const FunctionPlan& orphan) {
  return std::any_of(orphan.notes.begin(), orphan.notes.end(),
                     [](const Note& note) { return note.code == kPrunePending; });
}

FunctionPlan plan_orphan(const Orphan& orphan, const PlanOptions& options) {
  FunctionPlan plan;
  plan.name = orphan.name;
  plan.preconditions = {orphan.digest, orphan.versions, orphan.aliases};
  std::sort(plan.preconditions.versions.begin(), plan.preconditions.versions.end());
  std::sort(plan.preconditions.aliases.begin(), plan.preconditions.aliases.end());
  auto kept = interrupted(orphan);
  if (!kept) kept = kept_by_people(orphan);
  if (!kept && orphan.unread) {
    kept = block("no_deletes",
                 "none of the manifests that can be read wants it, and nothing is deleted: " + *orphan.unread);
  }
  if (!kept) kept = kept_by_guards(orphan, options);
  if (kept) {
    plan.blocked.push_back(std::move(*kept));
    return plan;
  }
  if (*orphan.missing_runs < options.prune_after) {
    plan.notes.push_back({kPrunePending, "no manifest wants it any more; to be deleted once that was so in " +
                                             std::to_string(options.prune_after) + " runs (this is number " +
                                             std::to_string(*orphan.missing_runs) + ")"});
    return plan;
  }
  plan.steps.push_back(Step{DeleteFunction{}, Reason::manifest_removed, {}});
  return plan;
}

}  // namespace fgsync::plan

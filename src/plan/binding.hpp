#pragma once

#include <string>
#include <vector>

#include "plan/model.hpp"

namespace fgsync::plan {

/// What somebody agreed to for one function: its part of a plan that was written down.
struct ApprovedFunction {
  struct Step {
    std::string id;  ///< of `step_id`
    std::string description;
    bool deletes_function = false;
  };
  std::string name;
  std::vector<Step> steps;  ///< in their order
  std::string fingerprint;  ///< empty where the function is only deleted
  Preconditions seen;
};

struct ApprovedPlan {
  std::string id;
  std::vector<ApprovedFunction> functions;
  /// Only some functions were chosen when it was made: it says nothing of the others.
  bool is_of_selection = false;
};

/// What is left to do of an approved plan, as things are now.
struct Binding {
  /// The current plan, less everything that was not approved. Its id is the approved one. A function whose approval
  /// does not fit any more has no steps, and is blocked with the code `stale_plan`.
  Plan plan;
  std::vector<std::string> already_applied;  ///< nothing of theirs is left to do
  std::vector<std::string>
      partially_applied;  ///< some of their steps are not needed any more; the others are in `plan`
  std::vector<std::string> stale;
  std::vector<std::string> left_out;  ///< have steps now that nobody approved; they are not in `plan`
};

/// The approval of exactly this plan.
ApprovedPlan approval_of(const Plan& plan);

/// The code of what is blocked because its approval does not fit any more.
inline constexpr const char* kStalePlan = "stale_plan";

/// Keeps of the current plan only what was approved. A function's steps are taken when each of them, in the same order,
/// is among the approved ones, and its code and settings will be the approved ones: so what is done is always a part of
/// what was approved, never anything else. A function is deleted only while it is as it was seen.
Binding bind(Plan current, const ApprovedPlan& approved);

}  // namespace fgsync::plan

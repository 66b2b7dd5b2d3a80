#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/model.hpp"

namespace fgsync::plan {

/// What speaks for or against what a whole plan would do.
struct GuardInputs {
  std::set<std::string> inventory;   ///< names that the inventory has
  std::set<std::string> on_service;  ///< names that the service has
  std::optional<int> max_delete;     ///< absent: the smaller of 5 and 10 % of the inventory, at least 1
  /// Why this run must not delete functions at all: a selection, mistakes in manifests, … Absent: it may.
  std::optional<std::string> no_deletes;
  /// Functions that `max_delete` held back in the last run: they count for it also while they wait anew.
  std::set<std::string> held_back = {};
};

/// Holds plans back that look like an accident. Deletions of functions and aliases are blocked as a whole when they are
/// more than `max_delete`, and each of a function when the run must delete none; so is what waits to be deleted in a
/// later run, which must not come closer to it meanwhile. When most of what we manage is not there, everything that
/// would be made is blocked: it is probably another project. Plans that delete something learn how many deletions there
/// are.
void apply_guards(std::vector<FunctionPlan>& plans, const GuardInputs& inputs);

}  // namespace fgsync::plan

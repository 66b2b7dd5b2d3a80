#include "plan/guards.hpp"

#include <algorithm>

#include "plan/orphan.hpp"

namespace fgsync::plan {
namespace {

constexpr std::size_t kUsualMostDeletes = 5;
constexpr std::size_t kUsualShare = 10;    // one in ten
constexpr std::size_t kFewestToJudge = 4;  // of fewer, one that is gone says nothing about the project
constexpr std::size_t kExpectedPercent = 70;

bool deletes_for_good(const FunctionPlan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return std::holds_alternative<DeleteFunction>(step.action) && step.reason == Reason::manifest_removed;
  });
}

/// What the cap of deletions counts, in words.
std::vector<std::string> deletions_of(const FunctionPlan& plan, const GuardInputs& inputs) {
  std::vector<std::string> deletions;
  if (waits_to_be_deleted(plan) && inputs.held_back.contains(plan.name)) deletions.push_back(plan.name);
  for (const Step& step : plan.steps) {
    if (std::holds_alternative<DeleteFunction>(step.action)) deletions.push_back(plan.name);
    const auto* alias = std::get_if<DeleteAlias>(&step.action);
    if (alias != nullptr) deletions.push_back("alias " + alias->name + " of " + plan.name);
  }
  return deletions;
}

void hold_back(FunctionPlan& plan, std::string code, std::string message, std::vector<std::string> next = {}) {
  plan.steps.clear();
  std::erase_if(plan.notes, [](const Note& note) { return note.code == kPrunePending; });
  plan.blocked.push_back(Blocked{std::move(code), std::move(message), plan.position, std::move(next)});
}

std::size_t most_deletes(const GuardInputs& inputs) {
  if (inputs.max_delete) return static_cast<std::size_t>(std::max(*inputs.max_delete, 0));
  return std::max<std::size_t>(1, std::min(kUsualMostDeletes, inputs.inventory.size() / kUsualShare));
}

void guard_deletes(std::vector<FunctionPlan>& plans, const GuardInputs& inputs) {
  std::vector<std::string> names;
  for (const FunctionPlan& plan : plans) {
    for (std::string& deletion : deletions_of(plan, inputs)) names.push_back(std::move(deletion));
  }
  const std::size_t most = most_deletes(inputs);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  for (FunctionPlan& plan : plans) {
    const bool deletes_something = !deletions_of(plan, inputs).empty();
    if ((deletes_for_good(plan) || waits_to_be_deleted(plan)) && inputs.no_deletes) {
      hold_back(plan, "no_deletes",
                "no manifest wants it any more, but this run deletes nothing: " + *inputs.no_deletes);
    } else if (deletes_something && names.size() > most) {
      hold_back(plan, "max_delete",
                "something would be deleted (in this run: " + list + "), but at most " + std::to_string(most) +
                    (most == 1 ? " function or alias is" : " functions and aliases are") +
                    " deleted in one run: if all of them shall go, raise spec.guards.max_delete in fgsync.yaml");
    } else if (deletes_something && !plan.steps.empty()) {
      plan.deletions = DeletionCount{names.size(), most};
    }
  }
}

void guard_project(std::vector<FunctionPlan>& plans, const GuardInputs& inputs) {
  const std::size_t known = inputs.inventory.size();
  if (known < kFewestToJudge) return;
  const auto there = static_cast<std::size_t>(
      std::count_if(inputs.inventory.begin(), inputs.inventory.end(),
                    [&](const std::string& name) { return inputs.on_service.contains(name); }));
  if (there * 100 >= known * kExpectedPercent) return;
  const std::string why =
      "of " + std::to_string(known) + " functions that fgsync manages here the service has " + std::to_string(there) +
      ": is this the right project? If they were deleted on purpose, let fgsync forget them: fgsync "
      "forget NAME…";
  for (FunctionPlan& plan : plans) {
    if (!plan.steps.empty() || waits_to_be_deleted(plan)) hold_back(plan, "wrong_project", why);
  }
}

}  // namespace

void apply_guards(std::vector<FunctionPlan>& plans, const GuardInputs& inputs) {
  guard_project(plans, inputs);
  guard_deletes(plans, inputs);
}

}  // namespace fgsync::plan

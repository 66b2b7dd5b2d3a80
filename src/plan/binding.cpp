#include "plan/binding.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace fgsync::plan {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;

bool deletes_function(const ApprovedFunction& approved) {
  return std::any_of(approved.steps.begin(), approved.steps.end(),
                     [](const ApprovedFunction::Step& step) { return step.deletes_function; });
}

bool is_only_deleted(const ApprovedFunction& approved) {
  return approved.steps.size() == 1 && approved.steps.front().deletes_function;
}

/// The first step that is not among the approved ones, or not after those that come before it there.
const Step* first_unapproved(const std::vector<Step>& steps, const ApprovedFunction& approved) {
  auto from = approved.steps.begin();
  for (const Step& step : steps) {
    const std::string id = step_id(step.action);
    from = std::find_if(from, approved.steps.end(), [&](const auto& candidate) { return candidate.id == id; });
    if (from == approved.steps.end()) return &step;
    ++from;
  }
  return nullptr;
}

std::string shown(const std::optional<RemoteDigest>& digest) {
  constexpr std::size_t kDigits = 12;
  return digest ? "sha512:" + digest->hex.substr(0, kDigits) : "absent";
}

std::string joined(const std::vector<std::string>& parts, const char* divider) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : divider) + part;
  return text;
}

/// Where each name leads, in words.
void compare(const std::string& what, const Names& before, const Names& now, std::vector<std::string>& differences) {
  const std::map<std::string, std::string> was(before.begin(), before.end());
  const std::map<std::string, std::string> is(now.begin(), now.end());
  for (const auto& [name, value] : is) {
    const auto found = was.find(name);
    if (found == was.end()) differences.push_back(what + name + " is new");
    if (found != was.end() && found->second != value) {
      differences.push_back(what + name + " is on " + value + " and was on " + found->second);
    }
  }
  for (const auto& [name, value] : was) {
    if (!is.contains(name)) differences.push_back(what + name + " is gone");
  }
}

/// What somebody else, or an earlier run, changed since: for people.
std::vector<std::string> differences(const Preconditions& before, const Preconditions& now) {
  std::vector<std::string> found;
  const std::string was = shown(before.remote_digest);
  const std::string is = shown(now.remote_digest);
  if (is != was) {
    found.push_back(before.remote_digest ? "latest's code is " + is + " and was " + was
                                         : "the function is there now and was not");
  }
  Names versions_before;
  Names versions_now;
  for (const std::string& version : before.versions) versions_before.emplace_back(version, "");
  for (const std::string& version : now.versions) versions_now.emplace_back(version, "");
  compare("version ", versions_before, versions_now, found);
  compare("alias ", before.aliases, now.aliases, found);
  compare("the traffic of alias ", before.traffic, now.traffic, found);
  return found;
}

/// Why the approval does not fit any more; nothing while it does.
std::optional<std::string> staleness(const FunctionPlan& now, const ApprovedFunction& approved) {
  // What is only deleted has no manifest, so no fingerprint either.
  if (now.fingerprint != approved.fingerprint) return "its manifest or its code is not what the plan was made from";
  const auto changed = differences(approved.seen, now.preconditions);
  if (deletes_function(approved) && !now.steps.empty() && !changed.empty()) return joined(changed, "; ");
  const Step* other = first_unapproved(now.steps, approved);
  if (other == nullptr) return std::nullopt;
  const std::string kind = describe(other->action);
  const bool is_of_known_kind = std::any_of(approved.steps.begin(), approved.steps.end(),
                                            [&kind](const auto& step) { return step.description == kind; });
  if (is_of_known_kind && !changed.empty()) return joined(changed, "; ");
  const std::string needed = is_of_known_kind
                                 ? "what is there, or what is wanted, is not what the plan shows for: " + kind
                                 : "it takes a step now that the plan has not: " + kind;
  return changed.empty() ? needed : joined(changed, "; ") + "; " + needed;
}

void block(FunctionPlan& function, const std::string& why) {
  function.steps.clear();
  function.deletions.reset();
  // What else holds it up comes with a remedy of its own, which would do more than was agreed to.
  function.blocked.clear();
  function.blocked.push_back(
      Blocked{kStalePlan, "the given plan is stale: " + why + "; make a new plan", function.position, {"fgsync plan"}});
}

FunctionPlan without_manifest(const ApprovedFunction& approved) {
  FunctionPlan function;
  function.name = approved.name;
  block(function,
        "no manifest wants it any more, or its manifest has an error, or it is not among those that were chosen");
  return function;
}

}  // namespace

ApprovedPlan approval_of(const Plan& plan) {
  ApprovedPlan approved;
  approved.id = plan.id;
  for (const FunctionPlan& function : plan.functions) {
    if (function.steps.empty()) continue;
    ApprovedFunction agreed{function.name, {}, function.fingerprint, function.preconditions};
    for (const Step& step : function.steps) {
      const bool deletes = std::holds_alternative<DeleteFunction>(step.action);
      agreed.steps.push_back({step_id(step.action), describe(step.action), deletes});
    }
    approved.functions.push_back(std::move(agreed));
  }
  return approved;
}

Binding bind(Plan current, const ApprovedPlan& approved) {
  std::map<std::string, const ApprovedFunction*> wanted;
  for (const ApprovedFunction& function : approved.functions) wanted.emplace(function.name, &function);

  Binding binding;
  std::vector<FunctionPlan> functions;
  for (FunctionPlan& function : current.functions) {
    const auto found = wanted.find(function.name);
    if (found == wanted.end()) {
      if (approved.is_of_selection) continue;
      if (function.steps.empty()) {
        functions.push_back(std::move(function));
      } else {
        binding.left_out.push_back(function.name);
      }
      continue;
    }
    const ApprovedFunction& of_plan = *found->second;
    wanted.erase(found);
    if (!function.failure) {
      if (const auto why = staleness(function, of_plan)) {
        binding.stale.push_back(function.name);
        block(function, *why);
      } else if (function.steps.empty() && function.blocked.empty()) {
        binding.already_applied.push_back(function.name);
      } else if (function.steps.size() < of_plan.steps.size() && !function.steps.empty()) {
        binding.partially_applied.push_back(function.name);
      }
    }
    functions.push_back(std::move(function));
  }
  for (const auto& [name, function] : wanted) {
    if (is_only_deleted(*function)) {
      binding.already_applied.push_back(name);
    } else {
      binding.stale.push_back(name);
      functions.push_back(without_manifest(*function));
    }
  }
  std::sort(binding.already_applied.begin(), binding.already_applied.end());
  std::sort(binding.stale.begin(), binding.stale.end());
  binding.plan = assemble(std::move(functions));
  binding.plan.id = approved.id;
  return binding;
}

}  // namespace fgsync::plan

#include "tests/simulation/final_check.hpp"

#include <algorithm>
#include <array>

#include "plan/marker.hpp"

namespace fgsync::simulation {
namespace {

bool is_one_of(const std::string& code, std::initializer_list<const char*> codes) {
  return std::any_of(codes.begin(), codes.end(), [&](const char* one) { return code == one; });
}

const plan::FunctionPlan* find(const plan::Plan& plan, const std::string& name) {
  const auto found =
      std::find_if(plan.functions.begin(), plan.functions.end(), [&](const auto& one) { return one.name == name; });
  return found == plan.functions.end() ? nullptr : &*found;
}

}  // namespace

void FinalCheck::run(const plan::Plan& plan, const plan::PlanOptions& options, Asks asks) {
  options_ = &options;
  asks_ = asks;
  find_waiting(plan);
  for (std::size_t i = 0; i < wishes_.all().size(); ++i) {
    const Wish& wish = wishes_.all()[i];
    if (!wish.is_used) continue;
    const std::string name = function_name(static_cast<int>(i));
    const plan::FunctionPlan* planned = find(plan, name);
    if (!wish.has_manifest) {
      check_gone(name, planned);
    } else if (planned == nullptr) {
      differs(name, "it is not in the plan");
    } else {
      check(*planned, wish);
    }
  }
}

/// What depends on a blocked function waits for it. A plan is ordered so that what is depended on comes first.
void FinalCheck::find_waiting(const plan::Plan& plan) {
  for (const plan::FunctionPlan& function : plan.functions) {
    for (const std::string& dependency : function.depends_on) {
      const plan::FunctionPlan* other = find(plan, dependency);
      const bool is_held_up = other != nullptr && (!other->blocked.empty() || waiting_.contains(dependency));
      if (is_held_up && !function.steps.empty()) waiting_.insert(function.name);
    }
  }
}

void FinalCheck::differs(const std::string& name, const std::string& what) {
  watcher_.fail("not as desired", name + ": " + what);
}

void FinalCheck::check(const plan::FunctionPlan& planned, const Wish& wish) {
  if (planned.failure) return differs(planned.name, planned.failure->describe());
  for (const plan::Blocked& blocked : planned.blocked) check_reason(planned, blocked);
  if (!planned.blocked.empty() || waiting_.contains(planned.name)) return;
  const auto there = remote_.find(planned.name);
  if (!there) return differs(planned.name, "it does not exist");
  check_settings(planned.name, wish, *there);
  check_version(planned, wish, *there);
}

void FinalCheck::check_settings(const std::string& name, const Wish& wish, const RemoteFunction& there) {
  const auto owner = plan::split_owner(there.description);
  const std::string text = wish.description > 0 ? "Description " + std::to_string(wish.description) : "";
  const std::string user_data = wish.variable > 0 ? R"({"LEVEL":")" + std::to_string(wish.variable) + "\"}" : "";
  if (there.digest != wishes_.library().digest_of(wish.content)) differs(name, "code");
  if (there.memory != wish.memory) differs(name, "memory_size " + std::to_string(there.memory));
  if (there.timeout != 30) differs(name, "timeout " + std::to_string(there.timeout));
  if (there.handler != "index.handler") differs(name, "handler " + there.handler);
  if (there.user_data != user_data) differs(name, "user_data " + there.user_data);
  if (owner.text != text) differs(name, "description " + there.description);
  if (owner.marker.has_value() != options_->writes_markers) differs(name, "mark of " + there.description);
  if (wish.instances && there.instances != *wish.instances) {
    differs(name, "max_instance_num " + std::to_string(there.instances));
  }
  if (wish.tag && remote_.tags_of(name)["team"] != "t" + std::to_string(*wish.tag)) differs(name, "tags");
  if (wish.async_age && remote_.async_age_of(name) != wish.async_age) differs(name, "function_async_config");
}

void FinalCheck::check_version(const plan::FunctionPlan& planned, const Wish& wish, const RemoteFunction& there) {
  if (wish.version_kind == 0) return;
  const auto version = there.versions.find(planned.wanted_version);
  if (version == there.versions.end())
    return differs(planned.name, "version " + planned.wanted_version + " is missing");
  if (wish.version_kind == 1 && version->first != wish.version_name()) differs(planned.name, "version's name");
  if (version->second.digest != wishes_.library().digest_of(wish.content)) differs(planned.name, "version's code");
  if (version->second.memory != wish.memory) differs(planned.name, "version's memory_size");
  if (wish.aliases == 0) return;
  const auto prod = there.aliases.find("prod");
  if (prod == there.aliases.end()) return differs(planned.name, "alias prod is missing");
  const bool is_behind = wish.version_kind == 1 && wish.prod_back > 0 && wish.release > wish.prod_back;
  const std::string target = is_behind ? "v" + std::to_string(wish.release - wish.prod_back) : planned.wanted_version;
  if (prod->second.version != target) differs(planned.name, "alias prod is on " + prod->second.version);
  if (!wish.divides && !prod->second.weights.empty()) differs(planned.name, "alias prod is divided");
  if (wish.aliases > 1 && !there.aliases.contains("canary")) differs(planned.name, "alias canary is missing");
}

void FinalCheck::check_gone(const std::string& name, const plan::FunctionPlan* planned) {
  const auto there = remote_.find(name);
  if (!there) return;
  if (planned == nullptr) {
    const auto owner = plan::split_owner(there->description).marker;
    if (!watcher_.may_be_unknown(name) || owner == options_->source_id) {
      differs(name, "it is still there, and the plan does not say why");
    }
    return;
  }
  if (planned->blocked.empty()) return differs(name, "it is still there, and the plan does not say why");
  for (const plan::Blocked& blocked : planned->blocked) check_reason(*planned, blocked);
}

bool FinalCheck::is_marked_ours(const std::string& name) const {
  const auto there = remote_.find(name);
  return there && plan::split_owner(there->description).marker == options_->source_id;
}

/// Not every reason is a good one.
void FinalCheck::check_reason(const plan::FunctionPlan& planned, const plan::Blocked& blocked) {
  const std::string& code = blocked.code;
  const Wish* wish = wishes_.find(planned.name);
  const bool is_wanted = wish != nullptr && wish->has_manifest;
  // Its manifest dropped more aliases than one run may delete.
  const bool is_capped_alias = code == "max_delete" && blocked.message.find("alias ") != std::string::npos;
  bool is_good = false;
  if (is_wanted) {
    is_good = (code == "not_managed" && watcher_.may_look_foreign(planned.name)) || code == "wrong_project" ||
              code == "another_writer" || is_capped_alias ||
              (asks_ == Asks::anything && is_one_of(code, {"version_conflict", "nothing_to_publish", "version_missing",
                                                           "version_taken", "alias_weights"}));
  } else {
    const bool prunes = options_->pruning == plan::Pruning::on;
    is_good = (code == "manifest_removed" && !prunes) || (code == "protected") ||
              (code == "prune_needs_state" && watcher_.may_be_unknown(planned.name)) ||
              (code == "interrupted_import" && !is_marked_ours(planned.name)) ||
              (code == "mark_removed" && !is_marked_ours(planned.name)) ||
              is_one_of(code, {"max_delete", "no_deletes", "wrong_project"});
  }
  if (!is_good) watcher_.fail("blocked without a reason", planned.name + ": " + blocked.message);
}

}  // namespace fgsync::simulation

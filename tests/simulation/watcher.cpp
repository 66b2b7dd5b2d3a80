#include "tests/simulation/watcher.hpp"

#include <algorithm>
#include <array>

#include "plan/marker.hpp"

namespace fgsync::simulation {
namespace {

constexpr std::size_t kMostPublished = 17;  // of the service's 20 with latest, two are kept free

/// The effects that a step names, in the words of Operation::effect. The import's follow-ups are part of it.
std::set<std::string> effects_of(const plan::Action& action) {
  if (std::holds_alternative<plan::ImportFunction>(action)) return {"create", "code", "config"};
  if (std::holds_alternative<plan::UpdateCode>(action)) return {"code"};
  if (std::holds_alternative<plan::UpdateConfig>(action)) return {"config"};
  if (std::holds_alternative<plan::UpdateMaxInstances>(action)) return {"instances"};
  if (std::holds_alternative<plan::UpdateTags>(action)) return {"tags"};
  if (std::holds_alternative<plan::UpdateAsyncConfig>(action)) return {"async"};
  if (std::holds_alternative<plan::DeleteFunction>(action)) return {"delete function"};
  if (const auto* step = std::get_if<plan::PublishVersion>(&action)) return {"publish " + step->version};
  if (const auto* step = std::get_if<plan::CreateAlias>(&action)) return {"alias " + step->name};
  if (const auto* step = std::get_if<plan::UpdateAlias>(&action)) return {"alias " + step->name};
  if (const auto* step = std::get_if<plan::DeleteAlias>(&action)) return {"delete alias " + step->name};
  if (const auto* step = std::get_if<plan::DeleteVersion>(&action)) return {"delete version " + step->version};
  return {};
}

bool uses(const RemoteAlias& alias, const std::string& version) {
  return alias.version == version || alias.weights.contains(version);
}

std::string user_data_of(const Wish& wish) {
  return wish.variable > 0 ? R"({"LEVEL":")" + std::to_string(wish.variable) + "\"}" : "";
}

}  // namespace

void Watcher::fail(std::string rule, std::string text) {
  if (!violation_) violation_ = Violation{std::move(rule), std::move(text)};
}

void Watcher::begin_run(const RunFacts& facts) {
  run_ = facts;
  allowed_.clear();
  deleted_ = 0;
  for (auto& [name, known] : facts_) known.is_disturbed = false;
  for (std::size_t i = 0; i < wishes_.all().size(); ++i) {
    const Wish& wish = wishes_.all()[i];
    Facts& known = facts_[function_name(static_cast<int>(i))];
    if (wish.has_manifest) {
      known.was_protected = known.was_protected && wish.is_protected;
    } else if (facts.prunes) {
      ++known.missing_runs;
    }
  }
}

void Watcher::allow(const plan::Plan& plan) {
  for (const plan::FunctionPlan& function : plan.functions) {
    for (const plan::Step& step : function.steps) allowed_[function.name].merge(effects_of(step.action));
  }
}

void Watcher::end_run() {
  for (std::size_t i = 0; i < wishes_.all().size(); ++i) {
    const Wish& wish = wishes_.all()[i];
    if (!wish.has_manifest) continue;
    Facts& known = facts_[function_name(static_cast<int>(i))];
    known.was_protected = wish.is_protected;
    known.missing_runs = 0;
  }
}

void Watcher::disturb(const std::string& function) {
  Facts& known = facts_[function];
  known.outdated = {"/config", "/versions", "/aliases"};
  known.is_disturbed = true;
}

void Watcher::on_lost_state() {
  lost_state_ = true;
}

bool Watcher::may_look_foreign(const std::string& function) const {
  const auto known = facts_.find(function);
  return lost_state_ || (known != facts_.end() && known->second.has_doubtful_owner);
}

bool Watcher::may_be_unknown(const std::string& function) const {
  const auto known = facts_.find(function);
  return may_look_foreign(function) || (known != facts_.end() && known->second.has_unsure_creation);
}

void Watcher::on_read(const http::Request& request) {
  const std::string function = function_of(request);
  if (function.empty()) return;
  Facts& known = facts_[function];
  for (const char* part : {"/config", "/versions"}) {
    if (request.target.find(std::string(":") + function + part) != std::string::npos) known.outdated.erase(part);
  }
  if (request.target.ends_with("/aliases")) known.outdated.erase("/aliases");
}

// ---- what is about to happen

void Watcher::before(const Operation& operation) {
  const auto allowed = allowed_.find(operation.function);
  if (allowed == allowed_.end() || !allowed->second.contains(operation.effect())) {
    fail("no step names it", operation.function + ": " + operation.effect() + " is no step of the plan");
  }
  auto& there = before_[operation.function];
  there = remote_.find(operation.function);
  if (!there) return;
  check_owner(operation, *there);
  switch (operation.kind) {
    case Operation::Kind::delete_function: return check_deletion(operation);
    case Operation::Kind::delete_version: return check_version_deletion(operation, *there);
    case Operation::Kind::delete_alias: return check_alias_deletion(operation);
    case Operation::Kind::publish: return check_publish(operation, *there);
    default: return;
  }
}

void Watcher::check_owner(const Operation& operation, const RemoteFunction& there) {
  Facts& known = facts_[operation.function];
  const Wish* wish = wishes_.find(operation.function);
  const auto owner = plan::split_owner(there.description).marker;
  const bool adopts = wish != nullptr && wish->adopts;
  const bool is_others = owner ? *owner != "shop" : !known.is_ours;
  if (operation.kind == Operation::Kind::create) return;  // the service refuses it
  // An intent to make it that nobody could close stands for having made it.
  const bool may_be_mistaken = !owner && known.has_unsure_creation;
  if (is_others && !adopts && !may_be_mistaken && !known.outdated.contains("/config") && !known.is_disturbed) {
    fail("not ours", operation.effect() + " of " + operation.function + ", which is " +
                         (owner ? "the source " + *owner + "'s" : "nobody's"));
  }
  if (adopts) known.is_ours = true;
}

void Watcher::check_deletion(const Operation& operation) {
  const Facts& known = facts_[operation.function];
  const Wish* wish = wishes_.find(operation.function);
  ++deleted_;
  if (wish != nullptr && wish->has_manifest) fail("deletes what is wanted", operation.function + " has a manifest");
  if (!run_.prunes) fail("deletes without prune", operation.function);
  if (known.was_protected) fail("deletes what is protected", operation.function);
  if (known.missing_runs < run_.prune_after) {
    fail("deletes too early", operation.function + " was missing in " + std::to_string(known.missing_runs) + " runs");
  }
  if (deleted_ > run_.max_delete) {
    fail("deletes too many", std::to_string(deleted_) + " functions of at most " + std::to_string(run_.max_delete));
  }
}

void Watcher::check_version_deletion(const Operation& operation, const RemoteFunction& there) {
  const Facts& known = facts_[operation.function];
  const std::string what = operation.function + ":" + operation.name;
  if (!there.versions.contains(operation.name)) return;
  if (!known.our_versions.contains(operation.name)) fail("deletes others' versions", what);
  if (!known.outdated.contains("/aliases")) {
    for (const auto& [name, alias] : there.aliases) {
      if (uses(alias, operation.name)) fail("deletes a version in use", what + " is used by " + name);
    }
  }
  const Wish* wish = wishes_.find(operation.function);
  const auto kept = static_cast<std::size_t>(wish != nullptr && wish->retain ? *wish->retain : 1000);
  if (!known.is_disturbed && there.versions.size() <= std::min(kept, kMostPublished)) {
    fail("deletes versions that are to be kept", what + " of " + std::to_string(there.versions.size()));
  }
}

void Watcher::check_alias_deletion(const Operation& operation) {
  const Wish* wish = wishes_.find(operation.function);
  const int wanted = wish == nullptr || !wish->has_manifest ? 0 : wish->aliases;
  const bool is_wanted = (operation.name == "prod" && wanted > 0) || (operation.name == "canary" && wanted > 1);
  if (is_wanted) fail("deletes what is wanted", "alias " + operation.name + " of " + operation.function);
  if (!run_.prunes) fail("deletes without prune", "alias " + operation.name + " of " + operation.function);
}

bool Watcher::is_as_wished(const Wish& wish, const std::string& digest, int memory,
                           const std::string& user_data) const {
  return digest == wishes_.library().digest_of(wish.content) && memory == wish.memory &&
         user_data == user_data_of(wish);
}

void Watcher::check_publish(const Operation& operation, const RemoteFunction& there) {
  const Facts& known = facts_[operation.function];
  const Wish* wish = wishes_.find(operation.function);
  if (wish == nullptr) return;
  const std::string what = operation.function + ":" + operation.name;
  if (!known.outdated.contains("/config") && !is_as_wished(*wish, there.digest, there.memory, there.user_data)) {
    fail("publishes what is not wanted", what + ", while latest is not as the manifest says");
  }
  if (wish->version_kind != 2 || known.outdated.contains("/versions")) return;
  for (const auto& [name, version] : there.versions) {
    if (is_as_wished(*wish, version.digest, version.memory, version.user_data)) {
      fail("publishes twice", what + " although " + name + " is the same");
    }
  }
}

// ---- what has happened

void Watcher::after(const Operation& operation, bool was_done) {
  Facts& known = facts_[operation.function];
  if (!was_done && operation.kind == Operation::Kind::create) known.has_unsure_creation = true;
  if (!was_done) return;
  const auto now = remote_.find(operation.function);
  if (operation.kind == Operation::Kind::create) {
    known.is_ours = true;
    known.has_doubtful_owner = false;
    known.has_unsure_creation = !run_.writes_markers;
    known.outdated.clear();
    known.our_versions.clear();
  }
  if (operation.kind == Operation::Kind::delete_function) known.our_versions.clear();
  if (operation.kind == Operation::Kind::publish) known.our_versions.insert(operation.name);
  if (!now) {
    if (operation.kind != Operation::Kind::delete_function) fail("deletes a function", operation.effect());
    return;
  }
  check_aliases(operation, *now);
  check_alias_target(operation, *now);
}

void Watcher::check_aliases(const Operation& operation, const RemoteFunction& now) {
  const auto& was = before_[operation.function];
  if (!was) return;
  const bool may_be_blamed = !facts_[operation.function].outdated.contains("/aliases");
  for (const auto& [name, alias] : was->aliases) {
    const bool is_deleted = operation.kind == Operation::Kind::delete_alias && operation.name == name;
    if (!now.aliases.contains(name) && !is_deleted && may_be_blamed) {
      fail("an alias is dropped", operation.effect() + " took the alias " + name + " of " + operation.function);
    }
  }
  for (const auto& [name, alias] : now.aliases) {
    const bool has_target = alias.version == "latest" || now.versions.contains(alias.version);
    if (!has_target) fail("an alias without its target", name + " of " + operation.function);
    for (const auto& [version, percent] : alias.weights) {
      if (!now.versions.contains(version)) fail("an alias without its target", name + " of " + operation.function);
    }
  }
}

void Watcher::check_alias_target(const Operation& operation, const RemoteFunction& now) {
  const bool sets_alias =
      operation.kind == Operation::Kind::create_alias || operation.kind == Operation::Kind::update_alias;
  const Wish* wish = wishes_.find(operation.function);
  if (!sets_alias || wish == nullptr || operation.name != "prod" || wish->version_kind == 0) return;
  if (wish->prod_back > 0 || facts_[operation.function].outdated.contains("/versions")) return;
  const auto alias = now.aliases.find("prod");
  const auto version = alias == now.aliases.end() ? now.versions.end() : now.versions.find(alias->second.version);
  if (version == now.versions.end()) return fail("the alias is not where it was put", operation.function);
  if (!is_as_wished(*wish, version->second.digest, version->second.memory, version->second.user_data)) {
    fail("an alias on what is not wanted", "prod of " + operation.function + " is on " + version->first +
                                               ", which has other code or configuration than the manifest");
  }
}

}  // namespace fgsync::simulation

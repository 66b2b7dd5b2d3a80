#include "plan/model.hpp"

#include <algorithm>
#include <tuple>

namespace fgsync::plan {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

/// Feeds parts to a hash, each with its length, so that no two different plans can read the same.
class Canonical {
 public:
  void add(std::string_view part) {
    hasher_.update(std::to_string(part.size()));
    hasher_.update(":");
    hasher_.update(part);
  }
  void add_optional(const std::optional<std::string>& part) {
    add(part ? "some" : "none");
    if (part) add(std::string_view(*part));
  }
  std::string id() { return hasher_.hex().substr(0, 12); }

 private:
  Hasher hasher_{Hasher::Function::sha256};
};

void add_action(Canonical& canonical, const Action& action) {
  canonical.add(kind_of(action));
  std::visit(Overloaded{
                 [](const ImportFunction&) {},
                 [&](const UpdateCode& step) {
                   canonical.add(step.before.hex);
                   canonical.add(step.after ? step.after->hex : std::string());
                 },
                 [&](const UpdateConfig& step) {
                   for (const FieldChange& change : step.changes) {
                     canonical.add(change.path);
                     canonical.add_optional(change.before);
                     canonical.add_optional(change.after);
                   }
                 },
                 [&](const PublishVersion& step) {
                   canonical.add(step.version);
                   canonical.add(step.description);
                 },
                 [&](const CreateAlias& step) {
                   canonical.add(step.name);
                   canonical.add(step.version);
                   canonical.add(step.description);
                 },
                 [&](const UpdateAlias& step) {
                   canonical.add(step.name);
                   canonical.add(step.from);
                   canonical.add(step.to);
                   canonical.add(step.description);
                 },
             },
             action);
}

std::string plan_id(const std::vector<FunctionPlan>& functions) {
  Canonical canonical;
  canonical.add("fgsync-plan/1");
  for (const FunctionPlan& function : functions) {
    canonical.add(function.name);
    // What an import brings stands in no step.
    if (!function.steps.empty()) canonical.add(function.fingerprint);
    for (const Step& step : function.steps) add_action(canonical, step.action);
    for (const Blocked& blocked : function.blocked) canonical.add(blocked.code + " " + blocked.message);
    canonical.add(function.failure ? "failed" : "planned");
    const Preconditions& seen = function.preconditions;
    canonical.add_optional(seen.remote_digest ? std::optional(seen.remote_digest->hex) : std::nullopt);
    for (const std::string& version : seen.versions) canonical.add(version);
    for (const auto& [alias, version] : seen.aliases) canonical.add(alias + " " + version);
  }
  return canonical.id();
}

void count(Summary& summary, const FunctionPlan& function) {
  for (const Step& step : function.steps) {
    std::visit(Overloaded{
                   [&](const ImportFunction&) { ++summary.import; },
                   [&](const UpdateCode&) { ++summary.update_code; },
                   [&](const UpdateConfig&) { ++summary.update_config; },
                   [&](const PublishVersion&) { ++summary.publish; },
                   [&](const CreateAlias&) { ++summary.alias; },
                   [&](const UpdateAlias&) { ++summary.alias; },
               },
               step.action);
  }
  if (function.failure) ++summary.failed;
  if (!function.blocked.empty()) ++summary.blocked;
  if (function.is_unchanged()) ++summary.unchanged;
}

}  // namespace

std::string_view name_of(Reason reason) {
  switch (reason) {
    case Reason::absent: return "absent";
    case Reason::code_changed: return "code_changed";
    case Reason::desired_changed: return "desired_changed";
    case Reason::drifted: return "drifted";
    case Reason::both_changed: return "both_changed";
    case Reason::differs: return "differs";
    case Reason::adopted: return "adopted";
    case Reason::version_missing: return "version_missing";
    case Reason::alias_missing: return "alias_missing";
    case Reason::alias_differs: return "alias_differs";
  }
  return "differs";
}

std::string_view kind_of(const Action& action) {
  static constexpr std::string_view kNames[] = {"import",  "update_code",  "update_config",
                                                "publish", "create_alias", "update_alias"};
  static_assert(std::size(kNames) == std::variant_size_v<Action>);
  return kNames[action.index()];
}

std::string describe(const Action& action) {
  return std::visit(Overloaded{
                        [](const ImportFunction&) { return std::string("import"); },
                        [](const UpdateCode&) { return std::string("update code"); },
                        [](const UpdateConfig&) { return std::string("update configuration"); },
                        [](const PublishVersion& step) { return "publish " + step.version; },
                        [](const CreateAlias& step) { return "create alias " + step.name + " to " + step.version; },
                        [](const UpdateAlias& step) { return "move alias " + step.name + " to " + step.to; },
                    },
                    action);
}

Plan assemble(std::vector<FunctionPlan> functions) {
  std::sort(functions.begin(), functions.end(), [](const FunctionPlan& a, const FunctionPlan& b) {
    return std::tie(a.wave, a.name) < std::tie(b.wave, b.name);
  });
  Plan plan;
  plan.id = plan_id(functions);
  for (const FunctionPlan& function : functions) count(plan.summary, function);
  plan.functions = std::move(functions);
  return plan;
}

}  // namespace fgsync::plan

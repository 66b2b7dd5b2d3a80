#include "plan/model.hpp"

#include <algorithm>
#include <tuple>

namespace fgsync::plan {
namespace {

constexpr std::string_view kImport = "import";
constexpr std::string_view kCreate = "create";
constexpr std::string_view kDelete = "delete function";

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

/// Feeds parts to a hash, each with its length, so that no two different plans can read the same.
class Canonical {
 public:
  void add(std::string_view part) {
    text_ += std::to_string(part.size());
    text_ += ':';
    text_ += part;
    if (text_.size() > kAtOnce) flush();
  }
  void add_optional(const std::optional<std::string>& part) {
    add(part ? "some" : "none");
    if (part) add(std::string_view(*part));
  }
  std::string id() {
    flush();
    return hasher_.hex().substr(0, 12);
  }

 private:
  /// Parts are short, and a hash of many bytes at once is many times faster.
  static constexpr std::size_t kAtOnce = std::size_t{64} * 1024;

  void flush() {
    hasher_.update(text_);
    text_.clear();
  }

  std::string text_;
  Hasher hasher_{Hasher::Function::sha256};
};

void add_changes(Canonical& canonical, const std::vector<FieldChange>& changes) {
  for (const FieldChange& change : changes) {
    canonical.add(change.path);
    canonical.add_optional(change.before);
    canonical.add_optional(change.after);
  }
}

void add_action(Canonical& canonical, const Action& action) {
  canonical.add(kind_of(action));
  std::visit(Overloaded{
                 [&](const ImportFunction& step) { canonical.add(step.description); },
                 [&](const UpdateCode& step) {
                   // Not what it becomes: only some machines know the archive already, and the fingerprint has the
                   // code.
                   canonical.add(step.before.hex);
                   if (step.dependencies) add_changes(canonical, {*step.dependencies});
                 },
                 [&](const UpdateConfig& step) { add_changes(canonical, step.changes); },
                 [&](const PublishVersion& step) {
                   canonical.add(step.version);
                   canonical.add(step.description);
                 },
                 [&](const CreateAlias& step) {
                   canonical.add(step.name);
                   canonical.add(step.version);
                   canonical.add(step.description);
                   canonical.add(step.traffic.to_string());
                 },
                 [&](const UpdateAlias& step) {
                   canonical.add(step.name);
                   canonical.add(step.from);
                   canonical.add(step.to);
                   canonical.add(step.description);
                   canonical.add(step.traffic_before.to_string());
                   canonical.add(step.traffic.to_string());
                 },
                 [&](const UpdateMaxInstances& step) {
                   canonical.add(std::to_string(step.before));
                   canonical.add(std::to_string(step.after));
                 },
                 [&](const UpdateTags& step) { add_changes(canonical, step.changes); },
                 [&](const UpdateAsyncConfig& step) { add_changes(canonical, step.changes); },
                 [&](const UpdateReservedInstances& step) {
                   canonical.add(step.qualifier);
                   add_changes(canonical, step.changes);
                 },
                 [&](const DeleteAlias& step) {
                   canonical.add(step.name);
                   canonical.add(step.version);
                 },
                 [&](const DeleteVersion& step) { canonical.add(step.version); },
                 [](const DeleteFunction&) {},
             },
             action);
}

std::string plan_id(const std::vector<FunctionPlan>& functions) {
  Canonical canonical;
  canonical.add("fgsync-plan/2");
  for (const FunctionPlan& function : functions) {
    canonical.add(function.name);
    // What an import brings stands in no step.
    if (!function.steps.empty()) canonical.add(function.fingerprint);
    for (const Step& step : function.steps) add_action(canonical, step.action);
    for (const Blocked& blocked : function.blocked) canonical.add(blocked.code + " " + blocked.message);
    for (const Note& note : function.notes) canonical.add(note.code + " " + note.message);
    canonical.add(function.failure ? "failed" : "planned");
    const Preconditions& seen = function.preconditions;
    canonical.add_optional(seen.remote_digest ? std::optional(seen.remote_digest->hex) : std::nullopt);
    for (const std::string& version : seen.versions) canonical.add(version);
    for (const auto& [alias, version] : seen.aliases) canonical.add(alias + " " + version);
    for (const auto& [alias, traffic] : seen.traffic) canonical.add(alias + ": " + traffic);
  }
  return canonical.id();
}

}  // namespace

std::string step_id(const Action& action) {
  Canonical canonical;
  canonical.add("fgsync-step/1");
  add_action(canonical, action);
  return canonical.id();
}

namespace {

std::string describe_move(const UpdateAlias& step) {
  std::string text = step.from == step.to ? "update alias " + step.name : "move alias " + step.name + " to " + step.to;
  if (step.traffic == step.traffic_before) return text;
  return text + ", " + (step.traffic.is_whole() ? "all traffic to it" : step.traffic.to_string());
}

bool is_creation(const ImportFunction& step) {
  return step.via == ImportFunction::Via::create_call;
}

void count(Summary& summary, const FunctionPlan& function) {
  for (const Step& step : function.steps) {
    std::visit(Overloaded{
                   [&](const ImportFunction& making) { ++(is_creation(making) ? summary.create : summary.import); },
                   [&](const UpdateCode&) { ++summary.update_code; },
                   [&](const UpdateConfig&) { ++summary.update_config; },
                   [&](const PublishVersion&) { ++summary.publish; },
                   [&](const CreateAlias&) { ++summary.alias; },
                   [&](const UpdateAlias&) { ++summary.alias; },
                   [&](const UpdateMaxInstances&) { ++summary.setting; },
                   [&](const UpdateTags&) { ++summary.setting; },
                   [&](const UpdateAsyncConfig&) { ++summary.setting; },
                   [&](const UpdateReservedInstances&) { ++summary.setting; },
                   [&](const DeleteAlias&) { ++summary.prune; },
                   [&](const DeleteVersion&) { ++summary.prune; },
                   [&](const DeleteFunction&) { ++summary.remove; },
               },
               step.action);
  }
  if (function.failure) ++summary.failed;
  if (!function.blocked.empty()) ++summary.blocked;
  if (function.is_unchanged()) ++summary.unchanged;
  if (function.is_unchanged() && !function.notes.empty()) ++summary.noted;
}

}  // namespace

std::string Traffic::to_string() const {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  for (const auto& [version, percent] : weights) add(std::to_string(percent) + " % to " + version);
  for (const auto& [version, strategy] : strategies) {
    std::string rules;
    for (const auto& rule : strategy.rules) {
      if (!rules.empty()) rules += " " + strategy.combine_type + " ";
      rules += rule.rule_type + " " + rule.param + " " + rule.op + " " + rule.value;
    }
    add("requests with " + rules + " to " + version);
  }
  return text;
}

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
    case Reason::alias_removed: return "alias_removed";
    case Reason::superseded: return "superseded";
    case Reason::head_room: return "head_room";
    case Reason::manifest_removed: return "manifest_removed";
    case Reason::recreated: return "recreated";
    case Reason::secret_unknown: return "secret_unknown";
  }
  return "differs";
}

std::string_view kind_of(const Action& action) {
  static constexpr std::string_view kNames[] = {kImport,
                                                "update_code",
                                                "update_config",
                                                "publish",
                                                "create_alias",
                                                "update_alias",
                                                "update_max_instances",
                                                "update_tags",
                                                "update_async_config",
                                                "update_reserved_instances",
                                                "delete_alias",
                                                "delete_version",
                                                "delete_function"};
  static_assert(std::size(kNames) == std::variant_size_v<Action>);
  const auto* making = std::get_if<ImportFunction>(&action);
  return making != nullptr && is_creation(*making) ? kCreate : kNames[action.index()];
}

std::string describe(const Action& action) {
  return std::visit(
      Overloaded{
          [](const ImportFunction& step) { return std::string(is_creation(step) ? kCreate : kImport); },
          [](const UpdateCode& step) {
            return std::string(step.changes_code() ? "update code" : "update dependencies");
          },
          [](const UpdateConfig&) { return std::string("update configuration"); },
          [](const PublishVersion& step) { return "publish " + step.version; },
          [](const CreateAlias& step) {
            const std::string text = "create alias " + step.name + " to " + step.version;
            return step.traffic.is_whole() ? text : text + ", " + step.traffic.to_string();
          },
          [](const UpdateAlias& step) { return describe_move(step); },
          [](const UpdateMaxInstances& step) { return "set max_instance_num to " + std::to_string(step.after); },
          [](const UpdateTags&) { return std::string("update tags"); },
          [](const UpdateAsyncConfig&) { return std::string("update function_async_config"); },
          [](const UpdateReservedInstances& step) { return "update reserved_instances of " + step.qualifier; },
          [](const DeleteAlias& step) { return "delete alias " + step.name; },
          [](const DeleteVersion& step) { return "prune version " + step.version; },
          [](const DeleteFunction&) { return std::string(kDelete); },
      },
      action);
}

bool makes_function(std::string_view description) {
  return description == kImport || description == kCreate;
}

bool deletes_function(std::string_view description) {
  return description == kDelete;
}

Plan assemble(std::vector<FunctionPlan> functions) {
  const auto comes_before = [](const FunctionPlan& a, const FunctionPlan& b) {
    return std::tie(a.wave, a.name) < std::tie(b.wave, b.name);
  };
  // Plans are large, and mostly in order already.
  if (!std::is_sorted(functions.begin(), functions.end(), comes_before)) {
    std::sort(functions.begin(), functions.end(), comes_before);
  }
  Plan plan;
  plan.id = plan_id(functions);
  for (const FunctionPlan& function : functions) count(plan.summary, function);
  plan.functions = std::move(functions);
  return plan;
}

}  // namespace fgsync::plan

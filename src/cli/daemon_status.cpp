#include "cli/daemon_status.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "functiongraph/timestamp.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> seconds_of(const Json& object, const char* key) {
  const auto time = functiongraph::parse_timestamp(text_of(object, key));
  return time ? std::optional(reconcile::epoch_seconds(*time)) : std::nullopt;
}

Json list_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : Json::array();
}

Condition condition_of(const std::string& name) {
  constexpr std::array kAll{Condition::synced, Condition::progressing, Condition::blocked,
                            Condition::held,   Condition::suspended,   Condition::failed};
  const auto* const found =
      std::find_if(kAll.begin(), kAll.end(), [&name](Condition condition) { return name_of(condition) == name; });
  return found == kAll.end() ? Condition::unknown : *found;
}

FunctionStatus function_of(const Json& row, const std::string& target) {
  FunctionStatus status;
  status.name = text_of(row, "address");
  status.target = target;
  status.condition = condition_of(text_of(row, "condition"));
  status.code = text_of(row, "code");
  status.reason = text_of(row, "reason");
  status.since = text_of(row, "since");
  status.observed_at = seconds_of(row, "observed_at");
  status.version = text_of(row, "version");
  status.next_try = text_of(row, "next_try");
  status.is_in_flight = row.value("in_flight", false);
  status.failures = row.value("failures", 0);
  status.is_suspended = status.condition == Condition::suspended;
  for (const Json& step : list_of(row, "steps")) {
    if (step.is_string()) status.steps.push_back(step.get<std::string>());
  }
  return status;
}

/// What a person must know before the functions.
void note_target(const Json& target, const std::string& prefix, std::vector<std::string>& notes) {
  const auto note = [&](const std::string& text) { notes.push_back(prefix + text); };
  if (const std::string problem = text_of(target, "problem"); !problem.empty()) note("does not work: " + problem);
  if (target.value("observing", false)) note("mode: observe, nothing is written");
  if (const auto pause = target.find("pause"); pause != target.end() && pause->is_object()) {
    const std::string reason = text_of(*pause, "reason");
    note("paused by " + text_of(*pause, "who") + " since " + text_of(*pause, "at") +
         (reason.empty() ? "" : ": " + reason) + "; fgsync unpause goes on");
  }
  if (const auto held = target.find("held_plan"); held != target.end() && held->is_object()) {
    const std::string plan = text_of(*held, "plan_id");
    const int changes = held->value("changes", 0);
    const int counted = held->value("counted", changes);
    const std::string others =
        counted > changes ? " " + std::to_string(counted) + " with those that were changed lately or cannot be read,"
                          : std::string();
    note("plan " + plan + " is held: " + std::to_string(changes) + " functions would change," + others +
         " and at most " + std::to_string(held->value("most", 0)) + " may without asking; fgsync approve " + plan +
         " agrees to it");
  }
  if (const auto sweep = target.find("sweep"); sweep != target.end() && sweep->is_object()) {
    const std::string problem = text_of(*sweep, "problem");
    if (!problem.empty()) note("the last sweep failed: " + problem);
  }
  for (const Json& source : list_of(target, "sources")) {
    const std::string problem = text_of(source, "problem");
    if (!problem.empty()) note("source " + text_of(source, "where") + ": " + problem);
  }
}

Json summary_of(Json target) {
  target.erase("functions");
  return target;
}

}  // namespace

Result<DaemonStatus> read_daemon_status(const std::string& json, const std::string& socket, const std::string& target) {
  const Json document = Json::parse(json, nullptr, false);
  const bool is_status = document.is_object() && document.contains("targets") && document.contains("now");
  if (!is_status) return fail(ErrorKind::corrupt, "what the daemon at " + socket + " answers is no status");
  DaemonStatus status;
  status.now = seconds_of(document, "now").value_or(0);
  status.daemon.socket = socket;
  status.daemon.version = text_of(document, "version");
  status.daemon.started_at = text_of(document, "started_at");
  if (document.value("stopping", false)) status.daemon.notes.emplace_back("the daemon is stopping");
  if (const std::string problem = text_of(document, "reload_problem"); !problem.empty()) {
    status.daemon.notes.push_back("the configuration was refused, the one before is in use: " + problem);
  }
  const Json targets = list_of(document, "targets");
  Json shown = Json::array();
  std::string names;
  for (const Json& each : targets) {
    const std::string name = text_of(each, "name");
    names += (names.empty() ? "" : ", ") + name;
    if (!target.empty() && name != target) continue;
    ++status.target_count;
    note_target(each, targets.size() > 1 ? "target " + name + ": " : "", status.daemon.notes);
    const Json sweep = each.value("sweep", Json::object());
    status.targets.push_back({name, seconds_of(sweep, "succeeded_at"), text_of(each, "problem")});
    for (const Json& row : list_of(each, "functions")) {
      status.functions.push_back(function_of(row, targets.size() > 1 ? name : ""));
    }
    shown.push_back(summary_of(each));
  }
  if (shown.empty() && !target.empty()) {
    return fail(ErrorKind::not_found, "the daemon has no target " + target + "; it has " + names);
  }
  status.daemon.json = Json{
      {"socket", socket},
      {"version", status.daemon.version},
      {"started_at", status.daemon.started_at},
      {"ready", document.value("ready", false)},
      {"stopping", document.value("stopping", false)},
      {"reload_problem", document.value("reload_problem", Json())},
      {"targets",
       std::move(shown)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return status;
}

void add_remembered(std::vector<FunctionStatus>& functions, std::vector<FunctionStatus> remembered) {
  std::map<std::string, FunctionStatus*> by_name;
  for (FunctionStatus& each : remembered) by_name.emplace(each.name, &each);
  for (FunctionStatus& status : functions) {
    const auto found = by_name.find(status.name);
    if (found == by_name.end()) continue;
    FunctionStatus& known = *found->second;
    status.last_applied = std::move(known.last_applied);
    status.aliases = std::move(known.aliases);
    status.hold = std::move(known.hold);
    status.newest = std::move(known.newest);
    status.last_success = std::move(known.last_success);
    status.last_failure = std::move(known.last_failure);
    status.is_suspended = status.is_suspended || known.is_suspended;
  }
}

}  // namespace fgsync::cli

#include "daemon/control_json.hpp"

#include <nlohmann/json.hpp>

#include "base/clock.hpp"

namespace fgsync::daemon {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json time_or_null(const std::optional<WallTime>& time) {
  return time ? Json(to_iso8601(*time)) : Json(nullptr);
}

Json age_or_null(const std::optional<WallTime>& time, WallTime now) {
  if (!time) return nullptr;
  return std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - *time).count(), 0);
}

Json json_of(const FunctionView& function, WallTime now) {
  return {{"address", function.name},
          {"condition", reconcile::name_of(function.condition)},
          {"code", function.code},
          {"reason", function.reason},
          {"since", to_iso8601(function.since)},
          {"observed_at", time_or_null(function.observed_at)},
          {"last_observed_age_seconds", age_or_null(function.observed_at, now)},
          {"last_success", time_or_null(function.last_success)},
          {"next_try", time_or_null(function.next_try)},
          {"failures", function.failures},
          {"in_flight", function.is_in_flight},
          {"steps", function.steps},
          {"version", text_or_null(function.version)},
          {"versions_used", function.versions_used ? Json(*function.versions_used) : Json(nullptr)},
          {"drifts_healed", function.drifts_healed}};
}

Json json_of(const std::vector<FunctionView>& functions, WallTime now) {
  Json list = Json::array();
  for (const FunctionView& function : functions) list.push_back(json_of(function, now));
  return list;
}

Json json_of(const SourceView& source) {
  return {{"kind", source.kind},
          {"where", source.where},
          {"environment", text_or_null(source.environment)},
          {"revision", text_or_null(source.revision)},
          {"author", text_or_null(source.author)},
          {"verified", source.is_verified},
          {"problem", text_or_null(source.problem)},
          {"checked_at", time_or_null(source.checked_at)},
          {"next_check", time_or_null(source.next_check)},
          {"failures", source.failures},
          {"requests", source.requests}};
}

Json json_of(const SweepView& sweep) {
  return {{"count", sweep.count},
          {"started_at", time_or_null(sweep.started_at)},
          {"succeeded_at", time_or_null(sweep.succeeded_at)},
          {"next_at", time_or_null(sweep.next_at)},
          {"took_ms", sweep.took.count()},
          {"problem", text_or_null(sweep.problem)}};
}

Json json_of(const HeldPlanView& plan) {
  return {{"plan_id", plan.plan_id},
          {"changes", plan.changes},
          {"counted", plan.counted},
          {"most", plan.most},
          {"since", to_iso8601(plan.since)}};
}

Json json_of(const PauseView& pause) {
  return {{"who", pause.who}, {"reason", pause.reason}, {"at", pause.at}};
}

Json budget_of(const TargetView& target) {
  return {{"requests_per_second", target.budget_limits.requests_per_second},
          {"concurrency", target.budget_limits.concurrency},
          {"in_flight", target.budget.in_flight},
          {"granted", target.budget.granted},
          {"waited", target.budget.waited},
          {"throttled", target.budget.throttled},
          {"refused", target.budget.refused}};
}

Json json_of(const TargetView& target, WallTime now) {
  Json sources = Json::array();
  for (const SourceView& source : target.sources) sources.push_back(json_of(source));
  return {{"name", target.name},
          {"endpoint", target.endpoint},
          {"region", text_or_null(target.region)},
          {"project_id", target.project_id},
          {"source_id", target.source_id},
          {"observing", target.is_observing},
          {"problem", text_or_null(target.problem)},
          {"pause", target.pause ? json_of(*target.pause) : Json(nullptr)},
          {"held_plan", target.held_plan ? json_of(*target.held_plan) : Json(nullptr)},
          {"sweep", json_of(target.sweep)},
          {"queue",
           {{"ready", target.queue.ready},
            {"delayed", target.queue.delayed},
            {"in_flight", target.queue.in_flight},
            {"oldest_ms", target.queue.oldest.count()}}},
          {"budget", budget_of(target)},
          {"calls", target.calls},
          {"sources", std::move(sources)},
          {"functions", json_of(target.functions, now)}};
}

Json json_of(const Event& event) {
  Json fields = Json::object();
  for (const auto& [key, value] : event.fields) fields[key] = value;
  return {{"id", event.id},
          {"at", to_iso8601(event.at)},
          {"type", event.type},
          {"target", text_or_null(event.target)},
          {"function", text_or_null(event.function)},
          {"message", event.message},
          {"fields", std::move(fields)}};
}

}  // namespace

std::string status_json(const DaemonView& view) {
  Json targets = Json::array();
  for (const TargetView& target : view.targets) targets.push_back(json_of(target, view.now));
  return dumped({{"version", view.version},
                 {"now", to_iso8601(view.now)},
                 {"started_at", to_iso8601(view.started_at)},
                 {"config_file", text_or_null(view.config_file)},
                 {"log_level", view.log_level},
                 {"reloaded_at", time_or_null(view.reloaded_at)},
                 {"reload_problem", text_or_null(view.reload_problem)},
                 {"ready", view.is_ready},
                 {"stopping", view.is_stopping},
                 {"targets", std::move(targets)}});
}

std::string function_json(const std::string& target, const FunctionView& function, WallTime now) {
  Json document{{"target", target}};
  document.update(json_of(function, now));
  return dumped(document);
}

std::string functions_json(const std::vector<FunctionView>& functions, WallTime now) {
  return dumped({{"functions", json_of(functions, now)}});
}

std::string held_plan_json(const HeldPlanView& plan) {
  return dumped({{"approved", json_of(plan)}});
}

std::string released_json(const std::string& function, const reconcile::Released& released) {
  return dumped({{"function", function}, {"had_hold", released.had_hold}, {"aliases", released.aliases}});
}

std::string rollback_json(const reconcile::Rollback& rollback) {
  return dumped({{"function", rollback.function},
                 {"alias", rollback.alias},
                 {"from", rollback.from},
                 {"to", rollback.to},
                 {"fingerprint", rollback.fingerprint}});
}

std::string forgotten_json(const std::string& function, const reconcile::Forgotten& forgotten) {
  Json hold = nullptr;
  Json suspension = nullptr;
  if (const auto& kept = forgotten.kept.hold) {
    hold = {{"fingerprint", kept->fingerprint}, {"reason", kept->reason}, {"who", kept->who}, {"at", kept->at}};
  }
  if (const auto& kept = forgotten.kept.suspension) {
    suspension = {{"reason", kept->reason}, {"who", kept->who}, {"at", kept->at}};
  }
  return dumped({{"function", function},
                 {"had_inventory", forgotten.had_inventory},
                 {"had_mark", forgotten.had_mark},
                 {"had_intents", forgotten.had_intents},
                 {"kept", {{"hold", std::move(hold)}, {"suspension", std::move(suspension)}}}});
}

std::string decision_json(const std::string& function, const std::string& key, bool value) {
  return dumped({{"function", function}, {key, value}});
}

std::string flag_json(const std::string& key, bool value) {
  return dumped(Json::object({{key, value}}));
}

std::string suspended_json(const std::string& function, bool is_in_flight) {
  return dumped({{"function", function}, {"suspended", true}, {"in_flight", is_in_flight}});
}

std::string paused_json(std::size_t in_flight) {
  return dumped(Json::object({{"paused", true}, {"in_flight", in_flight}}));
}

std::string text_json(const std::string& key, const std::string& value) {
  return dumped(Json::object({{key, value}}));
}

std::string ready_json(bool is_ready, const std::string& why) {
  return dumped({{"ready", is_ready}, {"why", text_or_null(why)}});
}

std::string event_json(const Event& event) {
  return dumped(json_of(event));
}

std::string events_json(const std::vector<Event>& events, std::uint64_t last_id) {
  Json list = Json::array();
  for (const Event& event : events) list.push_back(json_of(event));
  return dumped({{"last_id", last_id}, {"events", std::move(list)}});
}

std::string error_json(std::string_view kind, const std::string& message, const std::string& next) {
  Json error{{"kind", kind}, {"message", message}};
  if (!next.empty()) error["next"] = next;
  return dumped({{"error", std::move(error)}});
}

std::string error_json(ErrorKind kind, const std::string& message, const std::string& next) {
  return error_json(name_of(kind), message, next);
}

}  // namespace fgsync::daemon

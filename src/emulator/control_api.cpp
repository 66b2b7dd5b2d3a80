#include "emulator/control_api.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/control_answers.hpp"
#include "emulator/json.hpp"
#include "emulator/scenario.hpp"
#include "emulator/state_control.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

const std::string kBody = "body";

std::string render_counts(const FaultRules::Entry& entry) {
  return JsonMembers()
      .text("rule", entry.rule.name)
      .number("matched", static_cast<std::int64_t>(entry.counts.matched))
      .number("hit", static_cast<std::int64_t>(entry.counts.hit))
      .object();
}

std::string render_rule(const FaultRules::Entry& entry) {
  return JsonMembers().raw("rule", render(entry.rule)).raw("counts", render_counts(entry)).object();
}

const FaultRules::Entry* find_rule(const FaultRules& rules, std::string_view name) {
  const auto& entries = rules.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.rule.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

http::Response no_rule(const FaultRules& rules, const std::string& name) {
  std::string known;
  for (const auto& entry : rules.entries()) known += (known.empty() ? "" : ", ") + entry.rule.name;
  return control_refusal(404, "there is no rule \"" + name + "\"; there is " + (known.empty() ? "none" : known));
}

/// The number of requests asked for with `limit`; nothing when it is none.
std::optional<std::size_t> limit_of(const std::string& target) {
  const auto question = target.find('?');
  if (question == std::string::npos) return RecentRequests::kMax;
  const auto query = std::string_view(target).substr(question + 1);
  constexpr std::string_view kName = "limit=";
  if (!query.starts_with(kName)) return std::nullopt;
  std::size_t limit = 0;
  const char* end = query.data() + query.size();
  const auto [stopped, failed] = std::from_chars(query.data() + kName.size(), end, limit);
  return failed == std::errc() && stopped == end ? std::optional(limit) : std::nullopt;
}

}  // namespace

http::Response ControlApi::show_health(const Call& call) {
  const auto up = std::chrono::duration_cast<std::chrono::milliseconds>(call.now.steady - started_);
  return control_answer(
      JsonMembers().text("status", "ok").text("version", FGSYNC_VERSION).number("up_ms", up.count()).object());
}

http::Response ControlApi::show_metrics(const Call&) {
  controlled_.settle();
  const auto counts = controlled_.service.state().counts();
  auto response = control_answer(controlled_.metrics.render(counts.value_or(Store::Counts())));
  response.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

std::string ControlApi::faults_json() const {
  const auto& rules = controlled_.injector.rules();
  std::vector<std::string> counts;
  for (const auto& entry : rules.entries()) counts.push_back(render_counts(entry));
  return JsonMembers().raw("scenario", render(rules.plan())).raw("counts", json_array(counts)).object();
}

http::Response ControlApi::show_faults(const Call&) {
  return control_answer(faults_json());
}

http::Response ControlApi::replace_faults(const Call& call) {
  auto plan = read_scenario(call.request.body, kBody);
  if (!plan) return control_mistakes(plan.error());
  controlled_.injector.rules().replace(std::move(*plan));
  controlled_.injector.end_stale_reads();
  return control_answer(faults_json());
}

http::Response ControlApi::clear_faults(const Call&) {
  controlled_.injector.rules().replace({});
  controlled_.injector.end_stale_reads();
  return control_answer(faults_json());
}

http::Response ControlApi::restart_faults(const Call&) {
  controlled_.injector.rules().restart();
  controlled_.injector.end_stale_reads();
  return control_answer(faults_json());
}

http::Response ControlApi::add_rule(const Call& call) {
  auto& rules = controlled_.injector.rules();
  auto number = rules.entries().size() + 1;
  const auto free_name = [&] { return "rule-" + std::to_string(number); };
  while (find_rule(rules, free_name()) != nullptr) ++number;
  auto rule = read_fault_rule(call.request.body, kBody, free_name());
  if (!rule) return control_mistakes(rule.error());
  if (auto added = rules.add(std::move(*rule)); !added) return control_refusal(added.error());
  return control_answer(render_rule(rules.entries().back()), 201);
}

http::Response ControlApi::show_rule(const Call& call) {
  const auto& rules = controlled_.injector.rules();
  const auto* entry = find_rule(rules, call.name);
  return entry == nullptr ? no_rule(rules, call.name) : control_answer(render_rule(*entry));
}

http::Response ControlApi::remove_rule(const Call& call) {
  auto& rules = controlled_.injector.rules();
  return rules.remove(call.name) ? control_answer(faults_json()) : no_rule(rules, call.name);
}

/// The same key as in a scenario: `{"latency": "20ms"}`.
http::Response ControlApi::set_latency(const Call& call) {
  const auto plan = read_scenario(call.request.body, kBody);
  if (!plan) return control_mistakes(plan.error());
  const FaultPlan wanted{1, plan->latency, {}, {}};
  if (*plan != wanted) return control_refusal(400, R"(expected only the latency, for example {"latency": "20ms"})");
  controlled_.injector.rules().set_latency(plan->latency);
  return control_answer(faults_json());
}

http::Response ControlApi::set_rate(const Call& call) {
  const auto plan = read_scenario(call.request.body, kBody);
  if (!plan) return control_mistakes(plan.error());
  const FaultPlan wanted{1, {}, plan->rate, {}};
  if (*plan != wanted) return control_refusal(400, R"(expected only the rate, for example {"rate": 10}, or {})");
  controlled_.injector.rules().set_rate(plan->rate);
  return control_answer(faults_json());
}

http::Response ControlApi::expire_tokens(const Call& call) {
  controlled_.settle();
  const auto count = controlled_.service.state().expire_tokens(call.now.wall);
  if (!count) return control_refusal(count.error());
  return control_answer(JsonMembers().number("expired", *count).object());
}

http::Response ControlApi::show_state(const Call&) {
  controlled_.settle();
  const auto counts = controlled_.service.state().counts();
  if (!counts) return control_refusal(counts.error());
  return control_answer(JsonMembers()
                            .number("functions", counts->functions)
                            .number("versions", counts->versions)
                            .number("aliases", counts->aliases)
                            .number("dependencies", counts->dependencies)
                            .object());
}

http::Response ControlApi::reset_state(const Call& call) {
  controlled_.settle();
  controlled_.injector.end_stale_reads();
  if (auto done = controlled_.service.state().reset(); !done) return control_refusal(done.error());
  return show_state(call);
}

http::Response ControlApi::list_snapshots(const Call&) {
  std::vector<std::string> items;
  for (const auto& facts : controlled_.service.state().list_snapshots()) {
    items.push_back(JsonMembers().text("name", facts.name).number("bytes", facts.bytes).object());
  }
  return control_answer(JsonMembers().raw("snapshots", json_array(items)).object());
}

http::Response ControlApi::take_snapshot(const Call& call) {
  controlled_.settle();
  if (auto done = controlled_.service.state().take_snapshot(call.name); !done) return control_refusal(done.error());
  return list_snapshots(call);
}

http::Response ControlApi::restore_snapshot(const Call& call) {
  controlled_.settle();
  controlled_.injector.end_stale_reads();
  if (auto done = controlled_.service.state().restore_snapshot(call.name); !done) return control_refusal(done.error());
  return show_state(call);
}

http::Response ControlApi::remove_snapshot(const Call& call) {
  if (auto done = controlled_.service.state().remove_snapshot(call.name); !done) return control_refusal(done.error());
  return list_snapshots(call);
}

// All operations have the same type.
// NOLINTNEXTLINE(readability-make-member-function-const)
http::Response ControlApi::list_requests(const Call& call) {
  const auto limit = limit_of(call.request.target);
  if (!limit) return control_refusal(400, "expected ?limit= and a number");
  return control_answer(JsonMembers().raw("requests", json_array(controlled_.recent.last(*limit))).object());
}

http::Response ControlApi::forget_requests(const Call& call) {
  controlled_.recent.clear();
  return list_requests(call);
}

}  // namespace fgsync::emulator

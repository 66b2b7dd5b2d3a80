#include <charconv>
#include <string>

#include "emulator/json.hpp"
#include "emulator/scenario.hpp"

namespace fgsync::emulator {
namespace {

std::string pause_text(std::chrono::milliseconds pause) {
  return std::to_string(pause.count()) + "ms";
}

void add_pause(JsonMembers& members, std::string_view name, std::chrono::milliseconds pause) {
  if (pause.count() > 0) members.text(name, pause_text(pause));
}

void add_number(JsonMembers& members, std::string_view name, const std::optional<int>& number) {
  if (number) members.number(name, *number);
}

/// The shortest text that is read as the same number.
std::string number_text(double number) {
  char text[32] = {};
  const auto [end, failed] = std::to_chars(text, text + sizeof text, number);
  return std::string(text, end);
}

template <class Items>
std::string text_list(const Items& items, auto text_of_item) {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(json_text(text_of_item(item)));
  return json_array(texts);
}

std::string render_match(const FaultMatch& match) {
  JsonMembers members;
  if (!match.methods.empty()) {
    members.raw("method", text_list(match.methods, [](http::Method method) { return http::name_of(method); }));
  }
  if (!match.path.empty()) members.text("path", match.path);
  if (!match.operations.empty()) {
    members.raw("operation", text_list(match.operations, [](const std::string& name) { return name; }));
  }
  if (!match.function.empty()) members.text("function", match.function);
  return members.object();
}

std::string render_turns(const FaultTurns& turns) {
  JsonMembers members;
  add_number(members, "nth", turns.nth);
  add_number(members, "every", turns.every);
  add_number(members, "first", turns.first);
  add_number(members, "times", turns.times);
  if (turns.probability) members.raw("probability", number_text(*turns.probability));
  return members.object();
}

std::string_view name_of(AnswerShape shape) {
  switch (shape) {
    case AnswerShape::service: return "service";
    case AnswerShape::gateway: return "gateway";
    case AnswerShape::iam: return "iam";
  }
  return "";
}

std::string render_answer(const ForcedAnswer& answer, Application application) {
  JsonMembers members;
  members.number("status", answer.status).text("shape", name_of(answer.shape)).text("code", answer.code);
  members.text("message", answer.message);
  if (answer.retry_after) members.text("retry_after", std::to_string(answer.retry_after->count()) + "s");
  if (application != Application::never) members.boolean("applied", true);
  return members.object();
}

void add_fate(JsonMembers& members, const FaultEffect& effect) {
  switch (effect.fate) {
    case AnswerFate::lost: members.text("drop", effect.application == Application::never ? "before" : "after"); break;
    case AnswerFate::cut: members.number("cut", static_cast<std::int64_t>(effect.bytes)); break;
    case AnswerFate::dripped:
      members.raw("drip", JsonMembers()
                              .number("bytes", static_cast<std::int64_t>(effect.bytes))
                              .text("pause", pause_text(effect.drip_pause))
                              .object());
      break;
    case AnswerFate::garbage: members.boolean("garbage", true); break;
    case AnswerFate::sent: break;
  }
}

std::string render_effect(const FaultEffect& effect) {
  JsonMembers members;
  if (effect.answer) members.raw("answer", render_answer(*effect.answer, effect.application));
  add_fate(members, effect);
  add_pause(members, "delay", effect.delay);
  add_pause(members, "jitter", effect.jitter);
  add_pause(members, "answer_delay", effect.answer_delay);
  add_pause(members, "stale", effect.stale_for);
  if (effect.application == Application::twice) members.boolean("duplicate", true);
  if (effect.expires_tokens) members.boolean("expire_tokens", true);
  return members.object();
}

}  // namespace

std::string render(const FaultRule& rule) {
  JsonMembers members;
  members.text("name", rule.name);
  if (rule.match != FaultMatch()) members.raw("match", render_match(rule.match));
  if (rule.turns != FaultTurns()) members.raw("when", render_turns(rule.turns));
  return members.raw("do", render_effect(rule.effect)).object();
}

std::string render(const FaultPlan& plan) {
  JsonMembers members;
  members.number("seed", static_cast<std::int64_t>(plan.seed)).text("latency", pause_text(plan.latency));
  add_number(members, "rate", plan.rate);
  std::vector<std::string> rules;
  for (const auto& rule : plan.rules) rules.push_back(render(rule));
  return members.raw("rules", json_array(rules)).object();
}

}  // namespace fgsync::emulator

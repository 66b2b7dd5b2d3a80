// What a rule does, and which things exclude each other: a request has one outcome, and what the service never gets
// cannot be applied twice or be seen late.
#include "emulator/effect_reader.hpp"

#include <array>
#include <charconv>

#include "emulator/known_answers.hpp"
#include "emulator/scenario.hpp"

namespace fgsync::emulator {
namespace {

namespace yaml = manifest::yaml;
using yaml::Mapping;
using yaml::Report;
using yaml::Value;

constexpr int kMaxBodyBytes = 100 << 20;

bool read_switch(Report& report, Mapping& fields, std::string_view key) {
  const auto value = fields.find(key);
  return value && yaml::read_bool(report, *value).value_or(false);
}

std::chrono::milliseconds pause_of(Report& report, Mapping& fields, std::string_view key) {
  const auto value = fields.find(key);
  return value ? read_pause(report, *value).value_or(std::chrono::milliseconds(0)) : std::chrono::milliseconds(0);
}

/// The header has whole seconds.
std::optional<std::chrono::seconds> read_retry_after(Report& report, const Value& value) {
  const auto pause = read_pause(report, value);
  if (!pause) return std::nullopt;
  if (*pause % std::chrono::seconds(1) == std::chrono::milliseconds(0)) {
    return std::chrono::duration_cast<std::chrono::seconds>(*pause);
  }
  return wrong_value(report, value, "whole seconds");
}

std::optional<AnswerShape> read_shape(Report& report, const Value& value) {
  const auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  if (*text == "service") return AnswerShape::service;
  if (*text == "gateway") return AnswerShape::gateway;
  if (*text == "iam") return AnswerShape::iam;
  return wrong_value(report, value, "service, gateway or iam");
}

void read_answer(Report& report, const Value& value, FaultEffect& effect) {
  auto fields = Mapping::open(report, value);
  if (!fields) return;
  int status = 503;
  if (const auto given = fields->require("status")) {
    status = yaml::read_integer(report, *given, {400, 599}).value_or(status);
  }
  std::optional<AnswerShape> shape;
  if (const auto given = fields->find("shape")) shape = read_shape(report, *given);
  auto answer = known_answer(status, shape);
  if (const auto code = fields->find("code")) answer.code = yaml::read_text(report, *code).value_or("");
  if (const auto message = fields->find("message")) answer.message = yaml::read_text(report, *message).value_or("");
  if (const auto after = fields->find("retry_after")) answer.retry_after = read_retry_after(report, *after);
  const bool is_applied = read_switch(report, *fields, "applied");
  effect.application = is_applied ? Application::once : Application::never;
  effect.answer = std::move(answer);
  fields->close();
}

/// `true`, or how long to wait, which becomes Retry-After.
void read_throttle(Report& report, const Value& value, FaultEffect& effect) {
  auto answer = known_answer(429, AnswerShape::gateway);
  if (value.node->text != "true") answer.retry_after = read_retry_after(report, value);
  effect.application = Application::never;
  effect.answer = std::move(answer);
}

void read_drop(Report& report, const Value& value, FaultEffect& effect) {
  const auto text = yaml::read_text(report, value);
  if (text && *text != "before" && *text != "after") wrong_value(report, value, "before or after");
  effect.application = text == "before" ? Application::never : Application::once;
  effect.fate = AnswerFate::lost;
}

void read_cut(Report& report, const Value& value, FaultEffect& effect) {
  effect.fate = AnswerFate::cut;
  effect.bytes = static_cast<std::size_t>(yaml::read_integer(report, value, {0, kMaxBodyBytes}).value_or(0));
}

void read_drip(Report& report, const Value& value, FaultEffect& effect) {
  auto fields = Mapping::open(report, value);
  if (!fields) return;
  effect.fate = AnswerFate::dripped;
  if (const auto bytes = fields->require("bytes")) {
    effect.bytes = static_cast<std::size_t>(yaml::read_integer(report, *bytes, {1, kMaxBodyBytes}).value_or(1));
  }
  if (const auto pause = fields->require("pause")) {
    effect.drip_pause = read_pause(report, *pause).value_or(std::chrono::milliseconds(0));
  }
  fields->close();
}

void read_garbage(Report& report, const Value& value, FaultEffect& effect) {
  if (yaml::read_bool(report, value).value_or(false)) effect.fate = AnswerFate::garbage;
}

/// The outcome of the request, of which there is one.
void read_outcome(Report& report, Mapping& fields, FaultEffect& effect) {
  using Reader = void (*)(Report&, const Value&, FaultEffect&);
  constexpr std::array<std::pair<std::string_view, Reader>, 6> kOutcomes{{{"answer", &read_answer},
                                                                          {"throttle", &read_throttle},
                                                                          {"drop", &read_drop},
                                                                          {"cut", &read_cut},
                                                                          {"drip", &read_drip},
                                                                          {"garbage", &read_garbage}}};
  std::string_view chosen;
  for (const auto& [key, read] : kOutcomes) {
    const auto value = fields.find(key);
    if (!value) continue;
    if (!chosen.empty()) {
      report.error({.code = "two_outcomes",
                    .mark = value->key,
                    .field = value->field,
                    .message = "cannot stand beside " + std::string(chosen) + ": a request has one outcome",
                    .hint = "make it a rule of its own"});
      continue;
    }
    chosen = key;
    read(report, *value, effect);
  }
}

/// Reports what needs a request that the service gets.
void check_application(Report& report, Mapping& fields, const FaultEffect& effect) {
  if (effect.application != Application::never) return;
  for (const auto* key : {"duplicate", "stale", "answer_delay"}) {
    const auto value = fields.find(key);
    if (!value) continue;
    report.error({.code = "never_applied",
                  .mark = value->key,
                  .field = value->field,
                  .message = "has no effect: the service never gets this request",
                  .hint = "answer has applied: true, and drop has after"});
  }
}

}  // namespace

std::nullopt_t wrong_value(Report& report, const Value& value, const std::string& expected, const std::string& hint) {
  report.error({.code = "invalid_value",
                .mark = value.mark(),
                .field = value.field,
                .message = "must be " + expected + ", found " + yaml::describe(*value.node),
                .hint = hint});
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_pause(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [unit, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc() || number < 0 || number > 3'600'000) return std::nullopt;
  const std::string_view name(unit, static_cast<std::size_t>(end - unit));
  std::chrono::milliseconds pause(number);
  if (name == "s") pause *= 1000;
  if (name == "m") pause *= 60'000;
  const bool is_unit = name == "ms" || name == "s" || name == "m";
  return is_unit && pause <= std::chrono::hours(1) ? std::optional(pause) : std::nullopt;
}

std::optional<std::chrono::milliseconds> read_pause(Report& report, const Value& value) {
  const auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  if (const auto pause = parse_pause(*text)) return pause;
  return wrong_value(report, value, "a duration up to an hour, such as 250ms, 2s or 1m");
}

FaultEffect read_effect(Report& report, const Value& value) {
  FaultEffect effect;
  auto fields = Mapping::open(report, value);
  if (!fields) return effect;
  read_outcome(report, *fields, effect);
  effect.delay = pause_of(report, *fields, "delay");
  effect.jitter = pause_of(report, *fields, "jitter");
  effect.answer_delay = pause_of(report, *fields, "answer_delay");
  effect.stale_for = pause_of(report, *fields, "stale");
  effect.expires_tokens = read_switch(report, *fields, "expire_tokens");
  check_application(report, *fields, effect);
  if (read_switch(report, *fields, "duplicate")) effect.application = Application::twice;
  fields->close();
  if (effect == FaultEffect() && !report.has_error()) {
    report.error({.code = "no_effect",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "does nothing",
                  .hint = "answer, throttle, drop, cut, drip, garbage, delay, jitter, answer_delay, duplicate, stale "
                          "and expire_tokens are known"});
  }
  return effect;
}

}  // namespace fgsync::emulator

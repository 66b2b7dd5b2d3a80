// Reads scenario files with the reader of manifests, so that mistakes look the same: all of them at once, each with
// line, column and what was expected.
#include "emulator/scenario.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "emulator/effect_reader.hpp"
#include "emulator/operation_names.hpp"
#include "emulator/yaml_json.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::emulator {
namespace {

namespace yaml = manifest::yaml;
using yaml::Mapping;
using yaml::Report;
using yaml::Value;

constexpr int kMaxRequests = 1'000'000'000;

/// The values of one text, or of a list of them.
std::vector<Value> one_or_more(Report& report, const Value& value) {
  if (value.node->kind != yaml::Node::Kind::sequence) return {value};
  return yaml::read_list(report, value).value_or(std::vector<Value>());
}

std::optional<http::Method> read_method(Report& report, const Value& value) {
  using enum http::Method;
  const auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  for (const auto method : {get, post, put, del}) {
    if (http::name_of(method) == *text) return method;
  }
  return wrong_value(report, value, "GET, POST, PUT or DELETE");
}

std::optional<std::string> read_operation(Report& report, const Value& value) {
  auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  const auto& known = operation_names();
  if (std::find(known.begin(), known.end(), *text) != known.end()) return text;
  auto hint = yaml::did_you_mean(*text, known);
  if (hint.empty()) hint = "docs/emulator-faults.md lists the operations";
  return wrong_value(report, value, "the name of an operation, for example CreateFunctionVersion", hint);
}

std::string read_pattern(Report& report, Mapping& fields, std::string_view key) {
  const auto value = fields.find(key);
  if (!value) return {};
  auto text = yaml::read_text(report, *value);
  if (text && text->empty()) wrong_value(report, *value, "a pattern; leave the key out to match everything");
  return text.value_or("");
}

FaultMatch read_match(Report& report, const Value& value) {
  FaultMatch match;
  auto fields = Mapping::open(report, value);
  if (!fields) return match;
  if (const auto methods = fields->find("method")) {
    for (const auto& item : one_or_more(report, *methods)) {
      if (const auto method = read_method(report, item)) match.methods.push_back(*method);
    }
  }
  match.path = read_pattern(report, *fields, "path");
  if (const auto operations = fields->find("operation")) {
    for (const auto& item : one_or_more(report, *operations)) {
      if (auto operation = read_operation(report, item)) match.operations.push_back(std::move(*operation));
    }
  }
  match.function = read_pattern(report, *fields, "function");
  fields->close();
  return match;
}

std::optional<double> parse_probability(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  if (is_percent) text.remove_suffix(1);
  double number = 0;
  const auto [stopped, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  if (is_percent) number /= 100;
  return number > 0 && number <= 1 ? std::optional(number) : std::nullopt;
}

std::optional<double> read_probability(Report& report, const Value& value) {
  const auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  if (const auto probability = parse_probability(*text)) return probability;
  return wrong_value(report, value, "a probability above 0 and up to 1, such as 5% or 0.05");
}

FaultTurns read_turns(Report& report, const Value& value) {
  FaultTurns turns;
  auto fields = Mapping::open(report, value);
  if (!fields) return turns;
  for (const auto& [key, member] : {std::pair{"nth", &FaultTurns::nth}, std::pair{"every", &FaultTurns::every},
                                    std::pair{"first", &FaultTurns::first}, std::pair{"times", &FaultTurns::times}}) {
    const auto number = fields->find(key);
    if (number) turns.*member = yaml::read_integer(report, *number, {1, kMaxRequests});
  }
  if (const auto probability = fields->find("probability")) turns.probability = read_probability(report, *probability);
  fields->close();
  return turns;
}

bool is_rule_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), is_allowed);
}

FaultRule read_rule(Report& report, const Value& value, const std::string& default_name) {
  FaultRule rule;
  rule.name = default_name;
  auto fields = Mapping::open(report, value);
  if (!fields) return rule;
  if (const auto name = fields->find("name")) {
    rule.name = yaml::read_text(report, *name).value_or(default_name);
    if (!is_rule_name(rule.name)) wrong_value(report, *name, "up to 64 letters, digits, dots, dashes and underscores");
  }
  if (const auto match = fields->find("match")) rule.match = read_match(report, *match);
  if (const auto turns = fields->find("when")) rule.turns = read_turns(report, *turns);
  if (const auto effect = fields->require("do")) rule.effect = read_effect(report, *effect);
  fields->close();
  return rule;
}

std::vector<FaultRule> read_rules(Report& report, const Value& value) {
  std::vector<FaultRule> rules;
  std::set<std::string> names;
  for (const auto& item : yaml::read_list(report, value).value_or(std::vector<Value>())) {
    rules.push_back(read_rule(report, item, "rule-" + std::to_string(rules.size() + 1)));
    if (names.insert(rules.back().name).second) continue;
    report.error({.code = "duplicate_name",
                  .mark = item.mark(),
                  .field = item.field,
                  .message = "another rule has the name " + yaml::quoted(rules.back().name) + " already"});
  }
  return rules;
}

FaultPlan read_plan(Report& report, const Value& value) {
  FaultPlan plan;
  auto fields = Mapping::open(report, value);
  if (!fields) return plan;
  if (const auto seed = fields->find("seed")) {
    plan.seed = static_cast<std::uint64_t>(yaml::read_integer(report, *seed, {0, 2'147'483'647}).value_or(1));
  }
  if (const auto latency = fields->find("latency")) {
    plan.latency = read_pause(report, *latency).value_or(std::chrono::milliseconds(0));
  }
  if (const auto rate = fields->find("rate")) plan.rate = yaml::read_integer(report, *rate, {1, 1'000'000});
  if (const auto rules = fields->find("rules")) plan.rules = read_rules(report, *rules);
  fields->close();
  return plan;
}

}  // namespace

Read<FaultPlan> read_scenario(std::string_view text, const std::string& file) {
  return read_yaml(text, file, &read_plan);
}

Read<FaultRule> read_fault_rule(std::string_view text, const std::string& file, const std::string& name) {
  return read_yaml(text, file, [&name](Report& report, const Value& value) { return read_rule(report, value, name); });
}

}  // namespace fgsync::emulator

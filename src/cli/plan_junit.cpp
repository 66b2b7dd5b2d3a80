#include "cli/plan_junit.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <string_view>
#include <vector>

#include "cli/characters.hpp"
#include "cli/plan_blocks.hpp"
#include "cli/progress.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;

/// What XML 1.0 allows besides the controls.
bool is_allowed(char32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= ' ' && code != 0xfffe && code != 0xffff);
}

enum class Place { attribute, text };

std::string_view entity_of(char32_t code, Place place) {
  // Readers make spaces of these in attributes when they stand there as they are, and of the last one anywhere.
  const bool is_kept = place == Place::text && code != '\r';
  switch (code) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\t': return is_kept ? "" : "&#9;";
    case '\n': return is_kept ? "" : "&#10;";
    case '\r': return "&#13;";
    default: return {};
  }
}

std::string xml(std::string_view text, Place place) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const std::string_view entity = entity_of(character.code, place);
    const bool is_broken = !is_allowed(character.code) || character.code == kReplacement;
    out += is_broken ? kReplacementUtf8 : entity.empty() ? text.substr(at, character.size) : entity;
    at += character.size;
  }
  return out;
}

std::string attribute(const char* name, std::string_view value) {
  return std::string(" ") + name + "=\"" + xml(value, Place::attribute) + "\"";
}

/// `0.041`, seconds.
std::string seconds(std::chrono::milliseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(time.count() / 1000),
                static_cast<long long>(time.count() % 1000));
  return text.data();
}

/// Why a test case does not pass. Without a type it was skipped.
struct Trouble {
  std::string type;
  std::string message;
  std::string text;
};

struct Case {
  std::string group;
  std::string name;
  std::optional<SourcePosition> position;
  std::chrono::milliseconds took{0};
  std::vector<Trouble> troubles;
  std::string output;
};

std::string render(const Trouble& trouble) {
  if (trouble.type.empty()) return "      <skipped" + attribute("message", trouble.message) + "/>\n";
  const std::string start = "      <failure" + attribute("type", trouble.type) + attribute("message", trouble.message);
  return trouble.text.empty() ? start + "/>\n" : start + ">" + xml(trouble.text, Place::text) + "</failure>\n";
}

std::string render(const Case& test) {
  std::string tag = "    <testcase" + attribute("classname", test.group) + attribute("name", test.name);
  if (test.position) tag += attribute("file", test.position->file);
  if (test.position && test.position->line > 0) tag += attribute("line", std::to_string(test.position->line));
  tag += attribute("time", seconds(test.took));
  if (test.troubles.empty() && test.output.empty()) return tag + "/>\n";
  std::string text = tag + ">\n";
  // A reader of JUnit takes one result for each test case.
  if (!test.troubles.empty()) text += render(test.troubles.front());
  if (!test.output.empty()) text += "      <system-out>" + xml(test.output, Place::text) + "</system-out>\n";
  return text + "    </testcase>\n";
}

std::string output_of(const plan::FunctionPlan& function) {
  std::string text;
  for (const BlockLine& line : block_of(function).lines) {
    if (line.kind == BlockLine::Kind::headline && group_of(function) == Group::unchanged) continue;
    const bool is_headline = line.kind == BlockLine::Kind::headline;
    text += is_headline ? "" : "  ";
    text += line.label.empty() ? line.text : line.label + ": " + line.text;
    text += "\n";
  }
  return text;
}

/// All that is blocked, as one: the first says what kind it is.
Trouble trouble_of(const std::vector<plan::Blocked>& blocked) {
  Trouble trouble{blocked.front().code, {}, {}};
  for (const plan::Blocked& entry : blocked) {
    trouble.message += (trouble.message.empty() ? "" : "; ") + entry.message;
    if (entry.position) trouble.text += entry.position->to_string() + "\n";
    for (const std::string& next : entry.next) trouble.text += "next: " + next + "\n";
  }
  return trouble;
}

Trouble trouble_of(const Error& error) {
  return {std::string(name_of(error.kind)), error.describe(), {}};
}

Case case_of(const plan::FunctionPlan& function) {
  Case test{"fgsync.plan", function.name, function.position, {}, {}, output_of(function)};
  if (function.failure) test.troubles.push_back(trouble_of(*function.failure));
  if (!function.blocked.empty()) test.troubles.push_back(trouble_of(function.blocked));
  return test;
}

Case case_of(const plan::FunctionPlan& function, const FunctionReport& report) {
  Case test{"fgsync.sync", function.name, function.position, report.took, {}, describe_words(report) + "\n"};
  switch (report.outcome) {
    case Outcome::unchanged:
    case Outcome::done: return test;
    case Outcome::skipped: test.troubles.push_back({{}, report.reason, {}}); return test;
    case Outcome::failed:
    case Outcome::blocked:
    case Outcome::interrupted: break;
  }
  if (report.error) test.troubles.push_back(trouble_of(*report.error));
  if (!report.blocked.empty()) test.troubles.push_back(trouble_of(report.blocked));
  if (test.troubles.empty()) {
    test.troubles.push_back({std::string(reconcile::name_of(report.outcome)), report.reason, {}});
  }
  return test;
}

void add_mistakes(std::vector<Case>& cases, const manifest::Diagnostics& diagnostics) {
  for (const manifest::Diagnostic& mistake : diagnostics) {
    if (mistake.severity != manifest::Severity::error) continue;
    Case test{"fgsync.manifests", mistake.position.to_string(), mistake.position, {}, {}, {}};
    test.troubles.push_back({mistake.code, manifest::summary(mistake), mistake.hint});
    cases.push_back(std::move(test));
  }
}

std::string render(const std::vector<Case>& cases, const char* command, const PlanContext& context,
                   const std::string& plan_id) {
  std::size_t failures = 0;
  std::size_t skipped = 0;
  std::chrono::milliseconds took{0};
  std::string body;
  for (const Case& test : cases) {
    if (!test.troubles.empty()) ++(test.troubles.front().type.empty() ? skipped : failures);
    took += test.took;
    body += render(test);
  }
  const std::string counts = attribute("tests", std::to_string(cases.size())) +
                             attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
                             attribute("skipped", std::to_string(skipped)) + attribute("time", seconds(took));
  const auto property = [](const char* name, const std::string& value) {
    return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
  };
  std::string time = to_iso8601(context.observed_at);
  time.pop_back();  // the schemas of JUnit know no zone
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "fgsync") + counts +
         ">\n  <testsuite" + attribute("name", std::string("fgsync ") + command) + counts +
         attribute("timestamp", time) + ">\n    <properties>\n" + property("plan_id", plan_id) +
         property("endpoint", context.endpoint) + property("region", context.region) +
         property("project_id", context.project_id) + "    </properties>\n" + body + "  </testsuite>\n</testsuites>\n";
}

}  // namespace

std::string render_plan_junit(const plan::Plan& plan, const PlanContext& context,
                              const manifest::Diagnostics& diagnostics) {
  std::vector<Case> cases;
  for (const plan::FunctionPlan& function : plan.functions) cases.push_back(case_of(function));
  add_mistakes(cases, diagnostics);
  return render(cases, "plan", context, plan.id);
}

std::string render_sync_junit(const plan::Plan& plan, const PlanContext& context,
                              const manifest::Diagnostics& diagnostics, const reconcile::Report& report) {
  std::map<std::string, const FunctionReport*> reports;
  for (const FunctionReport& function : report.functions) reports[function.name] = &function;
  std::vector<Case> cases;
  for (const plan::FunctionPlan& function : plan.functions) {
    const auto found = reports.find(function.name);
    cases.push_back(found == reports.end() ? case_of(function) : case_of(function, *found->second));
  }
  add_mistakes(cases, diagnostics);
  return render(cases, "sync", context, plan.id);
}

}  // namespace fgsync::cli

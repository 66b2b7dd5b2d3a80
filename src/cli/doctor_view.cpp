#include "cli/doctor_view.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/printable.hpp"
#include "cli/plan_json.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxLine = 4000;
constexpr std::array<Health, 4> kHealths{Health::ok, Health::warning, Health::failed, Health::unknown};

std::string_view sign_of(Health health) {
  switch (health) {
    case Health::ok: return "+";
    case Health::warning: return "!";
    case Health::failed: return "x";
    case Health::unknown: return "?";
  }
  return "?";
}

std::string painted(const Paint& paint, Health health, const std::string& text) {
  switch (health) {
    case Health::ok: return paint.green(text);
    case Health::failed: return paint.red(text);
    default: return paint.yellow(text);
  }
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, result.size()), ' ');
  return result;
}

/// Messages of several lines, as mistakes in fgsync.yaml have them, with single blanks instead.
std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char letter : text) {
    const bool is_blank = letter == ' ' || letter == '\n';
    if (!is_blank) line += letter;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return printable(line, kMaxLine);
}

}  // namespace

std::string_view name_of(Health health) {
  switch (health) {
    case Health::ok: return "ok";
    case Health::warning: return "warning";
    case Health::failed: return "failed";
    case Health::unknown: return "unknown";
  }
  return "unknown";
}

std::size_t count_of(const Findings& findings, Health health) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [health](const Finding& finding) { return finding.health == health; }));
}

std::string render_findings_text(const Findings& findings, const Paint& paint) {
  constexpr std::size_t kWordWidth = 7;
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.check.size());
  std::string text;
  for (const Finding& finding : findings) {
    const std::string word = std::string(sign_of(finding.health)) + " " + padded(name_of(finding.health), kWordWidth);
    const std::string next = finding.next.empty() ? "" : "; next: " + finding.next;
    text += painted(paint, finding.health, word) + "  " + padded(finding.check, width) + "  " +
            on_one_line(finding.text + next) + "\n";
  }
  std::string counts;
  for (const Health health : kHealths) {
    const std::size_t count = count_of(findings, health);
    if (count == 0) continue;
    counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(health));
  }
  return text + "\nDoctor: " + counts + ".\n";
}

std::string render_findings_json(const Findings& findings, const std::string& at) {
  Json checks = Json::array();
  for (const Finding& finding : findings) {
    checks.push_back({{"check", finding.check},
                      {"result", name_of(finding.health)},
                      {"text", finding.text},
                      {"next", finding.next.empty() ? Json(nullptr) : Json(finding.next)}});
  }
  Json summary = Json::object();
  for (const Health health : kHealths) summary[std::string(name_of(health))] = count_of(findings, health);
  const Json document{
      {"format_version", kFormatVersion}, {"at", at}, {"summary", std::move(summary)}, {"checks", std::move(checks)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli

#include "cli/doctor_view.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/plan_json.hpp"
#include "cli/screen_text.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

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

/// Messages of several lines, as mistakes in fgsync.yaml have them, with single blanks instead.
std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char letter : text) {
    const bool is_blank = letter == ' ' || letter == '\n';
    if (!is_blank) line += letter;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
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

std::string render_findings_text(const Findings& findings, const Paint& paint, const Screen& screen) {
  constexpr std::size_t kWordWidth = 7;
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.check.size());
  constexpr std::size_t kLeastBeside = 32;
  const std::size_t beside = 2 + kWordWidth + 2 + width + 2;
  const bool is_narrow = screen.columns && *screen.columns < beside + kLeastBeside;
  std::string text;
  for (const Finding& finding : findings) {
    const std::string word =
        std::string(sign_of(finding.health)) + " " + padded(std::string(name_of(finding.health)), kWordWidth);
    const std::string next = finding.next.empty() ? "" : "; next: " + finding.next;
    const std::string said = shown_line(on_one_line(finding.text + next), screen.charset);
    const std::string left = painted(paint, finding.health, word) + "  ";
    if (is_narrow) {
      const bool fits = 2 + kWordWidth + 2 + finding.check.size() <= *screen.columns;
      text += left + (fits ? "" : "\n  ") + finding.check + "\n" + broken("  ", 2, said, 2, screen.columns);
    } else {
      text += broken(left + padded(finding.check, width) + "  ", beside, said, beside, screen.columns);
    }
  }
  std::string counts;
  for (const Health health : kHealths) {
    const std::size_t count = count_of(findings, health);
    if (count == 0) continue;
    counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(health));
  }
  return text + "\n" + broken("", 0, "Doctor: " + counts + ".", 2, screen.columns);
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

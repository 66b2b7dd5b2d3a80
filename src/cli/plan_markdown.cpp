// Nothing from a manifest or the service is ever read as Markdown. In <summary>, which is HTML, it stands in <code>
// with entities, where GitHub makes no mentions or links of it either; in paragraphs as code spans; and in the
// collapsed part in a fenced block. Spans and fences are longer than any row of backticks in them, and a text is never
// more than one line, so that none of them can be ended from inside.
#include "cli/plan_markdown.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/printable.hpp"
#include "cli/characters.hpp"
#include "cli/plan_blocks.hpp"
#include "cli/progress.hpp"
#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;

constexpr std::size_t kMaxLine = 4000;
constexpr std::size_t kMaxSummary = 400;
constexpr std::size_t kMaxBlock = 16'000;  ///< bytes of the lines of one function
constexpr std::size_t kMaxMistakes = 20;
constexpr std::size_t kForLastLine = 200;

std::string printed(std::string_view text, std::size_t max_bytes = kMaxLine) {
  return shown(printable(text, max_bytes), Charset::utf8);
}

std::size_t longest_backticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t row = 0;
  for (const char c : text) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  return longest;
}

/// A code span of a paragraph.
std::string span(std::string_view text) {
  const std::string inside = printed(text, kMaxSummary);
  if (inside.find_first_not_of(' ') == std::string::npos) return "(none)";
  const std::string ticks(longest_backticks(inside) + 1, '`');
  // Spaces that are taken off again keep a backtick at the border apart.
  const bool is_bordered = inside.front() == '`' || inside.back() == '`' || inside.front() == ' ';
  return is_bordered ? ticks + " " + inside + " " + ticks : ticks + inside + ticks;
}

/// Text inside of HTML.
std::string html(std::string_view text, std::size_t max_bytes) {
  std::string out;
  for (const char c : printed(text, max_bytes)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '`': out += "&#96;"; break;
      case '@': out += "&#64;"; break;
      default: out += c;
    }
  }
  return "<code>" + out + "</code>";
}

/// A word of a marker: whatever could end the comment becomes `_`.
std::string marker_word(const std::string& text) {
  std::string word = text.empty() ? "-" : text;
  std::replace_if(
      word.begin(), word.end(),
      [](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !is_letter && !(c >= '0' && c <= '9') && std::string_view("-_./:").find(c) == std::string_view::npos;
      },
      '_');
  for (std::size_t at = word.find("--"); at != std::string::npos; at = word.find("--")) word.replace(at, 2, "_");
  return word.substr(0, 200);
}

std::string marker(const char* command, const PlanContext& context) {
  return std::string("<!-- fgsync ") + command + ": " + marker_word(context.project_id) + " " +
         marker_word(context.region) + " " + marker_word(context.source_id) +
         (context.environment.empty() ? "" : " " + marker_word(context.environment)) + " -->\n";
}

std::string fenced(const std::vector<std::string>& lines) {
  std::size_t ticks = 2;
  std::size_t size = 0;
  std::size_t count = 0;
  for (const std::string& line : lines) {
    if (size + line.size() > kMaxBlock) break;
    ticks = std::max(ticks, longest_backticks(line));
    size += line.size() + 1;
    ++count;
  }
  const std::string fence(ticks + 1, '`');
  std::string text = fence + "text\n";
  for (std::size_t i = 0; i < count; ++i) text += lines[i] + "\n";
  if (count < lines.size()) text += "and " + plural(lines.size() - count, "more line") + "\n";
  return text + fence + "\n";
}

/// One function, collapsed unless it has nothing more to say.
std::string render_details(const std::string& summary, const std::vector<std::string>& lines) {
  if (lines.empty()) return "<details><summary>" + summary + "</summary></details>\n\n";
  return "<details><summary>" + summary + "</summary>\n\n" + fenced(lines) + "\n</details>\n\n";
}

std::string word_of(Group group) {
  switch (group) {
    case Group::blocked: return "blocked";
    case Group::removal: return "delete";
    case Group::code: return "code";
    case Group::change: return "change";
    case Group::import: return "new";
    case Group::noted: return "note";
    case Group::unchanged: return "unchanged";
  }
  return {};
}

/// The headline stands in the summary; when it is cut there, it stands below, too.
std::vector<std::string> lines_of(const PlanBlock& block) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < block.lines.size(); ++i) {
    const BlockLine& line = block.lines[i];
    if (i == 0 && line.text.size() <= kMaxSummary) continue;
    const bool is_inner = line.kind == BlockLine::Kind::field || line.kind == BlockLine::Kind::below;
    lines.push_back((is_inner ? "  " : "") + (line.label.empty() ? "" : printed(line.label) + ": ") +
                    printed(line.text));
  }
  const bool has_position = block.function->position && block.group != Group::unchanged;
  const std::string position = has_position ? printed(block.function->position->to_string()) : "";
  const bool is_known = std::find(lines.begin(), lines.end(), "  " + position) != lines.end();
  if (has_position && !is_known) lines.push_back(position);
  return lines;
}

std::string render(const PlanBlock& block) {
  const std::string sign = std::string(1, symbol_of(block.group));
  const std::string headline = block.lines.empty() ? "" : block.lines.front().text;
  return render_details((sign == " " ? "" : html(sign, 1) + " ") + "<b>" + word_of(block.group) + "</b> " +
                            html(block.function->name, kMaxLine) + " " + html(headline, kMaxSummary),
                        lines_of(block));
}

std::string render(const FunctionReport& report, const plan::FunctionPlan* function) {
  std::vector<std::string> lines;
  if (function != nullptr) lines = lines_of(block_of(*function));
  const std::string words = describe_words(report);
  if (words.size() > kMaxSummary) lines.insert(lines.begin(), printed(words));
  return render_details("<b>" + std::string(reconcile::name_of(report.outcome)) + "</b> " +
                            html(report.name, kMaxLine) + " " + html(words, kMaxSummary),
                        lines);
}

std::string render_mistakes(const manifest::Diagnostics& diagnostics) {
  std::string text;
  std::size_t count = 0;
  for (const manifest::Diagnostic& mistake : diagnostics) {
    if (mistake.severity != manifest::Severity::error) continue;
    if (count++ < kMaxMistakes) {
      text += "- " + span(mistake.position.to_string()) + " " + span(manifest::summary(mistake)) + "\n";
    }
  }
  if (count == 0) return {};
  if (count > kMaxMistakes) text += "- and " + plural(count - kMaxMistakes, "more mistake") + "\n";
  return "**Mistakes in manifests, which were left out:**\n\n" + text + "\n";
}

std::string about(const plan::Plan& plan, const PlanContext& context) {
  const std::string environment = context.environment.empty() ? "" : ", environment " + span(context.environment);
  const std::string only = context.selection ? ", only " + span(context.selection->flags()) : "";
  return "Plan " + span(plan.id) + " for project " + span(context.project_id) + ", " +
         span(context.region.empty() ? context.endpoint : context.region) + "; manifests in " + span(context.source) +
         environment + only + "; observed " + to_iso8601(context.observed_at) + ".\n\n";
}

/// As many functions as fit, and a line about those that do not.
std::string cut_at_functions(const std::string& head, const std::vector<std::string>& functions,
                             const std::string& foot, std::size_t max_bytes) {
  std::string text = head;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const bool is_last = i + 1 == functions.size();
    if (text.size() + functions[i].size() + foot.size() + (is_last ? 0 : kForLastLine) > max_bytes) {
      return text + "**" + plural(functions.size() - i, "function") + " more** would not fit in a comment and " +
             (is_last ? "is" : "are") + " left out here.\n\n" + foot;
    }
    text += functions[i];
  }
  return text + foot;
}

std::string counts_of(const plan::Summary& summary) {
  const std::string counts = summary_line(summary);
  return counts.empty() ? "nothing to do" : counts;
}

}  // namespace

std::string render_plan_markdown(const plan::Plan& plan, const PlanContext& context,
                                 const manifest::Diagnostics& diagnostics, Unchanged unchanged, std::size_t max_bytes) {
  std::vector<std::string> functions;
  for (const PlanBlock& block : blocks_of(plan, unchanged)) functions.push_back(render(block));
  const std::string head = marker("plan", context) + "### fgsync plan: " + counts_of(plan.summary) + "\n\n" +
                           about(plan, context) + render_mistakes(diagnostics);
  const std::string foot = context.apply_command.empty() || !has_changes(plan.summary)
                               ? ""
                               : apply_words(context) + "\n\n" + fenced({printed(context.apply_command)});
  return cut_at_functions(head, functions, foot, max_bytes);
}

std::string render_sync_markdown(const plan::Plan& plan, const PlanContext& context,
                                 const manifest::Diagnostics& diagnostics, const reconcile::Report& report,
                                 std::size_t max_bytes) {
  std::map<std::string, const plan::FunctionPlan*> plans;
  for (const plan::FunctionPlan& function : plan.functions) plans[function.name] = &function;
  std::vector<const FunctionReport*> reports;
  // What is not done comes first: a cut leaves it.
  for (const bool is_done : {false, true}) {
    for (const FunctionReport& function : report.functions) {
      const bool is_shown = function.outcome != Outcome::unchanged;
      if (is_shown && (function.outcome == Outcome::done) == is_done) reports.push_back(&function);
    }
  }
  std::vector<std::string> functions;
  for (const FunctionReport* function : reports) {
    const auto found = plans.find(function->name);
    functions.push_back(render(*function, found == plans.end() ? nullptr : found->second));
  }
  const std::string head = marker("sync", context) + "### fgsync sync: " + count_outcomes(report) + "\n\n" +
                           about(plan, context) + render_mistakes(diagnostics);
  return cut_at_functions(head, functions, "", max_bytes);
}

}  // namespace fgsync::cli

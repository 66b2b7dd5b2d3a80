#include "cli/plan_text.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/printable.hpp"
#include "cli/characters.hpp"
#include "cli/screen_text.hpp"
#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kMinNameWidth = 14;
constexpr std::size_t kMaxLine = 4000;
/// Where less is left beside the names, text stands below them.
constexpr std::size_t kMinTextWidth = 32;
using Kind = BlockLine::Kind;

class Writer {
 public:
  Writer(const Paint& paint, const Screen& screen, std::size_t name_width)
      : paint_(paint),
        screen_(screen),
        name_width_(name_width),
        is_narrow_(screen.columns && *screen.columns < name_width + 3 + kMinTextWidth) {}

  void write(const PlanBlock& block) {
    bool is_named = false;
    for (const BlockLine& line : block.lines) {
      if (is_narrow_) {
        write_narrow(block, line, is_named);
      } else {
        write_beside(block, line);
      }
      is_named = true;
    }
  }

  /// Text on lines of its own; what does not fit goes on below it.
  void paragraph(std::string_view text) { wrapped("", 0, printed(text), 2); }

  /// A painted label before text.
  void labelled(const std::string& painted, std::string_view label, std::string_view text) {
    wrapped(painted, columns_of(label), printed(text), 2);
  }

  /// Text and a command, which is never broken: it would no longer be one when it is copied.
  void command(std::string_view text, const std::string& command) {
    const std::string words = printed(text);
    const std::string line = printed(command);
    const bool fits = !screen_.columns || columns_of(words) + 1 + columns_of(line) <= *screen_.columns;
    if (!fits) wrapped("", 0, words, 2);
    text_ += (fits ? words + " " : "  ") + line + "\n";
  }

  void raw(std::string_view text) { text_ += text; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  /// Names at the left, everything else beside them.
  void write_beside(const PlanBlock& block, const BlockLine& line) {
    const std::size_t indent = name_width_ + 3;
    switch (line.kind) {
      case Kind::headline: {
        const std::string name = padded(printed(block.function->name), name_width_) + " ";
        wrapped(symbol(block) + " " + name, 2 + columns_of(name), printed(line.text), indent);
        break;
      }
      case Kind::detail: {
        const std::string label = "    " + padded(printed(line.label), name_width_ - 2) + " ";
        wrapped(label, columns_of(label), printed(line.text), indent);
        break;
      }
      case Kind::field:
      case Kind::below: wrapped(std::string(indent, ' '), indent, printed(line.text), indent); break;
    }
  }

  /// Names on lines of their own, everything else below them.
  void write_narrow(const PlanBlock& block, const BlockLine& line, bool is_named) {
    constexpr std::size_t kIndent = 4;
    switch (line.kind) {
      case Kind::headline:
        if (!is_named) text_ += symbol(block) + " " + printed(block.function->name) + "\n";
        wrapped(std::string(kIndent, ' '), kIndent, printed(line.text), kIndent + 2);
        break;
      case Kind::detail: {
        const std::string label = std::string(kIndent, ' ') + printed(line.label) + ": ";
        wrapped(label, columns_of(label), printed(line.text), kIndent + 2);
        break;
      }
      case Kind::field:
      case Kind::below: wrapped(std::string(kIndent + 2, ' '), kIndent + 2, printed(line.text), kIndent + 4); break;
    }
  }

  /// Breaks lines between words only, so that no name is cut; one that is too long for a line sticks out.
  void wrapped(const std::string& prefix, std::size_t column, std::string_view text, std::size_t indent) {
    text_ += broken(prefix, column, text, indent, screen_.columns);
  }

  [[nodiscard]] std::string symbol(const PlanBlock& block) const {
    const std::string sign(1, symbol_of(block.group));
    switch (block.group) {
      case Group::blocked:
      case Group::removal: return paint_.red(sign);
      case Group::code:
      case Group::change: return paint_.yellow(sign);
      case Group::import: return paint_.green(sign);
      case Group::noted:
      case Group::unchanged: return sign;
    }
    return sign;
  }

  [[nodiscard]] std::string printed(std::string_view text) const { return shown_line(text, screen_.charset); }

  const Paint& paint_;
  const Screen& screen_;
  std::size_t name_width_;
  bool is_narrow_;
  std::string text_;
};

/// `12 min`, `40 s`: rounded down, which is near enough for an age.
std::string shown_age(std::chrono::system_clock::duration age) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(age).count());
  if (seconds < 60) return std::to_string(seconds) + " s";
  return seconds < 3600 ? std::to_string(seconds / 60) + " min" : std::to_string(seconds / 3600) + " h";
}

std::string headline(const PlanContext& context) {
  std::string time = to_iso8601(context.observed_at).substr(11);
  const std::string environment = context.environment.empty() ? "" : ", environment " + context.environment;
  const std::string only = context.selection ? ", only " + printable(context.selection->flags(), kMaxLine) : "";
  const std::string trusted =
      context.trusted_since
          ? "; unchanged in the list: as read up to " + shown_age(context.observed_at - *context.trusted_since) + " ago"
          : "";
  return "Plan for project " + context.project_id + ", " +
         (context.region.empty() ? context.endpoint : context.region) + " (manifests in " + context.source +
         environment + only + "; observed " + time + ", " + plural(context.calls, "call") + ", " +
         std::to_string(context.took.count()) + " ms" + trusted + ")";
}

}  // namespace

std::string apply_words(const PlanContext& context) {
  return context.is_saved ? "Apply exactly this:" : "Apply it:";
}

bool has_changes(const plan::Summary& summary) {
  return summary.import + summary.create + summary.update_code + summary.update_config + summary.publish +
             summary.alias + summary.setting + summary.prune + summary.remove >
         0;
}

std::string summary_line(const plan::Summary& summary) {
  std::string line;
  auto add = [&line](int count, const std::string& what) {
    if (count > 0) line += (line.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(summary.import, "to import");
  add(summary.create, "to create");
  add(summary.update_code, "to update");
  add(summary.update_config, "config");
  add(summary.publish, "to publish");
  add(summary.alias, summary.alias == 1 ? "alias" : "aliases");
  add(summary.setting, summary.setting == 1 ? "setting" : "settings");
  add(summary.remove, "to delete");
  add(summary.prune, "to prune");
  add(summary.blocked, "blocked");
  add(summary.failed, "failed");
  add(summary.unchanged, "unchanged");
  if (summary.noted > 0) line += " (" + std::to_string(summary.noted) + " with a note)";
  return line;
}

std::string render_plan_text(const plan::Plan& plan, const PlanContext& context, const Paint& paint,
                             Unchanged unchanged, const Screen& screen) {
  const std::vector<PlanBlock> blocks = blocks_of(plan, unchanged);
  std::size_t width = kMinNameWidth;
  for (const PlanBlock& block : blocks) width = std::max(width, columns_of(block.function->name) + 2);
  Writer writer(paint, screen, width);
  writer.paragraph(headline(context));
  writer.raw("\n");
  for (const PlanBlock& block : blocks) writer.write(block);
  if (!blocks.empty()) writer.raw("\n");
  if (!has_changes(plan.summary) && plan.summary.blocked + plan.summary.failed == 0) {
    writer.labelled(paint.green("No changes:"), "No changes:",
                    " " + plural(plan.functions.size(), "function") + " as the manifests say" +
                        (plan.summary.noted > 0 ? ", " + std::to_string(plan.summary.noted) + " with a note" : "") +
                        ".");
  } else {
    writer.labelled(paint.bold("Plan:"), "Plan:", " " + summary_line(plan.summary) + ".");
  }
  if (!context.is_complete) writer.paragraph("Partial: some manifests have errors and were left out.");
  if (!has_changes(plan.summary)) return writer.take();
  const std::string number = "Plan " + plan.id + ".";
  if (context.apply_command.empty()) {
    writer.paragraph(number);
  } else {
    writer.command(number + " " + apply_words(context), context.apply_command);
    if (!context.is_saved) writer.paragraph("To apply exactly this plan, save it with --out FILE.");
  }
  return writer.take();
}

}  // namespace fgsync::cli

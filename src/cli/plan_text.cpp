#include "cli/plan_text.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "base/printable.hpp"
#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

using plan::FunctionPlan;

constexpr std::size_t kMinNameWidth = 14;
constexpr std::size_t kMaxLine = 4000;

/// Dangerous things first.
enum class Group { blocked, removal, code, change, import, noted, unchanged };

template <class Step>
bool has_step(const FunctionPlan& function) {
  return std::any_of(function.steps.begin(), function.steps.end(),
                     [](const plan::Step& step) { return std::holds_alternative<Step>(step.action); });
}

/// The step that replaces code, not just the list of dependencies; null: there is none.
const plan::Step* code_step(const FunctionPlan& function) {
  const auto found = std::find_if(function.steps.begin(), function.steps.end(), [](const plan::Step& step) {
    const auto* code = std::get_if<plan::UpdateCode>(&step.action);
    return code != nullptr && code->changes_code();
  });
  return found == function.steps.end() ? nullptr : &*found;
}

Group group_of(const FunctionPlan& function) {
  if (function.failure || !function.blocked.empty()) return Group::blocked;
  if (function.steps.empty()) return function.notes.empty() ? Group::unchanged : Group::noted;
  if (has_step<plan::DeleteFunction>(function)) return Group::removal;
  if (has_step<plan::ImportFunction>(function)) return Group::import;
  return code_step(function) != nullptr ? Group::code : Group::change;
}

class Writer {
 public:
  Writer(const Paint& paint, std::size_t name_width) : paint_(paint), name_width_(name_width) {}

  void write(const FunctionPlan& function) {
    switch (group_of(function)) {
      case Group::blocked: write_blocked(function); break;
      case Group::removal:
        headline(paint_.red("-"), function, headline_of_removal(function));
        write_settings(function);
        break;
      case Group::code: write_code(function); break;
      case Group::change: write_change(function); break;
      case Group::import:
        headline(paint_.green("+"), function, headline_of_import(function));
        write_settings(function);
        break;
      case Group::noted: write_noted(function); return;
      case Group::unchanged: headline(" ", function, "unchanged"); break;
    }
    for (const plan::Note& note : function.notes) detail("note", note.message);
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void headline(const std::string& symbol, const FunctionPlan& function, const std::string& what) {
    text_ += symbol + " " + padded(function.name, name_width_) + " " + printable(what, kMaxLine) + "\n";
  }

  void detail(const std::string& label, const std::string& what) {
    text_ += "    " + padded(printable(label, kMaxLine), name_width_ - 2) + " " + printable(what, kMaxLine) + "\n";
  }

  /// A line below a headline without label, for positions and advice.
  void below(const std::string& what) { text_ += std::string(name_width_ + 3, ' ') + what + "\n"; }

  static std::string padded(const std::string& text, std::size_t width) {
    return text.size() >= width ? text : text + std::string(width - text.size(), ' ');
  }

  void write_blocked(const FunctionPlan& function) {
    if (function.failure) {
      headline(paint_.red("!"), function, "cannot be planned: " + function.failure->describe());
      return;
    }
    for (const plan::Blocked& blocked : function.blocked) {
      headline(paint_.red("!"), function, "blocked: " + blocked.message);
      if (blocked.position) below(blocked.position->to_string());
      for (const std::string& next : blocked.next) below("next: " + next);
    }
    if (has_step<plan::DeleteFunction>(function)) detail("delete", headline_of_removal(function));
    if (!has_step<plan::DeleteFunction>(function) && has_step<plan::ImportFunction>(function)) {
      detail(word_of_making(function), "new function");
    }
    write_steps(function, nullptr);
  }

  void write_code(const FunctionPlan& function) {
    const plan::Step* step = code_step(function);
    headline(paint_.yellow("^"), function, headline_of_code(std::get<plan::UpdateCode>(step->action), step->reason));
    write_steps(function, nullptr);
  }

  void write_change(const FunctionPlan& function) {
    const ChangeHeadline said = headline_of_change(function);
    headline(paint_.yellow("~"), function, said.text);
    write_steps(function, said.told);
  }

  /// Nothing is done, and nothing needs to be.
  void write_noted(const FunctionPlan& function) {
    for (const plan::Note& note : function.notes) headline("i", function, note.message);
  }

  /// The steps below a headline, but for the one that it says.
  void write_steps(const FunctionPlan& function, const plan::Step* told) {
    for (const plan::Step& step : function.steps) {
      if (&step != told) write_step(step, function);
    }
  }

  /// The headline of an import names version and aliases; what else the new function gets stands below.
  void write_settings(const FunctionPlan& function) {
    for (const plan::Step& step : function.steps) {
      const bool is_said = std::holds_alternative<plan::PublishVersion>(step.action) ||
                           std::holds_alternative<plan::CreateAlias>(step.action);
      if (!is_said) write_step(step, function);
    }
  }

  void write_step(const plan::Step& step, const FunctionPlan& function) {
    if (const auto line = line_of(step, function)) detail(line->label, line->text);
  }

  const Paint& paint_;
  std::size_t name_width_;
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
         std::to_string(context.took.count()) + " ms" + trusted + ")\n\n";
}

bool has_changes(const plan::Summary& summary) {
  return summary.import + summary.create + summary.update_code + summary.update_config + summary.publish +
             summary.alias + summary.setting + summary.prune + summary.remove >
         0;
}

}  // namespace

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
                             Unchanged unchanged) {
  std::vector<const FunctionPlan*> functions;
  std::size_t width = kMinNameWidth;
  for (const FunctionPlan& function : plan.functions) {
    if (unchanged == Unchanged::hidden && group_of(function) == Group::unchanged) continue;
    functions.push_back(&function);
    width = std::max(width, function.name.size() + 2);
  }
  std::sort(functions.begin(), functions.end(), [](const auto* a, const auto* b) {
    return std::tuple(group_of(*a), a->wave, a->name) < std::tuple(group_of(*b), b->wave, b->name);
  });
  Writer writer(paint, width);
  for (const FunctionPlan* function : functions) writer.write(*function);

  std::string text = headline(context) + writer.take();
  if (!functions.empty()) text += "\n";
  if (!has_changes(plan.summary) && plan.summary.blocked + plan.summary.failed == 0) {
    text += paint.green("No changes:") + " " + plural(plan.functions.size(), "function") + " as the manifests say" +
            (plan.summary.noted > 0 ? ", " + std::to_string(plan.summary.noted) + " with a note" : "") + ".\n";
  } else {
    text += paint.bold("Plan:") + " " + summary_line(plan.summary) + ".\n";
  }
  if (!context.is_complete) text += "Partial: some manifests have errors and were left out.\n";
  if (has_changes(plan.summary)) {
    text += "Plan " + plan.id + ".";
    if (!context.apply_command.empty()) text += " Apply it: " + context.apply_command;
    text += "\n";
  }
  return text;
}

}  // namespace fgsync::cli

#include "cli/plan_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>
#include <vector>

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

using plan::FunctionPlan;
using plan::Reason;

constexpr std::size_t kShownDigits = 12;
constexpr std::size_t kShownValue = 60;
constexpr std::size_t kShownFiles = 6;
constexpr std::size_t kMinNameWidth = 14;
constexpr std::size_t kMaxLine = 4000;

/// Dangerous things first.
enum class Group { blocked, code, config, import, unchanged };

template <class Step>
const Step* find_step(const FunctionPlan& function) {
  for (const plan::Step& step : function.steps) {
    if (const auto* found = std::get_if<Step>(&step.action)) return found;
  }
  return nullptr;
}

const plan::Step* find_reason_of(const FunctionPlan& function, std::string_view kind) {
  const auto found = std::find_if(function.steps.begin(), function.steps.end(),
                                  [&](const plan::Step& step) { return plan::kind_of(step.action) == kind; });
  return found == function.steps.end() ? nullptr : &*found;
}

Group group_of(const FunctionPlan& function) {
  if (function.failure || !function.blocked.empty()) return Group::blocked;
  if (function.steps.empty()) return Group::unchanged;
  if (find_step<plan::ImportFunction>(function) != nullptr) return Group::import;
  return find_step<plan::UpdateCode>(function) != nullptr ? Group::code : Group::config;
}

std::string short_digest(const std::string& hex) {
  return hex.empty() ? "(none)" : "sha512:" + hex.substr(0, kShownDigits) + "…";
}

std::string shown_value(const std::optional<std::string>& value) {
  if (!value) return "(unset)";
  return value->empty() ? "\"\"" : printable(*value, kShownValue);
}

std::string cause_of(Reason reason) {
  switch (reason) {
    case Reason::drifted: return " (changed on the service)";
    case Reason::both_changed: return " (changed here and on the service)";
    default: return "";
  }
}

std::string describe_change(const plan::FieldChange& change) {
  const std::string unit = change.path == "timeout" ? " s" : change.path == "memory_size" ? " MB" : "";
  return printable(change.path, kShownValue) + " " + shown_value(change.before) + " → " + shown_value(change.after) +
         unit;
}

std::string describe_config(const plan::UpdateConfig& step, Reason reason) {
  if (step.changes.empty()) {
    if (reason == Reason::adopted) return "adopt: mark as managed";
    return reason == Reason::desired_changed ? "remove the ownership mark" : "restore the ownership mark";
  }
  std::string text;
  for (const plan::FieldChange& change : step.changes) text += (text.empty() ? "" : "; ") + describe_change(change);
  return text + cause_of(reason);
}

std::string plural(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string describe_files(const package::ContentsDiff& diff) {
  std::string text;
  std::size_t shown = 0;
  auto list = [&](const char* mark, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (shown++ < kShownFiles) text += std::string(text.empty() ? "" : "  ") + mark + " " + path;
    }
  };
  list("+", diff.added);
  list("~", diff.changed);
  list("-", diff.removed);
  return shown > kShownFiles ? text + "  and " + std::to_string(shown - kShownFiles) + " more" : text;
}

std::string headline_of_code(const plan::UpdateCode& step, Reason reason) {
  if (reason == Reason::drifted) return "code changed on the service";
  std::string text = "code changed";
  if (step.files) {
    const auto files = step.files->added.size() + step.files->changed.size() + step.files->removed.size();
    text += ": " + plural(files, "file") + ", " + shown_size_change(step.files->size_change);
  }
  return reason == Reason::both_changed ? text + " (here and on the service)" : text;
}

class Writer {
 public:
  Writer(const Paint& paint, std::size_t name_width) : paint_(paint), name_width_(name_width) {}

  void write(const FunctionPlan& function) {
    switch (group_of(function)) {
      case Group::blocked: write_blocked(function); break;
      case Group::code: {
        const auto* step = find_reason_of(function, "update_code");
        headline(paint_.yellow("^"), function,
                 headline_of_code(std::get<plan::UpdateCode>(step->action), step->reason));
        write_steps(function);
        break;
      }
      case Group::config: write_config(function); break;
      case Group::import: write_import(function); break;
      case Group::unchanged: headline(" ", function, "unchanged"); break;
    }
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
    if (!function.steps.empty()) write_steps(function);
  }

  void write_config(const FunctionPlan& function) {
    const auto* step = find_reason_of(function, "update_config");
    if (step != nullptr) {
      headline(paint_.yellow("~"), function,
               "config: " + describe_config(std::get<plan::UpdateConfig>(step->action), step->reason));
    } else if (const auto* publish = find_step<plan::PublishVersion>(function)) {
      headline(paint_.yellow("~"), function, "publish " + publish->version);
    } else {
      headline(paint_.yellow("~"), function, "aliases");
    }
    write_steps(function);
  }

  void write_import(const FunctionPlan& function) {
    std::string what = "import";
    if (const auto* publish = find_step<plan::PublishVersion>(function)) what += ", publish " + publish->version;
    for (const plan::Step& step : function.steps) {
      if (const auto* alias = std::get_if<plan::CreateAlias>(&step.action)) {
        what += ", alias " + alias->name + " → " + alias->version;
      }
    }
    headline(paint_.green("+"), function, what);
  }

  /// The steps below a headline, except for what the headline says already.
  void write_steps(const FunctionPlan& function) {
    const bool is_blocked = group_of(function) == Group::blocked;
    for (const plan::Step& step : function.steps) {
      if (std::holds_alternative<plan::ImportFunction>(step.action)) detail("import", "new function");
      if (const auto* code = std::get_if<plan::UpdateCode>(&step.action)) write_code(*code);
      if (const auto* config = std::get_if<plan::UpdateConfig>(&step.action)) {
        if (is_blocked || group_of(function) == Group::code) detail("config", describe_config(*config, step.reason));
      }
      if (const auto* publish = std::get_if<plan::PublishVersion>(&step.action)) {
        detail("version", publish->version + (publish->is_auto ? " (new, auto)" : " (new)"));
      }
      if (const auto* alias = std::get_if<plan::CreateAlias>(&step.action)) {
        detail("alias " + alias->name, alias->version + " (new)");
      }
      if (const auto* alias = std::get_if<plan::UpdateAlias>(&step.action)) {
        detail("alias " + alias->name, alias->from == alias->to ? "description" : alias->from + " → " + alias->to);
      }
    }
  }

  void write_code(const plan::UpdateCode& step) {
    std::string what = short_digest(step.before.hex);
    if (step.after) what += " → " + short_digest(step.after->hex);
    if (step.files) what += "   (" + describe_files(*step.files) + ")";
    detail("code", what);
  }

  const Paint& paint_;
  std::size_t name_width_;
  std::string text_;
};

std::string headline(const PlanContext& context) {
  std::string time = to_iso8601(context.observed_at).substr(11);
  const std::string environment = context.environment.empty() ? "" : ", environment " + context.environment;
  const std::string only = context.selection ? ", only " + printable(context.selection->flags(), kMaxLine) : "";
  return "Plan for project " + context.project_id + ", " +
         (context.region.empty() ? context.endpoint : context.region) + " (manifests in " + context.source +
         environment + only + "; observed " + time + ", " + plural(context.calls, "call") + ", " +
         std::to_string(context.took.count()) + " ms)\n\n";
}

bool has_changes(const plan::Summary& summary) {
  return summary.import + summary.update_code + summary.update_config + summary.publish + summary.alias > 0;
}

}  // namespace

std::string shown_size_change(std::int64_t bytes) {
  static constexpr std::array<const char*, 4> kUnits{"B", "KiB", "MiB", "GiB"};
  const char* sign = bytes < 0 ? "-" : "+";
  double size = static_cast<double>(bytes < 0 ? -bytes : bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%s%.0f %s" : "%s%.1f %s", sign, size, kUnits[unit]);
  return text.data();
}

std::string summary_line(const plan::Summary& summary) {
  std::string line;
  auto add = [&line](int count, const std::string& what) {
    if (count > 0) line += (line.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(summary.import, "to import");
  add(summary.update_code, "to update");
  add(summary.update_config, "config");
  add(summary.publish, "to publish");
  add(summary.alias, summary.alias == 1 ? "alias" : "aliases");
  add(summary.blocked, "blocked");
  add(summary.failed, "failed");
  add(summary.unchanged, "unchanged");
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
    text += paint.green("No changes:") + " " + plural(plan.functions.size(), "function") + " as the manifests say.\n";
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

#include "cli/step_words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/printable.hpp"
#include "plan/retention.hpp"

namespace fgsync::cli {
namespace {

using plan::FunctionPlan;
using plan::Reason;

constexpr std::size_t kShownDigits = 12;
constexpr std::size_t kShownValue = 60;
constexpr std::size_t kShownFiles = 6;
constexpr std::size_t kFieldsOnOneLine = 3;

template <class Step>
const plan::Step* find_step(const FunctionPlan& function) {
  const auto found = std::find_if(function.steps.begin(), function.steps.end(),
                                  [](const plan::Step& step) { return std::holds_alternative<Step>(step.action); });
  return found == function.steps.end() ? nullptr : &*found;
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
    case Reason::secret_unknown: return " (without state nobody knows whether a secret changed)";
    default: return "";
  }
}

std::string describe_change(const plan::FieldChange& change) {
  const std::string unit = change.path == "timeout" ? " s" : change.path == "memory_size" ? " MB" : "";
  return printable(change.path, kShownValue) + " " + shown_value(change.before) + " → " + shown_value(change.after) +
         unit;
}

std::string describe_changes(const std::vector<plan::FieldChange>& changes, Reason reason) {
  if (changes.size() > kFieldsOnOneLine) return plural(changes.size(), "field") + cause_of(reason);
  std::string text;
  for (const plan::FieldChange& change : changes) text += (text.empty() ? "" : "; ") + describe_change(change);
  return text + cause_of(reason);
}

/// Null: the step is not about fields.
const std::vector<plan::FieldChange>* fields_of(const plan::Action& action) {
  if (const auto* step = std::get_if<plan::UpdateConfig>(&action)) return &step->changes;
  if (const auto* step = std::get_if<plan::UpdateTags>(&action)) return &step->changes;
  if (const auto* step = std::get_if<plan::UpdateAsyncConfig>(&action)) return &step->changes;
  if (const auto* step = std::get_if<plan::UpdateReservedInstances>(&action)) return &step->changes;
  return nullptr;
}

/// `alias prod`, `aliases canary and prod`; empty for none.
std::string enumerate_aliases(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return names.empty() ? "" : (names.size() == 1 ? "alias " : "aliases ") + text;
}

/// What the steps change of latest's code and configuration, in words; empty: nothing.
std::string changes_of_latest(const FunctionPlan& function) {
  const plan::Step* code = find_step<plan::UpdateCode>(function);
  const plan::Step* config = find_step<plan::UpdateConfig>(function);
  const bool has_config = config != nullptr && !std::get<plan::UpdateConfig>(config->action).changes.empty();
  if (code == nullptr) return has_config ? "config" : "";
  return has_config ? "code and config" : "code";
}

std::string describe_config(const plan::UpdateConfig& step, Reason reason) {
  if (!step.changes.empty()) return describe_changes(step.changes, reason);
  if (reason == Reason::adopted) return "adopt: mark as managed";
  return reason == Reason::desired_changed ? "remove the ownership mark" : "restore the ownership mark";
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

std::string describe_code(const plan::UpdateCode& step) {
  std::string text = short_digest(step.before.hex);
  if (step.after) text += " → " + short_digest(step.after->hex);
  if (step.files) text += "   (" + describe_files(*step.files) + ")";
  if (step.dependencies) text += "; " + describe_change(*step.dependencies);
  return text;
}

std::string shown_traffic(const plan::Traffic& traffic) {
  return traffic.is_whole() ? "all traffic" : traffic.to_string();
}

std::string describe_creation(const plan::CreateAlias& step) {
  return step.traffic.is_whole() ? step.version : step.version + ", " + step.traffic.to_string();
}

std::string describe_update(const plan::UpdateAlias& step) {
  const bool same_traffic = step.traffic == step.traffic_before;
  if (step.from == step.to) {
    if (same_traffic) return "description";
    return step.to + ": " + shown_traffic(step.traffic_before) + " → " + shown_traffic(step.traffic);
  }
  const std::string move = step.from + " → " + step.to;
  return same_traffic && step.traffic.is_whole() ? move : move + ", " + shown_traffic(step.traffic);
}

/// `; 1 of at most 5 deletes`.
std::string share_of_deletes(const FunctionPlan& function) {
  if (!function.deletions) return "";
  return "; " + std::to_string(function.deletions->planned) + " of at most " +
         plural(function.deletions->most, "delete");
}

/// Why a version goes: nobody uses it, and more than wanted are there, or nearly as many as the service takes.
std::string describe_pruning(const plan::DeleteVersion& step, Reason reason, const FunctionPlan& function) {
  if (reason == Reason::superseded) return step.version + " (no alias; older than those to keep)";
  const std::size_t used = function.preconditions.versions.size() + 1;  // and latest
  return step.version + " (no alias; " + std::to_string(used) + " of " + std::to_string(plan::kMaxVersions) +
         " versions used)";
}

/// A step as a line, by what it is.
struct Liner {
  Reason reason;
  const FunctionPlan& function;

  using Line = std::optional<StepLine>;
  Line operator()(const plan::ImportFunction&) const { return std::nullopt; }
  Line operator()(const plan::UpdateCode& step) const {
    if (!step.changes_code()) return StepLine{"dependencies", describe_changes({*step.dependencies}, reason)};
    return StepLine{"code", describe_code(step)};
  }
  Line operator()(const plan::UpdateConfig& step) const { return StepLine{"config", describe_config(step, reason)}; }
  Line operator()(const plan::PublishVersion& step) const {
    return StepLine{"version", step.version + (step.is_auto ? " (new, auto)" : " (new)")};
  }
  Line operator()(const plan::CreateAlias& step) const {
    return StepLine{"alias " + step.name, describe_creation(step) + " (new)"};
  }
  Line operator()(const plan::UpdateAlias& step) const { return StepLine{"alias " + step.name, describe_update(step)}; }
  Line operator()(const plan::UpdateMaxInstances& step) const {
    return StepLine{"instances", "max_instance_num " + std::to_string(step.before) + " → " +
                                     std::to_string(step.after) + cause_of(reason)};
  }
  Line operator()(const plan::UpdateTags& step) const {
    return StepLine{"tags", describe_changes(step.changes, reason)};
  }
  Line operator()(const plan::UpdateAsyncConfig& step) const {
    return StepLine{"async", describe_changes(step.changes, reason)};
  }
  Line operator()(const plan::UpdateReservedInstances& step) const {
    return StepLine{"reserved", describe_changes(step.changes, reason)};
  }
  Line operator()(const plan::DeleteAlias& step) const {
    return StepLine{"alias " + step.name, "delete (on " + step.version + "; the manifest names it no more" +
                                              share_of_deletes(function) + ")"};
  }
  Line operator()(const plan::DeleteVersion& step) const {
    return StepLine{"prune", describe_pruning(step, reason, function)};
  }
  Line operator()(const plan::DeleteFunction&) const { return std::nullopt; }
};

}  // namespace

std::optional<StepLine> line_of(const plan::Step& step, const FunctionPlan& function) {
  return std::visit(Liner{step.reason, function}, step.action);
}

std::vector<std::string> field_lines(const plan::Step& step) {
  const auto* changes = fields_of(step.action);
  if (changes == nullptr || changes->size() <= kFieldsOnOneLine) return {};
  std::vector<std::string> lines;
  for (const plan::FieldChange& change : *changes) lines.push_back(describe_change(change));
  return lines;
}

std::optional<StepLine> early_traffic(const FunctionPlan& function) {
  const std::string what = changes_of_latest(function);
  std::vector<std::string> moved;
  for (const plan::Step& step : function.steps) {
    const auto* alias = std::get_if<plan::UpdateAlias>(&step.action);
    if (alias != nullptr && alias->from != alias->to) moved.push_back(alias->name);
  }
  std::vector<std::string> on_latest;
  for (const auto& [alias, version] : function.preconditions.aliases) {
    if (version == "latest") on_latest.push_back(alias);
  }
  if (what.empty() || (moved.empty() && on_latest.empty())) return std::nullopt;
  std::string text = "new " + what + " at once: its triggers";
  text += on_latest.empty() ? " and calls without an alias get it"
                            : ", calls without an alias and " + enumerate_aliases(on_latest) + " get it";
  if (!moved.empty()) text += " before " + enumerate_aliases(moved) + (moved.size() == 1 ? " moves" : " move");
  return StepLine{"latest", text};
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

std::string word_of_making(const FunctionPlan& function) {
  const plan::Step* step = find_step<plan::ImportFunction>(function);
  return step == nullptr ? "" : plan::describe(step->action);
}

std::string headline_of_import(const FunctionPlan& function) {
  std::string text = word_of_making(function);
  for (const plan::Step& step : function.steps) {
    if (const auto* publish = std::get_if<plan::PublishVersion>(&step.action)) text += ", publish " + publish->version;
    if (const auto* alias = std::get_if<plan::CreateAlias>(&step.action)) {
      text += ", alias " + alias->name + " → " + describe_creation(*alias);
    }
  }
  return text;
}

std::string headline_of_removal(const FunctionPlan& function) {
  if (find_step<plan::ImportFunction>(function) == nullptr) {
    return "delete (manifest removed" + share_of_deletes(function) + ")";
  }
  return "recreate (cannot be changed in place" + share_of_deletes(function) +
         "): delete with all versions and aliases, then " + headline_of_import(function);
}

ChangeHeadline headline_of_change(const FunctionPlan& function) {
  if (const plan::Step* step = find_step<plan::UpdateConfig>(function)) {
    return {"config: " + describe_config(std::get<plan::UpdateConfig>(step->action), step->reason), step};
  }
  if (const plan::Step* step = find_step<plan::UpdateCode>(function)) {
    return {"dependencies: " + line_of(*step, function)->text, step};
  }
  if (const plan::Step* step = find_step<plan::PublishVersion>(function)) {
    return {"publish " + std::get<plan::PublishVersion>(step->action).version, nullptr};
  }
  std::string text;
  const auto add = [&text](bool is_there, const char* what) {
    if (is_there) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  const auto has = [&function](auto... kind) { return ((find_step<decltype(kind)>(function) != nullptr) || ...); };
  add(has(plan::CreateAlias(), plan::UpdateAlias(), plan::DeleteAlias()), "aliases");
  add(has(plan::UpdateMaxInstances(), plan::UpdateTags(), plan::UpdateAsyncConfig(), plan::UpdateReservedInstances()),
      "settings");
  add(has(plan::DeleteVersion()), "old versions");
  return {text, nullptr};
}

std::string plural(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

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

}  // namespace fgsync::cli

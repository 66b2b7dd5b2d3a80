#include "cli/plan_blocks.hpp"

#include <algorithm>
#include <tuple>

#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

using plan::FunctionPlan;
using Kind = BlockLine::Kind;

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

class Teller {
 public:
  explicit Teller(const FunctionPlan& function) : function_(function) {}

  std::vector<BlockLine> tell(Group group) {
    switch (group) {
      case Group::blocked: tell_blocked(); break;
      case Group::removal:
        headline(headline_of_removal(function_));
        tell_settings();
        break;
      case Group::code: tell_code(); break;
      case Group::change: tell_change(); break;
      case Group::import:
        headline(headline_of_import(function_));
        tell_settings();
        break;
      case Group::noted:  // nothing is done, and nothing needs to be
        for (const plan::Note& note : function_.notes) headline("note: " + note.message);
        return std::move(lines_);
      case Group::unchanged: headline("unchanged"); break;
    }
    for (const plan::Note& note : function_.notes) detail("note", note.message);
    return std::move(lines_);
  }

 private:
  void headline(std::string text) { lines_.push_back({Kind::headline, {}, std::move(text)}); }
  void below(std::string text) { lines_.push_back({Kind::below, {}, std::move(text)}); }
  void detail(std::string label, std::string text) {
    lines_.push_back({Kind::detail, std::move(label), std::move(text)});
  }

  void tell_blocked() {
    if (function_.failure) {
      headline("cannot be planned: " + function_.failure->describe());
      return;
    }
    for (const plan::Blocked& blocked : function_.blocked) {
      headline("blocked: " + blocked.message);
      if (blocked.position) below(blocked.position->to_string());
      for (const std::string& next : blocked.next) below("next: " + next);
    }
    const bool is_deleted = has_step<plan::DeleteFunction>(function_);
    if (is_deleted) detail("delete", headline_of_removal(function_));
    if (!is_deleted && has_step<plan::ImportFunction>(function_)) detail(word_of_making(function_), "new function");
    tell_steps(nullptr);
  }

  void tell_code() {
    const plan::Step* step = code_step(function_);
    headline(headline_of_code(std::get<plan::UpdateCode>(step->action), step->reason));
    tell_steps(nullptr);
  }

  void tell_change() {
    const ChangeHeadline said = headline_of_change(function_);
    headline(said.text);
    if (said.told != nullptr) tell_fields(*said.told);
    tell_steps(said.told);
  }

  /// The steps below a headline, but for the one that it says.
  void tell_steps(const plan::Step* told) {
    auto early = early_traffic(function_);
    for (const plan::Step& step : function_.steps) {
      if (early && std::holds_alternative<plan::UpdateAlias>(step.action)) {
        detail(early->label, early->text);
        early.reset();
      }
      if (&step != told) tell_step(step);
    }
    if (early) detail(early->label, early->text);
  }

  /// The headline of an import names version and aliases; what else the new function gets stands below.
  void tell_settings() {
    for (const plan::Step& step : function_.steps) {
      const bool is_said = std::holds_alternative<plan::PublishVersion>(step.action) ||
                           std::holds_alternative<plan::CreateAlias>(step.action);
      if (!is_said) tell_step(step);
    }
  }

  void tell_step(const plan::Step& step) {
    auto line = line_of(step, function_);
    if (!line) return;
    detail(std::move(line->label), std::move(line->text));
    tell_fields(step);
  }

  void tell_fields(const plan::Step& step) {
    for (std::string& field : field_lines(step)) lines_.push_back({Kind::field, {}, std::move(field)});
  }

  const FunctionPlan& function_;
  std::vector<BlockLine> lines_;
};

}  // namespace

Group group_of(const FunctionPlan& function) {
  if (function.failure || !function.blocked.empty()) return Group::blocked;
  if (function.steps.empty()) return function.notes.empty() ? Group::unchanged : Group::noted;
  if (has_step<plan::DeleteFunction>(function)) return Group::removal;
  if (has_step<plan::ImportFunction>(function)) return Group::import;
  return code_step(function) != nullptr ? Group::code : Group::change;
}

char symbol_of(Group group) {
  switch (group) {
    case Group::blocked: return '!';
    case Group::removal: return '-';
    case Group::code: return '^';
    case Group::change: return '~';
    case Group::import: return '+';
    case Group::noted: return 'i';
    case Group::unchanged: return ' ';
  }
  return ' ';
}

PlanBlock block_of(const FunctionPlan& function) {
  const Group group = group_of(function);
  return {&function, group, Teller(function).tell(group)};
}

std::vector<PlanBlock> blocks_of(const plan::Plan& plan, Unchanged unchanged) {
  std::vector<PlanBlock> blocks;
  for (const FunctionPlan& function : plan.functions) {
    if (unchanged == Unchanged::hidden && group_of(function) == Group::unchanged) continue;
    blocks.push_back(block_of(function));
  }
  std::sort(blocks.begin(), blocks.end(), [](const PlanBlock& a, const PlanBlock& b) {
    return std::tie(a.group, a.function->wave, a.function->name) <
           std::tie(b.group, b.function->wave, b.function->name);
  });
  return blocks;
}

}  // namespace fgsync::cli

#pragma once

#include <string>
#include <vector>

#include "plan/model.hpp"

namespace fgsync::cli {

enum class Unchanged { hidden, listed };

/// What a function's part of the plan is about, by what is most important. Dangerous things first.
enum class Group { blocked, removal, code, change, import, noted, unchanged };

Group group_of(const plan::FunctionPlan& function);
/// `!`, `-`, `^`, `~`, `+`, `i`, or a space.
char symbol_of(Group group);

struct BlockLine {
  enum class Kind {
    headline,  ///< what is to be done, beside the function's name
    detail,    ///< a step, with a label
    field,     ///< one of many fields of the line before
    below,     ///< a place, or advice, about the headline before
  };
  Kind kind;
  std::string label;  ///< of a detail
  std::string text;   ///< one line; still to be made printable
};

/// The plan of one function in words, whatever form they are printed in.
struct PlanBlock {
  const plan::FunctionPlan* function;
  Group group;
  std::vector<BlockLine> lines;
};

/// One for each function, dangerous things first, then by wave and name. They point into the plan.
std::vector<PlanBlock> blocks_of(const plan::Plan& plan, Unchanged unchanged);
PlanBlock block_of(const plan::FunctionPlan& function);

}  // namespace fgsync::cli

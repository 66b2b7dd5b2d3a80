#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/model.hpp"

namespace fgsync::cli {

/// A line below a function's headline: `alias prod     v1.4.0 → v1.5.0`.
struct StepLine {
  std::string label;
  std::string text;
};

/// What a step does, as a line; nothing where the headline says all of it (delete, import).
std::optional<StepLine> line_of(const plan::Step& step, const plan::FunctionPlan& function);

/// Each field that a step changes, where there are too many to stand in its line; else nothing.
std::vector<std::string> field_lines(const plan::Step& step);

/// Who gets new code or configuration before the aliases move, because latest changes first; nothing where no alias
/// moves or stands on latest.
std::optional<StepLine> early_traffic(const plan::FunctionPlan& function);

/// What stands in the headline, by what kind of plan it is.
std::string headline_of_code(const plan::UpdateCode& step, plan::Reason reason);
/// `import` or `create`; empty where the function is not made.
std::string word_of_making(const plan::FunctionPlan& function);
std::string headline_of_import(const plan::FunctionPlan& function);
std::string headline_of_removal(const plan::FunctionPlan& function);

/// The headline of a plan that changes neither code nor existence, and which step, if any, it has said all of.
struct ChangeHeadline {
  std::string text;
  const plan::Step* told = nullptr;
};
ChangeHeadline headline_of_change(const plan::FunctionPlan& function);

/// `1 call`, `3 calls`.
std::string plural(std::size_t count, const std::string& one);

/// `+14.2 KiB`, `-3 B`.
std::string shown_size_change(std::int64_t bytes);

}  // namespace fgsync::cli

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "cli/plan_text.hpp"
#include "plan/binding.hpp"

namespace fgsync::cli {

/// A plan that `plan -o json` or `--out` wrote, read back: what was agreed to, and where it holds.
struct PlanFile {
  plan::ApprovedPlan plan;
  std::string endpoint;
  std::string region;
  std::string project_id;
  std::string source_id;
  std::string environment;  ///< empty: none
  std::string observed_at;
  bool adopts = false;
  std::optional<bool> prune;
  bool allows_recreate = false;
};

/// Reads a plan file. Errors (invalid): no file, cut off, changed since it was written, of another major version of the
/// format, or something else altogether; each message begins with the path and ends with what to do.
Result<PlanFile> read_plan_file(const std::string& path);
/// The same from its text; `name` is for messages.
Result<PlanFile> parse_plan_file(std::string_view text, const std::string& name);

/// Has the options say what the plan was made with. Error (invalid): they name another environment.
Result<void> take_over(const PlanFile& file, Options& options);

/// Error (invalid) when the plan is for another endpoint, region, project or source than this run.
Result<void> check_target(const PlanFile& file, const std::string& name, const PlanContext& context);

}  // namespace fgsync::cli

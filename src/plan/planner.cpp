#include "plan/planner.hpp"

#include "plan/function_planner.hpp"

namespace fgsync::plan {

bool needs_archive_digest(const Inputs& inputs) {
  if (!inputs.observed || inputs.desired.archive_digest || is_image(inputs.desired.function)) return false;
  return !is_among(inputs.observed->detail.row.digest, known_digests(inputs));
}

FunctionPlan plan_function(const Inputs& inputs, const PlanOptions& options) {
  return FunctionPlanner(inputs, options).run();
}

}  // namespace fgsync::plan

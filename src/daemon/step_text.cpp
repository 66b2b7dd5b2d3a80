#include "daemon/step_text.hpp"

namespace fgsync::daemon {

std::string steps_text(const plan::FunctionPlan& function) {
  std::string text;
  for (const plan::Step& step : function.steps) text += (text.empty() ? "" : ", ") + plan::describe(step.action);
  return text;
}

}  // namespace fgsync::daemon

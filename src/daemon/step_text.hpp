#pragma once

#include <string>

#include "plan/model.hpp"

namespace fgsync::daemon {

/// The steps in a few words each, with commas between them.
std::string steps_text(const plan::FunctionPlan& function);

}  // namespace fgsync::daemon

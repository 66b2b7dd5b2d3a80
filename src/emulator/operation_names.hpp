#pragma once

#include <string_view>
#include <vector>

#include "emulator/route.hpp"

namespace fgsync::emulator {

/// The operation as the official SDKs name it, `CreateFunctionVersion`: in fault rules and metrics.
std::string_view name_of(Operation operation);

/// All of them, in no order.
const std::vector<std::string_view>& operation_names();

}  // namespace fgsync::emulator

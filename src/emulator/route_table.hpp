#pragma once

#include <string_view>
#include <vector>

#include "emulator/route.hpp"

namespace fgsync::emulator {

/// A path of the API. Parts in braces match any one segment (route.cpp).
struct Pattern {
  http::Method method;
  std::string_view path;
  Operation operation;
  Access access = Access::authenticated;
};

/// All paths; the first that matches counts.
const std::vector<Pattern>& all_patterns();

}  // namespace fgsync::emulator

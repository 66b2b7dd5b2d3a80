#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace fgsync::cli {

/// The names as they were typed, each once, in order. Error `invalid` for what no function can be called: it is shown
/// without anything that a terminal or a reader of UTF-8 could stumble over.
Result<std::vector<std::string>> function_names(const std::vector<std::string>& words);

}  // namespace fgsync::cli

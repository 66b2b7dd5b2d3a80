#pragma once

#include <string>
#include <vector>

namespace fgsync {

/// `plan, sync and version`
std::string enumerate(const std::vector<std::string>& words);

}  // namespace fgsync

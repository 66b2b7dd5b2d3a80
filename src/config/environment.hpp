#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fgsync::config {

/// Variables by name. An empty one counts as not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Those of this process.
Environment process_environment();
/// All of them, as `NAME=value`: for programs that are started.
std::vector<std::string> process_environment_block();

}  // namespace fgsync::config

#pragma once

#include <functional>
#include <optional>
#include <string>

namespace fgsync::config {

/// Variables by name. An empty one counts as not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Those of this process.
Environment process_environment();

}  // namespace fgsync::config

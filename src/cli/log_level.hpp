#pragma once

#include <optional>
#include <string_view>

#include "base/log.hpp"

namespace fgsync::cli {

/// As in fgsync.yaml: `error`, `warn`, `info`, `debug`.
std::string_view name_of(LogLevel level);
std::optional<LogLevel> log_level_of(std::string_view name);

}  // namespace fgsync::cli

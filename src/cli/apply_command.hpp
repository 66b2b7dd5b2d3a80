#pragma once

#include <string>

#include "cli/options.hpp"

namespace fgsync::cli {

/// `sync` with the flags that a plan was made with, as a shell takes it.
std::string apply_command(const Options& options);

}  // namespace fgsync::cli

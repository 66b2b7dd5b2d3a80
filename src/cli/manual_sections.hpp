#pragma once

#include <vector>

#include "help/manual.hpp"

namespace fgsync::cli {

/// What fgsync(1) says beyond the command line: exit status, environment, files, and where to read on.
std::vector<help::ManualSection> manual_sections();

}  // namespace fgsync::cli

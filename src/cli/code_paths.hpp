#pragma once

#include "cli/workspace.hpp"
#include "manifest/diagnostic.hpp"

namespace fgsync::cli {

/// An error for all code that does not exist, lies outside of the root, or (a file or archive) cannot be sent.
manifest::Diagnostics check_code_paths(const Workspace& workspace);

}  // namespace fgsync::cli

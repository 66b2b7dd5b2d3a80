#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {

/// Whether a function's folder may be made there, which need not exist: no function's code lies around it, and `plan`
/// reads manifests in it. Error `invalid`: why not, and what to do.
Result<void> check_adoption_target(const std::string& folder, const Workspace& workspace);

/// Why `plan` does not read, as it stands, the manifest in the folder of the function; nothing when it does.
std::optional<std::string> reason_unread(const std::string& name, const std::string& folder,
                                         const Workspace& workspace);

}  // namespace fgsync::cli

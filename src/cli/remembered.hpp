#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/workspace.hpp"
#include "state/store.hpp"

namespace fgsync::cli {

/// What the state remembers of a function, without asking the service; nothing: the state does not know it. Errors:
/// there is no state, or not enough is given to find it (endpoint, project).
Result<std::optional<state::InventoryEntry>> remembered_entry(const Options& options, const Workspace& workspace,
                                                              const std::string& function);

/// The newest entries of the history, of one function or, with an empty name, of all; without asking the service. None
/// when there is no state yet. Errors as above.
Result<std::vector<state::HistoryEntry>> remembered_history(const Options& options, const Workspace& workspace,
                                                            const std::string& function, int limit);

}  // namespace fgsync::cli

#pragma once

#include <string>
#include <vector>

#include "cli/screen.hpp"
#include "state/store.hpp"

namespace fgsync::cli {

/// Two lines for each entry: what happened, and by whom, of what, how long. `entries` in the order in which they are
/// to be shown.
std::string render_history_text(const std::vector<state::HistoryEntry>& entries, const Screen& screen);

/// `{"format_version": …, "entries": […]}` (docs/plan-format.md).
std::string render_history_json(const std::vector<state::HistoryEntry>& entries);

}  // namespace fgsync::cli

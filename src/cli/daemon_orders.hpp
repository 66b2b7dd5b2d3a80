#pragma once

#include <optional>

#include "cli/options.hpp"

namespace fgsync::cli {

/// `suspend`, `resume`, `hold`, `release`, `rollback` and `forget` by the running daemon: it has the state's lock, and
/// would undo what it does not know of. The exit code; nothing: no daemon runs, and the command does it itself.
std::optional<int> order_of_daemon(const Options& options);

}  // namespace fgsync::cli

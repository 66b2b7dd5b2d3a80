#pragma once

#include <functional>
#include <string>

#include "cli/connection.hpp"
#include "cli/workspace.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::cli {

/// Whether something is so of one environment's part of the state.
using InState = std::function<bool(const state::Snapshot&)>;

/// The end of a sentence such as "Nothing suspends NAME".
struct ToldOfEnvironment {
  std::string text;
  bool is_so_elsewhere = false;
};

/// Behind "Nothing suspends NAME": in which environment that was said, and in which others of the same state it is so;
/// `command` is what to do there. Blocks.
ToldOfEnvironment told_of_environment(const Connection& connection, const Workspace& place, const InState& is_so,
                                      const std::string& command, const Options& options);

}  // namespace fgsync::cli

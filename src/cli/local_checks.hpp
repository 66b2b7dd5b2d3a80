#pragma once

#include <optional>

#include "cli/connection.hpp"
#include "cli/finding.hpp"
#include "cli/workspace.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::cli {

// What `doctor` looks at on this machine. All of it only reads, and blocks.

Finding check_configuration(const Workspace& place);
/// The manifests, as `options` name them.
Finding check_sources(const Options& options);
/// Whether there is a git, which `--since` and the history's revisions need.
Finding check_git(const std::string& root);
/// Where archives are made.
Finding check_temporary_space();

struct StateFinding {
  Finding finding;
  std::optional<state::Snapshot> snapshot;  ///< what the state says, where it could be read
};
StateFinding check_state(const Connection& target, const Workspace& place);

}  // namespace fgsync::cli

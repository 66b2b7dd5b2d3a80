#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace fgsync::source {

/// How git is run.
struct GitSettings {
  /// Of which git gets only what it needs to find itself and its user's configuration, see git_environment().
  std::vector<std::string> inherited_environment;
  std::chrono::milliseconds time_limit{std::chrono::seconds(60)};  ///< for everything together
};

/// The files below `root` in which the work tree differs from the revision: committed since, staged, changed, deleted,
/// and new ones that git does not ignore. Absolute paths without links before the root, in order, each once; a path may
/// name a folder (a submodule, a repository in the work tree). `REV...` means the merge base of REV and HEAD. The root
/// may be any folder of the work tree.
///
/// Runs the git program, a few times, and never opens a connection. Blocks; call it through offload(). Errors:
/// `invalid` when a person must change something (no git, no repository, no such revision), `timed_out`.
Result<std::vector<std::string>> changed_since(const std::string& root, const std::string& revision,
                                               const GitSettings& settings, const Clock& clock);

/// The commit that the work tree of `root` is at: 40 or 64 hex digits, with `-dirty` behind them when something below
/// `root` differs from it or is new. Empty when there is no work tree, no commit or no git: then nobody asked for one.
/// Blocks; call it through offload(). Errors: `timed_out`, and `invalid` when git fails in another way.
Result<std::string> current_revision(const std::string& root, const GitSettings& settings, const Clock& clock);

/// The environment for git: what of `inherited` is not about one repository, no prompts, no pager, no locks, no
/// network, messages in English.
std::vector<std::string> git_environment(const std::vector<std::string>& inherited);

}  // namespace fgsync::source

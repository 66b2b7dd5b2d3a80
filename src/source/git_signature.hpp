#pragma once

#include <string>

#include "base/result.hpp"
#include "source/git_clone.hpp"

namespace fgsync::source {

/// Whether what the clone fetched may be used: the commit, or the tag that led to it, has a good signature of a key
/// that the settings trust. `who` names the commit in errors. Error `invalid`: which commit, and why not.
Result<void> verify_signature(const RepositorySettings& settings, const std::string& commit_id, const std::string& who,
                              const GitAccess& access, Deadline deadline, const Clock& clock,
                              const std::string& clone_directory);

}  // namespace fgsync::source

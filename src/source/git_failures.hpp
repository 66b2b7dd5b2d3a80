#pragma once

#include <optional>

#include "base/error.hpp"
#include "source/child_process.hpp"
#include "source/git_access.hpp"

namespace fgsync::source {

/// Whether git was to talk to the other side.
enum class Talks { no, yes };

/// Why git could not talk to the repository, or write what it got: what happened and what to do. Nothing when its
/// complaint is not a known one; then the clone may be damaged.
std::optional<Error> explain_known(const ChildEnd& end, Talks talks, const RepositorySettings& settings,
                                   const GitAccess& access);

/// More to fetch than the settings allow. Error `invalid`.
Error explain_too_large(const RepositorySettings& settings, const GitAccess& access);

/// The same for what is not known: git's own words. Error `corrupt`.
Error explain_unknown(const ChildEnd& end, const GitAccess& access);

}  // namespace fgsync::source

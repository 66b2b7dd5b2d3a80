#pragma once

#include "cli/workspace.hpp"

namespace fgsync::cli {

/// For commands that must work whatever the manifests look like.
struct ManifestsIfAny {
  Workspace workspace;    ///< without functions where none could be read
  bool has_all = false;   ///< otherwise a missing manifest says nothing
  bool is_empty = false;  ///< all was read, and there are no manifests: a mistake in a path looks like that, too
};

/// Reads the manifests of the place (of `load_place`), which stays as it is when they cannot be read. What is wrong
/// with them is printed to standard error. `--root` alone means all that is below it.
ManifestsIfAny read_manifests(const Options& options, Workspace place);

}  // namespace fgsync::cli

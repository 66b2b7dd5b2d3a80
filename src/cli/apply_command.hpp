#pragma once

#include <string>

#include "cli/options.hpp"

namespace fgsync::cli {

/// `sync` with the flags that a plan was made with, as a shell takes it.
std::string apply_command(const Options& options);

/// `sync` of exactly the plan that `--out` saved (`out_file` is given), as a shell takes it. What stands in the file
/// is not said again: the environment, the selection, and what may be done.
std::string apply_exactly_command(const Options& options);

/// What was given of the place (`--root`, `--env`, `--config`), a space before each flag; empty: nothing.
std::string place_flags(const Options& options);

/// What was given of service, project and state, likewise.
std::string target_flags(const Options& options);

/// The PATHs, likewise.
std::string path_words(const Options& options);

}  // namespace fgsync::cli

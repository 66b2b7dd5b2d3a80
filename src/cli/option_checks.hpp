#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"

namespace fgsync::cli {

/// What to say of a first word that is no command; nothing when it is one, or a flag.
std::optional<std::string> unknown_command(int argc, char** argv);

/// The flag whose value is an empty text, which is most often a variable that was not set.
std::optional<std::string> find_empty_option(const Options& options);

/// A flag that would say something else than the plan given with --plan.
std::optional<std::string> find_flag_against_plan(const Options& options);

}  // namespace fgsync::cli

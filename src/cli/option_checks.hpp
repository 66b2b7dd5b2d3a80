#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"

namespace fgsync::cli {

/// What to say of a command line that does not begin with one of `commands`; nothing when it does, or asks for help or
/// the version. `words`: what stands after the program's name.
std::optional<std::string> unknown_command(const std::vector<std::string>& words,
                                           const std::vector<std::string>& commands);

/// The flag whose value is an empty text, which is most often a variable that was not set.
std::optional<std::string> find_empty_option(const Options& options);

/// A flag that would say something else than the plan given with --plan.
std::optional<std::string> find_flag_against_plan(const Options& options);

/// What is wrong with a name of a function; nothing when all can be names.
std::optional<std::string> find_bad_name(const Options& options);

}  // namespace fgsync::cli

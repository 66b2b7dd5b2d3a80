#pragma once

#include <optional>
#include <string>
#include <vector>

#include "help/command_shape.hpp"

namespace fgsync::cli {

/// What is wrong with the first word that a command does not take, and what was probably meant. `words` is what stands
/// after the program's name, the command first. Nothing when each word could be taken.
std::optional<std::string> describe_unexpected(const help::ProgramShape& program,
                                               const std::vector<std::string>& words);

}  // namespace fgsync::cli

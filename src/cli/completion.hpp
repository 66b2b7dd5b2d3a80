#pragma once

#include <string>

#include "help/command_shape.hpp"

namespace fgsync::cli {

// Scripts that complete the command line in a shell. Commands, flags and fixed words stand in the script; for the names
// of functions it asks `fgsync __complete`.

std::string render_bash_completion(const help::ProgramShape& program);
std::string render_zsh_completion(const help::ProgramShape& program);
std::string render_fish_completion(const help::ProgramShape& program);

}  // namespace fgsync::cli

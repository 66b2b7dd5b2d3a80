#pragma once

#include <cstddef>
#include <string>

#include "help/command_shape.hpp"

namespace fgsync::help {

/// Help narrower than this could not be read; it is made this wide.
inline constexpr std::size_t kNarrowest = 30;
/// Lines longer than this are hard to read; help is never wider.
inline constexpr std::size_t kWidest = 110;

/// What the program does, its commands with a line each, and where to read on.
std::string render_overview(const ProgramShape& program, std::size_t columns);

/// One command: purpose, usage, an example, and its flags under their headings in the order of their declaration.
/// `program` is the name of the program, `fgsync`.
std::string render_help(const std::string& program, const CommandShape& command, std::size_t columns);

/// `fgsync plan [flags] [PATH...]`
std::string usage_of(const std::string& program, const CommandShape& command);

}  // namespace fgsync::help

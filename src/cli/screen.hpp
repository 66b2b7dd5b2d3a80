#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "cli/characters.hpp"
#include "cli/options.hpp"

namespace fgsync::cli {

/// An environment variable; empty: not set.
using Environment = std::function<std::string(const char*)>;

/// What text is written for: how wide it may be, and in which characters.
struct Screen {
  std::optional<std::size_t> columns;  ///< absent: lines are not broken
  Charset charset = Charset::utf8;
};

/// By LC_ALL, else LC_CTYPE, else LANG. What does not name UTF-8 is ASCII.
Charset charset_of(const Environment& environment);

/// `--color`, else NO_COLOR, else CLICOLOR_FORCE, else whether it is a terminal that is not dumb.
bool uses_color(Color wish, const Environment& environment, bool is_terminal);

/// The width to break lines at: COLUMNS, else what the terminal says. Never less than 20, for what says 0 or 1.
std::optional<std::size_t> columns_of(const Environment& environment, std::optional<std::size_t> terminal);

/// The same for a file descriptor of this process and its environment.
Screen screen_of(int descriptor);
bool uses_color(const Options& options, int descriptor);

}  // namespace fgsync::cli

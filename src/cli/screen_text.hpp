#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cli/screen.hpp"

namespace fgsync::cli {

/// Text from anywhere as one line that the screen's reader can show.
std::string shown_line(std::string_view text, Charset charset);

/// A prefix, which takes so many columns, and text behind it; ends a line. Where there are not so many columns, lines
/// are broken between words, so that no name is cut, and go on behind `indent` blanks; a word that is too long for a
/// line sticks out.
std::string broken(const std::string& prefix, std::size_t column, std::string_view text, std::size_t indent,
                   const std::optional<std::size_t>& columns);

/// Text with blanks behind it, so that it takes at least so many columns.
std::string padded(std::string text, std::size_t columns);

/// One line of anything for this screen, broken where it must be.
std::string on_screen(std::string_view text, const Screen& screen);

/// The same, written to standard output at once, or to standard error.
void say(std::string_view text);
void tell(std::string_view text);

}  // namespace fgsync::cli

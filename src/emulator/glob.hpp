#pragma once

#include <string_view>

namespace fgsync::emulator {

/// Whether a text fits a pattern as a whole: `*` stands for anything without a slash, `**` for anything, `?` for one
/// character that is no slash. Takes time in proportion to the product of the lengths, whatever the pattern.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace fgsync::emulator

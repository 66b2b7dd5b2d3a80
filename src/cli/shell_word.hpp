#pragma once

#include <string>

namespace fgsync::cli {

/// A word as a shell takes it: as it is where that is possible, else in single quotes. What a
/// terminal would not show as it is stands in `$'…'` with escapes, as bash, zsh and ksh take it.
std::string shell_word(const std::string& word);

}  // namespace fgsync::cli

#pragma once

#include <cstddef>
#include <string_view>

namespace fgsync {

/// The length in bytes of the character that the text begins with; 0: it begins with none. Overlong forms, surrogates
/// and what is beyond the last character are none. The text is not empty.
std::size_t utf8_length(std::string_view text);

}  // namespace fgsync

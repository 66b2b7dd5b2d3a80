#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fgsync {

/// Text from elsewhere as part of one line of ours: control characters become `?`, so that it can neither break the
/// line nor command a terminal, and after `max_bytes` it ends with `…`, never inside a character.
std::string printable(std::string_view text, std::size_t max_bytes);

}  // namespace fgsync

#pragma once

#include <string>
#include <string_view>

namespace fgsync {

/// Standard base64 with padding, without line breaks.
std::string base64_encode(std::string_view bytes);

}  // namespace fgsync

#pragma once

#include <string>
#include <string_view>

#include "emulator/fault.hpp"

namespace fgsync::emulator {

/// The bytes of standard base64 with padding and without line breaks; else FSS.1011 naming the first wrong byte.
Valid<std::string> base64_decode(std::string_view text);

}  // namespace fgsync::emulator

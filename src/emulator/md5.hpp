#pragma once

#include <string>
#include <string_view>

namespace fgsync::emulator {

/// Lower-case hex. The service names exports and tells dependencies apart with it; nothing rests on its strength.
std::string md5_hex(std::string_view bytes);

}  // namespace fgsync::emulator

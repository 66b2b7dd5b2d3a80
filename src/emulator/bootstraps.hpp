#pragma once

#include <string_view>

namespace fgsync::emulator {

/// bootstrap/run.py and bootstrap/run.js, built in.
std::string_view python_bootstrap();
std::string_view node_bootstrap();

}  // namespace fgsync::emulator

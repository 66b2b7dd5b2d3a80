#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace fgsync::emulator {

/// Writes the port and a newline to `path`, so that a reader sees nothing or all of it. Error `invalid`: it cannot be
/// written.
Result<void> write_port_file(const std::string& path, std::uint16_t port);

}  // namespace fgsync::emulator

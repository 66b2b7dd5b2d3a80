#pragma once

#include <optional>

#include "emulator/json.hpp"

namespace fgsync::emulator {

/// The first documented rule that the configuration in a create or update request breaks. Types are assumed checked.
std::optional<Fault> check_settings(const JsonObject& body);

/// A documented runtime, written as there.
bool is_runtime(std::string_view text);

}  // namespace fgsync::emulator

#pragma once

#include <optional>

#include "emulator/json.hpp"

namespace fgsync::emulator {

/// The first documented rule that an object within a configuration breaks: VPC, mounts, image, network, logs.
std::optional<Fault> check_setting_objects(const JsonObject& body);

}  // namespace fgsync::emulator

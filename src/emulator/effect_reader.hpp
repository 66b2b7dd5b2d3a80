#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "emulator/fault_rules.hpp"
#include "manifest/yaml_reader.hpp"

/// Parts of reading scenario files.
namespace fgsync::emulator {

/// Reports "must be `expected`, found …".
std::nullopt_t wrong_value(manifest::yaml::Report& report, const manifest::yaml::Value& value,
                           const std::string& expected, const std::string& hint = {});

/// A duration; nothing when it has been reported as a mistake.
std::optional<std::chrono::milliseconds> read_pause(manifest::yaml::Report& report, const manifest::yaml::Value& value);

/// What stands below `do`.
FaultEffect read_effect(manifest::yaml::Report& report, const manifest::yaml::Value& value);

}  // namespace fgsync::emulator

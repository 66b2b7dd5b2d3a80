#pragma once

#include <string>

#include "emulator/code.hpp"
#include "emulator/json.hpp"

namespace fgsync::emulator {

/// What an import package says about its function.
struct ImportedFunction {
  JsonObject configuration;  ///< in the words of a create request
  ReceivedCode code;
};

/// Reads an import package: a zip with exactly one YAML file and the code file that it names, for the one function
/// `func_name`. Nothing is inflated before its size is known to be within the limits.
Valid<ImportedFunction> read_import_package(std::string_view package, const std::string& func_name,
                                            const SizeLimits& limits);

}  // namespace fgsync::emulator

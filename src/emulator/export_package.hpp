#pragma once

#include <string>

#include "emulator/model.hpp"

namespace fgsync::emulator {

/// What an export puts into its zip.
enum class ExportPart { configuration, code, both };

/// The export of a version: the YAML that an import reads, named after the function, and the code file that it names.
/// What the YAML has no word for is left out (docs/emulator.md).
std::string write_export_package(const FunctionRow& function, const Version& version, std::string_view code,
                                 ExportPart part);

}  // namespace fgsync::emulator

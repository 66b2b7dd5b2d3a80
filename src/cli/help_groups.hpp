#pragma once

#include "help/command_shape.hpp"

namespace fgsync::cli {

/// Puts commands and flags under the headings that help shows them under, and in their order. A flag that is not
/// known here stands under `Options`, after all others.
void group_for_help(help::ProgramShape& program);

}  // namespace fgsync::cli

#pragma once

#include <string>

namespace fgsync::cli {

/// `fgsync 0.1.0`.
std::string render_version_text();

/// The same with the plan's `format_version`, how this program was built, and with which libraries (docs/cli.md).
std::string render_version_json();

}  // namespace fgsync::cli

#pragma once

#include <string>

#include "emulator/dependency_table.hpp"

namespace fgsync::emulator {

/// Whether the id that is shown is that of the dependency, as in the list of dependencies, or that of one of its
/// versions, as everywhere else.
enum class DependencyView { dependency, version };

std::string render_dependency(const std::string& project, const Dependency& dependency, DependencyView view);

}  // namespace fgsync::emulator

#pragma once

#include <string>

namespace fgsync::source {

/// The nearest ancestor of `path` (itself included) with an `fgsync.yaml`, else with a `.git`, else `path` itself
/// (its folder when it is a file). Absolute, without links.
std::string find_root(const std::string& path);

/// Whether `path`, with all links followed as far as it exists, is the root or lies below it. For the relative paths
/// that manifests hold.
bool is_inside(const std::string& root, const std::string& path);

}  // namespace fgsync::source

#pragma once

#include <optional>
#include <string>

namespace fgsync::source {

/// The nearest ancestor of `path` (itself included) with an `fgsync.yaml`, else with a `.git`, else `path` itself
/// (its folder when it is a file). Absolute, without links.
std::string find_root(const std::string& path);

/// The name of a file in `directory` that is meant to be fgsync.yaml but has another end (`.yml`) or letter case.
std::optional<std::string> misnamed_config_in(const std::string& directory);

/// The nearest such file where find_root(path) looks, which is nowhere above a `.git`. Absolute.
std::optional<std::string> find_misnamed_config(const std::string& path);

/// Whether `path`, with all links followed as far as it exists, is the root or lies below it. For the relative paths
/// that manifests hold.
bool is_inside(const std::string& root, const std::string& path);

}  // namespace fgsync::source

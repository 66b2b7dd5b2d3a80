#pragma once

#include <memory>
#include <string>
#include <vector>

#include "source/source.hpp"

namespace fgsync::source {

/// The nearest ancestor of `path` (itself included) with an `fgsync.yaml`, else with a `.git`, else `path` itself
/// (its folder when it is a file). Absolute, without links.
std::string find_root(const std::string& path);

/// Whether `path`, with all links followed as far as it exists, is the root or lies below it. For the relative paths
/// that manifests hold.
bool is_inside(const std::string& root, const std::string& path);

/// Manifests below directories and in single files. Directories are read recursively for `*.yaml` and `*.yml` in name
/// order; hidden files and folders, `environments/`, links that leave the root and files over 1 MiB are not taken
/// (the last two are failures). A file that is `fgsync.yaml` is left to config/. A file that is reached twice is taken
/// once. read() is an error when not one of the paths can be read.
std::unique_ptr<Source> make_directory_source(std::string root, std::vector<std::string> paths);

}  // namespace fgsync::source

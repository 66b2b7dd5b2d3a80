#pragma once

#include <memory>
#include <string>
#include <vector>

#include "source/source.hpp"

namespace fgsync::source {

/// Manifests below directories and in single files. Directories are read recursively for `*.yaml` and `*.yml` in name
/// order; hidden files and folders, `environments/`, links that leave the root and files over 1 MiB are not taken
/// (the last two are failures). A file that is `fgsync.yaml` is left to config/; a directory below the root that holds
/// one is not entered, which is a failure, too. A file that is reached twice is taken
/// once. read() is an error when not one of the paths can be read.
std::unique_ptr<Source> make_directory_source(std::string root, std::vector<std::string> paths);

}  // namespace fgsync::source

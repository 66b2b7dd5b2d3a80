#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "manifest/loader.hpp"

namespace fgsync::cli {

/// The name of the environment to apply: `--env`, else what the configuration says of the sources that the paths are or
/// lie in. None: manifests as they stand. Error: the sources differ.
Result<std::optional<std::string>> environment_name(const Options& options, const config::Config& config,
                                                    const std::vector<std::string>& paths);

/// Whether there are environments for these paths, in the places below. Yes, where that cannot be read.
bool has_environments(const std::vector<std::string>& paths, const config::Config& config, const std::string& root);

/// Finds and reads `environments/<name>.yaml`: beside the manifests (in a directory among the paths, or in the folder
/// of a file among them) or in the root. Error `invalid`: there is none, naming those there are, or more than one, or
/// it cannot be read.
Result<manifest::SourceText> read_environment(const std::string& name, const std::vector<std::string>& paths,
                                              const config::Config& config, const std::string& root);

/// The names of all environments of the root and its sources, sorted.
std::vector<std::string> environment_names(const config::Config& config, const std::string& root);

}  // namespace fgsync::cli

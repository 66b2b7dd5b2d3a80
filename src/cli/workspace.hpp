#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "manifest/loader.hpp"

namespace fgsync::cli {

/// Everything on this side of the service: root, configuration, manifests.
struct Workspace {
  std::string root;  ///< absolute
  config::Config config;
  std::string source_id;  ///< config.name, else the root's directory name
  std::vector<manifest::Function> functions;
  std::vector<std::string> rejected;  ///< names of functions whose manifest has an error
  manifest::Diagnostics diagnostics;
  bool is_whole_source = false;  ///< all manifests of the source were read, each without an error
  std::string shown_source;      ///< for the plan's headline: the paths as given
};

/// Reads configuration and manifests. Error (exit 78) when nothing usable could be found; mistakes in single files
/// stand in `diagnostics`, and with an error in the configuration no function is returned.
Result<Workspace> load_workspace(const Options& options);

/// An error for every code directory that does not exist or lies outside of the root.
manifest::Diagnostics check_code_directories(const Workspace& workspace);

}  // namespace fgsync::cli

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "cli/selection.hpp"
#include "config/config.hpp"
#include "manifest/environment.hpp"
#include "manifest/loader.hpp"

namespace fgsync::cli {

/// A folder that is packed as code.
struct CodeFolder {
  std::string path;
  std::string owner;  ///< the function, or the manifest where that has a mistake
};

/// Everything on this side of the service: root, configuration, manifests.
struct Workspace {
  std::string root;  ///< absolute
  config::Config config;
  std::string source_id;                      ///< config.name, else the root's directory name
  std::vector<manifest::Function> functions;  ///< the selected ones
  std::vector<std::string> rejected;          ///< names of functions whose manifest has an error
  manifest::Diagnostics diagnostics;
  std::vector<CodeFolder> code_folders;  ///< of all functions, selected or not
  std::vector<std::string> left_out;     ///< manifests that lie in code, each as "PATH is ... of X"
  bool is_whole_source = false;  ///< all manifests of the source were read, each without an error, and all selected
  std::shared_ptr<const manifest::Environment> environment;  ///< none: manifests as they stand
  bool has_environments = false;              ///< there are files in environments/, or it could not be read
  std::vector<manifest::Document> documents;  ///< as composed, when options.shows_result
  std::optional<Selection> selection;
  std::optional<Error> selection_error;  ///< why it could not be made; then there are no functions
  bool is_nothing_selected = false;      ///< the selection left none of the functions, which is no failure
  std::string shown_source;              ///< for the plan's headline: the paths as given
};

/// A configuration as read, with its mistakes.
struct LoadedConfiguration {
  config::Config config;
  manifest::Diagnostics diagnostics;  ///< with an error among them, `config` must not be used
  std::string text;
};

/// Reads the configuration alone. Error `invalid` when there is none, or it cannot be read.
Result<LoadedConfiguration> load_configuration(const Options& options);

/// Reads configuration and manifests. Error (exit 78) when nothing usable could be found, `not_found` when there are no
/// manifests at all; mistakes in single files
/// stand in `diagnostics`, and with an error in the configuration no function is returned. When names are selected,
/// what stands in the manifests of other functions is left out of `diagnostics`, except for those that a selected one
/// depends on.
Result<Workspace> load_workspace(const Options& options);

/// The same without manifests, for what concerns the state and the service only. Error (exit 78) when the configuration
/// or the environment has a mistake.
Result<Workspace> load_place(const Options& options);

}  // namespace fgsync::cli

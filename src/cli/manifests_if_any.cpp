#include "cli/manifests_if_any.hpp"

#include <iostream>
#include <utility>

namespace fgsync::cli {
namespace {

/// `fgsync.yaml` says where manifests are; without it they are in the root.
Options with_root_as_path(const Options& given, const Workspace& place) {
  Options options = given;
  if (given.root && place.config.sources.empty()) options.paths = {*given.root};
  return options;
}

}  // namespace

ManifestsIfAny read_manifests(const Options& options, Workspace place) {
  auto workspace = load_workspace(with_root_as_path(options, place));
  if (!workspace) {
    std::cerr << "fgsync: warning: " << workspace.error().describe() << "\n";
    const bool is_empty = workspace.error().kind == ErrorKind::not_found && !config::has_repository(place.config);
    return {std::move(place), false, is_empty};
  }
  for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
  const bool has_all = workspace->is_whole_source;
  return {std::move(*workspace), has_all, false};
}

}  // namespace fgsync::cli

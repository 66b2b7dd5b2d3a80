#include "cli/workspace.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "source/directory_source.hpp"
#include "source/root.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return fail(ErrorKind::invalid, "cannot read " + path + ": it is not a regular file");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return fail(ErrorKind::invalid, "cannot read " + path + ": " + std::generic_category().message(errno));
  }
  return text.str();
}

Result<void> load_config(const Options& options, Workspace& workspace) {
  const std::string standard = (fs::path(workspace.root) / "fgsync.yaml").string();
  std::error_code failed;
  // A link that leads nowhere is a mistake, not the absence of a configuration.
  if (!options.config_file && fs::symlink_status(standard, failed).type() == fs::file_type::not_found) return {};
  // In messages the file is named as a person would name it here.
  std::error_code ignored;
  const std::string near = fs::proximate(standard, ignored).string();
  const std::string path = options.config_file.value_or(near.empty() ? standard : near);
  auto text = read_file(path);
  if (!text) return fail(std::move(text).error());
  config::LoadedConfig loaded = config::load(path, *text);
  workspace.diagnostics = std::move(loaded.diagnostics);
  workspace.config = std::move(loaded.config);
  return {};
}

std::string joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : ", ") + path;
  return text;
}

manifest::Diagnostic to_diagnostic(const source::Failure& failure) {
  manifest::Diagnostic diagnostic;
  diagnostic.code = "unreadable";
  diagnostic.position.file = failure.path;
  diagnostic.message = failure.error.message;
  return diagnostic;
}

/// A path that is the root itself means the source as configured.
bool is_the_root(const Options& options, const std::string& root) {
  std::error_code failed;
  return options.paths.empty() ||
         (options.paths.size() == 1 && fs::equivalent(options.paths.front(), root, failed) && !failed);
}

}  // namespace

manifest::Diagnostics check_code_directories(const Workspace& workspace) {
  manifest::Diagnostics diagnostics;
  for (const manifest::Function& function : workspace.functions) {
    manifest::Diagnostic diagnostic;
    diagnostic.position = function.code.position;
    diagnostic.field = "spec.code.directory";
    std::error_code ignored;
    if (!fs::is_directory(function.code.path, ignored)) {
      diagnostic.code = "no_such_directory";
      diagnostic.message = function.code.path + " is not a directory";
    } else if (!source::is_inside(workspace.root, function.code.path)) {
      diagnostic.code = "outside_of_root";
      diagnostic.message = function.code.path + " lies outside of the root " + workspace.root;
      diagnostic.hint = "move it inside, or name a wider root with --root";
    } else {
      continue;
    }
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

Result<Workspace> load_workspace(const Options& options) {
  Workspace workspace;
  const std::string first = options.paths.empty() ? "." : options.paths.front();
  workspace.root = options.root ? fs::absolute(*options.root).lexically_normal().string() : source::find_root(first);
  auto configured = load_config(options, workspace);
  if (!configured) return fail(std::move(configured).error());
  if (manifest::has_error(workspace.diagnostics)) return workspace;
  workspace.source_id = workspace.config.name.empty()
                            ? config::source_id_of(fs::path(workspace.root).filename().string())
                            : workspace.config.name;

  const bool is_whole = is_the_root(options, workspace.root);
  std::vector<std::string> paths = options.paths;
  if (is_whole && !workspace.config.source_directories.empty()) paths = workspace.config.source_directories;
  if (paths.empty()) paths = {"."};
  workspace.shown_source = joined(paths);

  auto snapshot = source::make_directory_source(workspace.root, paths)->read();
  if (!snapshot) return fail(std::move(snapshot).error());
  std::vector<manifest::SourceText> texts;
  for (source::File& file : snapshot->files) {
    texts.push_back({std::move(file.path), std::move(file.text), file.is_named});
  }
  manifest::LoadResult loaded = manifest::load_tree(texts);
  const std::vector<std::string> code_directories = manifest::code_directories(loaded);
  workspace.functions = std::move(loaded.functions);
  for (const manifest::Rejected& rejected : loaded.rejected) {
    if (!rejected.name.empty()) workspace.rejected.push_back(rejected.name);
  }
  // Whatever lies in a code directory is a function's file, not a manifest that could not be read.
  for (const source::Failure& failure : snapshot->failures) {
    if (!manifest::is_below(failure.path, code_directories)) {
      workspace.diagnostics.push_back(to_diagnostic(failure));
    }
  }
  std::move(loaded.diagnostics.begin(), loaded.diagnostics.end(), std::back_inserter(workspace.diagnostics));
  workspace.is_whole_source = is_whole && !manifest::has_error(workspace.diagnostics);

  if (workspace.functions.empty() && !manifest::has_error(workspace.diagnostics)) {
    return fail(ErrorKind::invalid, "no manifests in " + workspace.shown_source +
                                        ": expected *.yaml files with apiVersion: fgsync/v1 and kind: Function "
                                        "(docs/manifest.md)");
  }
  return workspace;
}

}  // namespace fgsync::cli

#include "cli/workspace.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "cli/chosen_environment.hpp"
#include "config/secret_checks.hpp"
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

/// A file of the root as a person would name it here. When it is a link it is the link that is named.
std::string near(const fs::path& path) {
  std::error_code ignored;
  const fs::path folder = fs::proximate(path.parent_path(), ignored);
  return folder.empty() ? path.string() : (folder / path.filename()).lexically_normal().string();
}

/// Going on without a configuration that is there but called otherwise would ignore its `mode: observe`.
Result<void> check_no_config_is_misnamed(const Options& options, const std::string& root) {
  std::optional<std::string> found;
  if (!options.root) {
    found = source::find_misnamed_config(options.paths.empty() ? "." : options.paths.front());
  } else if (const auto name = source::misnamed_config_in(root)) {
    found = (fs::path(root) / *name).string();
  }
  if (!found) return {};
  return fail(ErrorKind::invalid, "found " + near(*found) + ", which is not read: rename it to fgsync.yaml");
}

/// The configuration's file; none when there is none.
Result<std::optional<std::string>> find_config(const Options& options, const std::string& root) {
  if (options.config_file) return options.config_file;
  const std::string standard = (fs::path(root) / "fgsync.yaml").string();
  std::error_code failed;
  // A link that leads nowhere is a mistake, not the absence of a configuration.
  if (fs::symlink_status(standard, failed).type() == fs::file_type::not_found) {
    auto checked = check_no_config_is_misnamed(options, root);
    if (!checked) return fail(std::move(checked).error());
    return std::nullopt;
  }
  // Whoever can commit a link must not see in messages what it leads to.
  if (fs::exists(standard, failed) && !source::is_inside(root, standard)) {
    return fail(ErrorKind::invalid, near(standard) + " leads to " + fs::weakly_canonical(standard, failed).string() +
                                        ", outside of the root " + root +
                                        ": put the file itself there, or name it with --config");
  }
  return near(standard);
}

Result<void> load_config(const Options& options, Workspace& workspace) {
  auto found = find_config(options, workspace.root);
  if (!found) return fail(std::move(found).error());
  if (!*found) return {};
  const std::string& path = **found;
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

/// The path without links, and without a slash at its end: its last part may name the source.
std::string real_directory(const std::string& path) {
  std::error_code failed;
  fs::path real = fs::weakly_canonical(fs::absolute(path), failed);
  if (failed) real = fs::absolute(path).lexically_normal();
  return real.has_filename() ? real.string() : real.parent_path().string();
}

/// A path that is the root itself means the source as configured.
bool is_the_root(const Options& options, const std::string& root) {
  std::error_code failed;
  return options.paths.empty() ||
         (options.paths.size() == 1 && fs::equivalent(options.paths.front(), root, failed) && !failed);
}

/// The selected names and what they depend on: a mistake there is the reason why they wait.
std::set<std::string> with_dependencies(const std::vector<manifest::Function>& functions,
                                        std::set<std::string> selected) {
  std::set<std::string> names = selected;
  for (const manifest::Function& function : functions) {
    if (!selected.contains(function.name)) continue;
    for (const auto& dependency : function.depends_on) names.insert(dependency.value);
  }
  return names;
}

/// Reads the environment that is asked for, if one is. Its mistakes become diagnostics.
Result<void> load_environment(const Options& options, const std::vector<std::string>& paths, Workspace& workspace) {
  workspace.has_environments = has_environments(paths, workspace.config, workspace.root);
  auto name = environment_name(options, workspace.config, paths);
  if (!name) return fail(std::move(name).error());
  if (!*name) return {};
  auto text = read_environment(**name, paths, workspace.config, workspace.root);
  if (!text) return fail(std::move(text).error());
  manifest::LoadedEnvironment loaded = manifest::load_environment(*text);
  std::move(loaded.diagnostics.begin(), loaded.diagnostics.end(), std::back_inserter(workspace.diagnostics));
  workspace.environment = std::move(loaded.environment);
  return {};
}

/// What the manifests are about, without what only an environment that could not be read would settle.
void drop_variables(manifest::Diagnostics& diagnostics) {
  std::erase_if(diagnostics, [](const manifest::Diagnostic& diagnostic) { return diagnostic.code == "bad_variable"; });
}

Result<void> narrow(const Selection& selection, const std::vector<manifest::Rejected>& rejected,
                    const std::vector<manifest::SourceText>& texts, Workspace& workspace) {
  std::set<std::string> known(workspace.rejected.begin(), workspace.rejected.end());
  for (const manifest::Function& function : workspace.functions) known.insert(function.name);
  auto checked = check_names(selection, known);
  if (!checked) return checked;
  const auto candidates = candidates_of(workspace.functions, workspace.environment.get());
  auto selected = selected_functions(selection, candidates, workspace.root);
  if (!selected) return fail(std::move(selected).error());

  const std::set<std::string> named(selection.names.begin(), selection.names.end());
  if (!named.empty()) {
    workspace.diagnostics = concerning(with_dependencies(workspace.functions, named), std::move(workspace.diagnostics),
                                       workspace.functions, rejected, texts);
  }
  const bool had_functions = !workspace.functions.empty();
  std::erase_if(workspace.functions,
                [&selected](const manifest::Function& function) { return !selected->contains(function.name); });
  const bool is_one_rejected = std::any_of(workspace.rejected.begin(), workspace.rejected.end(),
                                           [&named](const std::string& name) { return named.contains(name); });
  workspace.is_nothing_selected = had_functions && workspace.functions.empty() && !is_one_rejected;
  return {};
}

std::vector<CodeFolder> code_folders_of(const manifest::LoadResult& loaded) {
  std::vector<CodeFolder> folders;
  for (const manifest::Function& function : loaded.functions) {
    if (function.code.kind == manifest::Code::Kind::directory) folders.push_back({function.code.path, function.name});
  }
  for (const manifest::Rejected& rejected : loaded.rejected) {
    if (!rejected.code_path.empty()) folders.push_back({rejected.code_path, rejected.position.file});
  }
  return folders;
}

/// The manifests that are not read because they lie in code. Each once, with whose code that is.
std::vector<std::string> left_out_of(const Workspace& workspace) {
  std::vector<std::string> left_out;
  for (const manifest::Diagnostic& diagnostic : workspace.diagnostics) {
    if (diagnostic.code != "inside_code_directory") continue;
    const std::string& file = diagnostic.position.file;
    const auto holds = [&file](const CodeFolder& folder) { return manifest::is_below(file, {folder.path}); };
    const auto around = std::find_if(workspace.code_folders.begin(), workspace.code_folders.end(), holds);
    std::string what = file + " is a manifest inside the code of " +
                       (around == workspace.code_folders.end() ? "a function" : around->owner);
    if (std::find(left_out.begin(), left_out.end(), what) == left_out.end()) left_out.push_back(std::move(what));
  }
  return left_out;
}

/// What is not read may be what a function on the service waits for: nothing is pruned then, and that is said.
void warn_of_left_out(Workspace& workspace) {
  for (const std::string& what : workspace.left_out) {
    manifest::Diagnostic warning;
    warning.severity = manifest::Severity::warning;
    warning.code = "source_not_whole";
    warning.position.file = what.substr(0, what.find(" is a manifest"));
    warning.message = "not all of the source is read: " + what + "; nothing is pruned";
    warning.hint = "move it out of the code";
    workspace.diagnostics.push_back(std::move(warning));
  }
}

/// Reading the current folder instead would apply what nobody asked for.
tl::unexpected<Error> only_repositories(const Workspace& workspace) {
  return fail(ErrorKind::invalid, "all sources of " + workspace.config.file +
                                      " are git repositories, which this version of fgsync does not fetch; clone them, "
                                      "and name the folders as spec.sources[].directory or as PATH");
}

/// Root, configuration and source id.
Result<Workspace> find_place(const Options& options) {
  Workspace workspace;
  const std::string first = options.paths.empty() ? "." : options.paths.front();
  workspace.root = options.root ? real_directory(*options.root) : source::find_root(first);
  auto configured = load_config(options, workspace);
  if (!configured) return fail(std::move(configured).error());
  workspace.source_id = workspace.config.name.empty()
                            ? config::source_id_of(fs::path(workspace.root).filename().string())
                            : workspace.config.name;
  return workspace;
}

}  // namespace

Result<LoadedConfiguration> load_configuration(const Options& options) {
  const std::string root = options.root ? real_directory(*options.root) : source::find_root(".");
  auto found = find_config(options, root);
  if (!found) return fail(std::move(found).error());
  if (!*found) {
    return fail(ErrorKind::invalid, "there is no fgsync.yaml in " + root +
                                        ": name the configuration with --config FILE (docs/configuration.md)");
  }
  auto text = read_file(**found);
  if (!text) return fail(std::move(text).error());
  config::LoadedConfig loaded = config::load(**found, *text);
  return LoadedConfiguration{std::move(loaded.config), std::move(loaded.diagnostics), std::move(*text)};
}

Result<Workspace> load_place(const Options& options) {
  auto place = find_place(options);
  if (!place) return place;
  std::vector<std::string> paths = config::source_directories(place->config);
  if (paths.empty() || !options.paths.empty()) paths = options.paths;
  if (paths.empty()) paths = {"."};
  auto environment = load_environment(options, paths, *place);
  if (!environment) return fail(std::move(environment).error());
  if (!manifest::has_error(place->diagnostics)) return place;
  std::string text;
  for (const manifest::Diagnostic& diagnostic : place->diagnostics) text += manifest::to_text(diagnostic);
  return fail(ErrorKind::invalid, "correct this first:\n" + text);
}

Result<Workspace> load_workspace(const Options& options) {
  auto place = find_place(options);
  if (!place) return place;
  Workspace& workspace = *place;
  const bool is_whole = is_the_root(options, workspace.root);
  std::vector<std::string> paths = options.paths;
  if (is_whole && !workspace.config.sources.empty()) paths = config::source_directories(workspace.config);
  if (is_whole && paths.empty() && !workspace.config.sources.empty()) return only_repositories(workspace);
  const bool is_complete = is_whole && !config::has_repository(workspace.config);
  if (paths.empty()) paths = {"."};
  workspace.shown_source = joined(paths);

  auto environment = load_environment(options, paths, workspace);
  if (!environment) return fail(std::move(environment).error());
  // With a mistake in what concerns all functions none is used, but the mistakes in manifests are still told.
  const bool is_unusable = manifest::has_error(workspace.diagnostics);

  auto snapshot = source::make_directory_source(workspace.root, paths)->read();
  if (!snapshot) return fail(std::move(snapshot).error());
  std::vector<manifest::SourceText> texts;
  for (source::File& file : snapshot->files) {
    texts.push_back({std::move(file.path), std::move(file.text), file.is_named});
  }
  manifest::LoadResult loaded = manifest::load_tree(texts, {.environment = workspace.environment.get(),
                                                            .is_whole_source = is_complete,
                                                            .keeps_documents = options.shows_result});
  workspace.documents = std::move(loaded.documents);
  if (is_unusable) {
    drop_variables(loaded.diagnostics);
    std::move(loaded.diagnostics.begin(), loaded.diagnostics.end(), std::back_inserter(workspace.diagnostics));
    return place;
  }
  config::reject_forbidden_secrets(loaded, config::secret_policy_of(workspace.config, config::process_environment()));
  const std::vector<std::string> code_directories = manifest::code_directories(loaded);
  workspace.code_folders = code_folders_of(loaded);
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
  workspace.left_out = left_out_of(workspace);
  workspace.is_whole_source = is_complete && workspace.left_out.empty() && !manifest::has_error(workspace.diagnostics);

  if (workspace.functions.empty() && !manifest::has_error(workspace.diagnostics)) {
    return fail(ErrorKind::not_found, "no manifests in " + workspace.shown_source +
                                          ": expected *.yaml files with apiVersion: fgsync/v1 and kind: Function "
                                          "(docs/manifest.md)");
  }
  auto selection = selection_of(options);
  if (!selection) return fail(std::move(selection).error());
  if (*selection) {
    workspace.is_whole_source = false;
    auto narrowed = narrow(**selection, loaded.rejected, texts, workspace);
    if (!narrowed) {
      workspace.selection_error = std::move(narrowed).error();
      workspace.functions.clear();
    }
    workspace.selection = std::move(*selection);
  } else if (is_complete) {
    warn_of_left_out(workspace);
  }
  return place;
}

}  // namespace fgsync::cli

#include "cli/chosen_environment.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "base/nearest.hpp"
#include "manifest/service_rules.hpp"
#include "source/directory_source.hpp"
#include "source/root.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

std::string joined(const std::vector<std::string>& words, const std::string& last_separator) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last_separator : ", ";
    text += words[i];
  }
  return text;
}

/// The innermost source that the path lies in; else all sources that lie in it. A path beside all sources has none.
std::vector<const config::Source*> sources_of(const std::string& path, const config::Config& config) {
  const config::Source* around = nullptr;
  std::vector<const config::Source*> inside;
  for (const config::Source& candidate : config.sources) {
    if (!candidate.directory) continue;
    if (source::is_inside(*candidate.directory, path)) {
      const bool is_nearer = around == nullptr || source::is_inside(*around->directory, *candidate.directory);
      if (is_nearer) around = &candidate;
    } else if (source::is_inside(path, *candidate.directory)) {
      inside.push_back(&candidate);
    }
  }
  if (around != nullptr) return {around};
  return inside;
}

/// The folders that may hold environments, each once, as a person would write them.
std::vector<fs::path> environment_folders(const std::vector<std::string>& paths, const config::Config& config,
                                          const std::string& root) {
  std::vector<fs::path> folders;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& folder) {
    std::error_code failed;
    const fs::path real = fs::weakly_canonical(folder, failed);
    if (!failed && fs::is_directory(real, failed) && seen.insert(real).second) folders.push_back(folder);
  };
  for (const std::string& path : paths) {
    std::error_code ignored;
    const fs::path folder = fs::is_directory(path, ignored) ? fs::path(path) : fs::path(path).parent_path();
    add((folder / "environments").lexically_normal());
    for (const config::Source* source : sources_of(path, config)) add(fs::path(*source->directory) / "environments");
  }
  std::error_code ignored;
  const fs::path near = fs::proximate(fs::path(root) / "environments", ignored);
  add(ignored ? fs::path(root) / "environments" : near);
  return folders;
}

/// The names of the environments in a folder, sorted.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const fs::path& file = entry.path();
    const bool is_yaml = file.extension() == ".yaml" || file.extension() == ".yml";
    if (is_yaml && !file.stem().string().starts_with('.')) names.push_back(file.stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Error not_found(const std::string& name, const std::vector<fs::path>& folders) {
  std::vector<std::string> known;
  for (const fs::path& folder : folders) {
    for (std::string& found : names_in(folder)) known.push_back(std::move(found));
  }
  std::string message = "there is no environment " + name + ": ";
  if (folders.empty()) {
    return Error(ErrorKind::invalid,
                 message + "no directory environments/ is beside the manifests or in the root (docs/environments.md)");
  }
  std::vector<std::string> places;
  for (const fs::path& folder : folders) places.push_back((folder / (name + ".yaml")).string());
  message += "looked for " + joined(places, " and ");
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  if (const auto meant = nearest(name, candidates)) {
    message += "; did you mean " + *meant + "?";
  } else if (!known.empty()) {
    message += "; known are " + joined(known, " and ");
  }
  return Error(ErrorKind::invalid, std::move(message));
}

}  // namespace

Result<std::optional<std::string>> environment_name(const Options& options, const config::Config& config,
                                                    const std::vector<std::string>& paths) {
  if (options.environment) return options.environment;
  std::set<std::optional<std::string>> names;
  for (const std::string& path : paths) {
    for (const config::Source* source : sources_of(path, config)) names.insert(source->environment);
  }
  if (names.size() == 1) return *names.begin();
  if (names.empty()) return std::nullopt;
  return fail(ErrorKind::invalid, "what is read belongs to sources with different environments (" + config.file +
                                      "); choose one with --env, or name the PATH of one source");
}

bool has_environments(const std::vector<std::string>& paths, const config::Config& config, const std::string& root) {
  const std::vector<fs::path> folders = environment_folders(paths, config, root);
  return std::any_of(folders.begin(), folders.end(), [](const fs::path& folder) {
    std::error_code failed;
    fs::directory_iterator readable(folder, failed);
    return failed || !names_in(folder).empty();
  });
}

Result<manifest::SourceText> read_environment(const std::string& name, const std::vector<std::string>& paths,
                                              const config::Config& config, const std::string& root) {
  if (!manifest::kEnvironmentName.is_valid(name)) {
    return fail(ErrorKind::invalid, "an environment must be named by " +
                                        std::string(manifest::kEnvironmentName.expected) + ", found \"" + name + "\"");
  }
  const std::vector<fs::path> folders = environment_folders(paths, config, root);
  std::vector<std::string> found;
  for (const fs::path& folder : folders) {
    for (const char* extension : {".yaml", ".yml"}) {
      std::error_code ignored;
      const fs::path file = folder / (name + extension);
      if (fs::exists(fs::symlink_status(file, ignored))) found.push_back(file.string());
    }
  }
  if (found.empty()) return fail(not_found(name, folders));
  if (found.size() > 1) {
    return fail(ErrorKind::invalid,
                "the environment " + name + " stands in " + joined(found, " and ") + ": keep one of them");
  }
  auto read = source::make_directory_source(root, found)->read();
  if (!read) return fail(std::move(read).error());
  if (!read->failures.empty()) {
    return fail(with_context(std::move(read->failures.front().error), found.front()));
  }
  source::File& file = read->files.front();
  return manifest::SourceText{.path = std::move(file.path), .text = std::move(file.text), .is_named = true};
}

std::vector<std::string> environment_names(const config::Config& config, const std::string& root) {
  std::set<std::string> names;
  for (const fs::path& folder : environment_folders(config::source_directories(config), config, root)) {
    for (std::string& name : names_in(folder)) names.insert(std::move(name));
  }
  return {names.begin(), names.end()};
}

}  // namespace fgsync::cli

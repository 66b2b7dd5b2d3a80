#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/diagnostic.hpp"

namespace fgsync::config {

/// What an `fgsync.yaml` says (`kind: Config`). Absent keys are absent here: defaults and precedence over the
/// environment and flags are applied in cli/. Relative paths are joined to the file's folder.
struct Config {
  /// The source id: metadata.name, else source_id_of() the file's folder. Empty when the path says no folder: the
  /// caller, who knows the working directory, uses source_id_of() then.
  std::string name;
  std::optional<std::string> endpoint;
  std::optional<std::string> region;
  std::optional<std::string> project_id;
  std::optional<std::string> ca_file;
  std::optional<std::string> token_file;  ///< credentials.token_file
  std::vector<std::string> source_directories;
  std::optional<std::string> state_directory;
  std::optional<int> parallel;
  std::optional<std::chrono::milliseconds> call_timeout;
  std::optional<std::chrono::milliseconds> upload_timeout;
  std::optional<bool> markers;
};

struct LoadedConfig {
  Config config;
  manifest::Diagnostics diagnostics;  ///< with an error among them, `config` must not be used
};

/// Parses an fgsync.yaml. Pure. Same strictness as manifests: unknown and duplicate keys and wrong types are errors
/// with their position. Keys of docs/configuration.md that nothing acts on yet are refused like unknown ones, saying
/// so.
LoadedConfig load(const std::string& path, const std::string& text);

/// A source id made of a directory's name: what a source id cannot contain becomes `-`. May be empty.
std::string source_id_of(std::string_view directory_name);

}  // namespace fgsync::config

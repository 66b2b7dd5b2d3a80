#include "source/root.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigName = "fgsync.yaml";
constexpr const char* kGit = ".git";

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [in_root, in_path] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return in_root == root.end();
}

bool holds(const fs::path& directory, const char* name) {
  std::error_code error;
  return fs::symlink_status(directory / name, error).type() != fs::file_type::not_found;
}

/// The nearest of `start` and its ancestors that holds `name`.
std::optional<fs::path> find_upwards(const fs::path& start, const char* name) {
  for (fs::path directory = start;; directory = directory.parent_path()) {
    if (holds(directory, name)) return directory;
    if (directory == directory.parent_path()) return std::nullopt;
  }
}

/// The directory that is looked at first: the path itself, or that of a file.
fs::path start_of(const std::string& path) {
  std::error_code error;
  fs::path start = fs::weakly_canonical(fs::absolute(path.empty() ? "." : path, error), error);
  if (error) start = fs::absolute(path, error).lexically_normal();
  if (!start.has_filename() && start.has_relative_path()) start = start.parent_path();
  return fs::is_directory(start, error) ? start : start.parent_path();
}

bool is_misnamed_config(std::string name) {
  if (name == kConfigName) return false;
  for (char& letter : name) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return name == kConfigName || name == "fgsync.yml";
}

}  // namespace

std::string find_root(const std::string& path) {
  const fs::path start = start_of(path);
  if (const auto root = find_upwards(start, kConfigName)) return root->string();
  if (const auto root = find_upwards(start, kGit)) return root->string();
  return start.string();
}

std::optional<std::string> misnamed_config_in(const std::string& directory) {
  std::optional<std::string> found;
  std::error_code failed;
  for (fs::directory_iterator next(directory, failed), end; !failed && next != end; next.increment(failed)) {
    std::string name = next->path().filename().string();
    std::error_code ignored;
    if (!is_misnamed_config(name) || next->is_directory(ignored)) continue;
    if (!found || name < *found) found = std::move(name);
  }
  return found;
}

std::optional<std::string> find_misnamed_config(const std::string& path) {
  for (fs::path directory = start_of(path);; directory = directory.parent_path()) {
    if (const auto name = misnamed_config_in(directory.string())) return (directory / *name).string();
    if (holds(directory, kGit) || directory == directory.parent_path()) return std::nullopt;
  }
}

bool is_inside(const std::string& root, const std::string& path) {
  std::error_code error;
  const fs::path real_root = fs::weakly_canonical(fs::absolute(root.empty() ? "." : root, error), error);
  if (error) return false;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return !error && is_below(real, real_root);
}

}  // namespace fgsync::source

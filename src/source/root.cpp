#include "source/root.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [in_root, in_path] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return in_root == root.end();
}

/// The nearest of `start` and its ancestors that holds `name`.
std::optional<fs::path> find_upwards(const fs::path& start, const std::string& name) {
  for (fs::path directory = start;; directory = directory.parent_path()) {
    std::error_code error;
    if (fs::symlink_status(directory / name, error).type() != fs::file_type::not_found) return directory;
    if (directory == directory.parent_path()) return std::nullopt;
  }
}

}  // namespace

std::string find_root(const std::string& path) {
  std::error_code error;
  fs::path start = fs::weakly_canonical(fs::absolute(path.empty() ? "." : path, error), error);
  if (error) start = fs::absolute(path, error).lexically_normal();
  if (!start.has_filename() && start.has_relative_path()) start = start.parent_path();
  if (!fs::is_directory(start, error)) start = start.parent_path();
  if (const auto root = find_upwards(start, "fgsync.yaml")) return root->string();
  if (const auto root = find_upwards(start, ".git")) return root->string();
  return start.string();
}

bool is_inside(const std::string& root, const std::string& path) {
  std::error_code error;
  const fs::path real_root = fs::weakly_canonical(fs::absolute(root.empty() ? "." : root, error), error);
  if (error) return false;
  const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  return !error && is_below(real, real_root);
}

}  // namespace fgsync::source

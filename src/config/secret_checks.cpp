#include "config/secret_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fgsync::config {
namespace {

namespace fs = std::filesystem;

manifest::Diagnostics forbidden_secrets(const manifest::Function& function, const SecretPolicy& policy) {
  manifest::Diagnostics diagnostics;
  for (const auto& [key, reference] : function.extra->encrypted_user_data) {
    auto allowed = is_allowed(reference, policy);
    if (allowed) continue;
    manifest::Diagnostic diagnostic;
    diagnostic.code = "secret_not_allowed";
    diagnostic.position = reference.position;
    diagnostic.field = "spec.encrypted_user_data." + key;
    diagnostic.message = std::move(allowed.error().message);
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

std::string real_path(const std::string& path) {
  std::error_code failed;
  auto real = fs::weakly_canonical(path, failed);
  return (failed ? fs::path(path).lexically_normal() : real).string();
}

/// Paths with all links followed. Remembers the directories they are in, since functions live side by side.
class RealPaths {
 public:
  std::string of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (slash == std::string::npos || slash == 0 || name.empty() || name == "." || name == "..") return real_path(path);
    const std::string& directory = directory_of(path.substr(0, slash));
    std::error_code failed;
    const bool is_link = fs::is_symlink(fs::symlink_status(directory + '/' + name, failed));
    return is_link || failed ? real_path(path) : directory + '/' + name;
  }

 private:
  const std::string& directory_of(const std::string& path) {
    const auto known = directories_.find(path);
    return known != directories_.end() ? known->second : directories_.emplace(path, real_path(path)).first->second;
  }

  std::map<std::string, std::string> directories_;
};

bool is_at_or_below(const std::string& path, const std::string& directory) {
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || directory.ends_with('/') || path[directory.size()] == '/';
}

/// What must not be packaged: whoever can commit a manifest could otherwise fetch it from the service.
class SecretPlaces {
 public:
  explicit SecretPlaces(const SecretPolicy& policy) {
    for (const std::string& file : policy.own_files) {
      places_.push_back(
          {real_path(file), file + ", which holds credentials of fgsync or of tools for the service", false});
    }
    for (const std::string& directory : policy.allow_directories) {
      places_.push_back({real_path(directory), "files of " + directory + ", which holds secrets", true});
    }
  }

  manifest::Diagnostics taken_along_by(const manifest::Function& function) {
    if (function.code.path.empty()) return {};
    const std::string code = real_paths_.of(function.code.path);
    const auto is_taken = [&code](const Place& place) {
      return is_at_or_below(place.real, code) || (place.is_directory && is_at_or_below(code, place.real));
    };
    const auto taken = std::find_if(places_.begin(), places_.end(), is_taken);
    if (taken == places_.end()) return {};
    manifest::Diagnostic diagnostic;
    diagnostic.code = "secret_in_code";
    diagnostic.position = function.code.position;
    diagnostic.field = "spec.code";
    diagnostic.message = "the code at " + function.code.path + " would take along " + taken->what;
    diagnostic.hint = "keep code and secrets in different folders";
    return {diagnostic};
  }

 private:
  struct Place {
    std::string real;
    std::string what;
    bool is_directory;
  };
  std::vector<Place> places_;
  RealPaths real_paths_;
};

}  // namespace

void reject_forbidden_secrets(manifest::LoadResult& loaded, const SecretPolicy& policy) {
  SecretPlaces places(policy);
  std::vector<manifest::Function> kept;
  kept.reserve(loaded.functions.size());
  for (manifest::Function& function : loaded.functions) {
    auto diagnostics = forbidden_secrets(function, policy);
    for (manifest::Diagnostic& found : places.taken_along_by(function)) diagnostics.push_back(std::move(found));
    if (diagnostics.empty()) {
      kept.push_back(std::move(function));
      continue;
    }
    loaded.rejected.push_back({.name = function.name, .position = function.position, .code_path = function.code.path});
    std::move(diagnostics.begin(), diagnostics.end(), std::back_inserter(loaded.diagnostics));
  }
  loaded.functions = std::move(kept);
}

}  // namespace fgsync::config

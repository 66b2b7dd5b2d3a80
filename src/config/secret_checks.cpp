#include "config/secret_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace fgsync::config {
namespace {

manifest::Diagnostics forbidden_secrets(const manifest::Function& function, const SecretPolicy& policy) {
  manifest::Diagnostics diagnostics;
  for (const auto& [key, reference] : function.extra.encrypted_user_data) {
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

std::filesystem::path real(const std::string& path) {
  std::error_code failed;
  auto real = std::filesystem::weakly_canonical(path, failed);
  return failed ? std::filesystem::path(path).lexically_normal() : real;
}

bool is_at_or_below(const std::filesystem::path& path, const std::filesystem::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

/// What must not be packaged: whoever can commit a manifest could otherwise fetch it from the service.
manifest::Diagnostics secrets_in_code(const manifest::Function& function, const SecretPolicy& policy) {
  if (function.code.path.empty()) return {};
  const std::filesystem::path code = real(function.code.path);
  const auto is_taken_along = [&code](const std::string& file) { return is_at_or_below(real(file), code); };
  const auto holds_code = [&code](const std::string& directory) { return is_at_or_below(code, real(directory)); };

  std::string taken;
  const auto own = std::find_if(policy.own_files.begin(), policy.own_files.end(), is_taken_along);
  if (own != policy.own_files.end()) taken = *own + ", which holds credentials of fgsync or of tools for the service";
  for (const std::string& directory : policy.allow_directories) {
    if (is_taken_along(directory) || holds_code(directory)) taken = "files of " + directory + ", which holds secrets";
  }
  if (taken.empty()) return {};
  manifest::Diagnostic diagnostic;
  diagnostic.code = "secret_in_code";
  diagnostic.position = function.code.position;
  diagnostic.field = "spec.code";
  diagnostic.message = "the code at " + function.code.path + " would take along " + taken;
  diagnostic.hint = "keep code and secrets in different folders";
  return {diagnostic};
}

}  // namespace

void reject_forbidden_secrets(manifest::LoadResult& loaded, const SecretPolicy& policy) {
  std::vector<manifest::Function> kept;
  for (manifest::Function& function : loaded.functions) {
    auto diagnostics = forbidden_secrets(function, policy);
    for (manifest::Diagnostic& found : secrets_in_code(function, policy)) diagnostics.push_back(std::move(found));
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

#include "config/secret_checks.hpp"

#include <iterator>
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

}  // namespace

void reject_forbidden_secrets(manifest::LoadResult& loaded, const SecretPolicy& policy) {
  std::vector<manifest::Function> kept;
  for (manifest::Function& function : loaded.functions) {
    auto diagnostics = forbidden_secrets(function, policy);
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

#include "cli/secret_access.hpp"

#include <filesystem>

#include "config/environment.hpp"
#include "config/secrets.hpp"

namespace fgsync::cli {

std::function<Result<Secret>(const manifest::SecretReference&)> secret_reader(const config::Config& config) {
  return [policy = config::secret_policy_of(config, config::process_environment())](
             const manifest::SecretReference& reference) {
    return config::resolve(reference, config::process_environment(), policy);
  };
}

Result<Secret> read_fingerprint_key(const config::Config& config) {
  if (!config.fingerprint_key_file) return Secret();
  manifest::SecretReference reference;
  reference.kind = manifest::SecretReference::Kind::file;
  reference.source = *config.fingerprint_key_file;
  // The configuration itself names it, so it is allowed, wherever links lead.
  std::error_code is_missing;
  const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(reference.source), is_missing);
  config::SecretPolicy policy;
  policy.allow_directories = {real.parent_path().string()};
  auto key = config::resolve(reference, config::process_environment(), policy);
  if (!key) {
    return fail(ErrorKind::invalid,
                "spec.fingerprint_key_file in " + config.file + " cannot be read: " + key.error().message);
  }
  return key;
}

}  // namespace fgsync::cli

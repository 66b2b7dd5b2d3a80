#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "manifest/function.hpp"

namespace fgsync::config {

/// Which secrets manifests may name. Whoever can commit a manifest must not be able to read what fgsync itself can:
/// nothing is allowed but what the configuration lists, and never fgsync's own credentials.
struct SecretPolicy {
  std::vector<std::string> allow_env;          ///< names, or the beginning of names and a `*`
  std::vector<std::string> allow_directories;  ///< as resolved
  std::vector<std::string> own_files;  ///< with credentials and keys of fgsync and of other tools for the service
};

/// What the configuration allows. The environment says where the usual files with credentials are.
SecretPolicy secret_policy_of(const Config& config, const Environment& environment);

/// Whether a variable is one that fgsync, an SDK of the service or Terraform takes settings or credentials from; a
/// pattern (`HW_*`), whether it is for such variables.
bool is_own_variable(std::string_view name_or_pattern);

/// Whether the policy allows the reference, without reading the secret; links are followed. Error `invalid`, with the
/// reference's position, saying which key of fgsync.yaml to change. A file that does not exist may be allowed.
Result<void> is_allowed(const manifest::SecretReference& reference, const SecretPolicy& policy);

/// The secret's value: at most 64 KiB of UTF-8 text without NUL, not empty; of a file without one line break at its
/// end. Error `invalid` when it is not allowed or not such text, `not_found` when the variable is not set or the file
/// does not exist, `internal` when the file cannot be read. No message holds anything of the value. Blocks on the disk.
Result<Secret> resolve(const manifest::SecretReference& reference, const Environment& environment,
                       const SecretPolicy& policy);

}  // namespace fgsync::config

#pragma once

#include <functional>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "manifest/function.hpp"

namespace fgsync::cli {

/// Reads what manifests refer to, within what the configuration allows.
std::function<Result<Secret>(const manifest::SecretReference&)> secret_reader(const config::Config& config);

/// The key under which secrets count for fingerprints; empty when none is configured. Errors as of config::resolve.
Result<Secret> read_fingerprint_key(const config::Config& config);

}  // namespace fgsync::cli

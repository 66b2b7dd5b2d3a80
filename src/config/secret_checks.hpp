#pragma once

#include "config/secrets.hpp"
#include "manifest/loader.hpp"

namespace fgsync::config {

/// Rejects the functions that name a secret which the policy does not allow, and those whose code would take along
/// files with credentials or secrets of this machine; with an error for each. Looks at the places of files, not at what
/// is in them.
void reject_forbidden_secrets(manifest::LoadResult& loaded, const SecretPolicy& policy);

}  // namespace fgsync::config

#pragma once

#include "manifest/diagnostic.hpp"

namespace fgsync::manifest {

/// Takes out of the diagnostics of a document what may be a secret: one that was written into `encrypted_user_data` by
/// mistake must not get into logs by the very message that says so.
void redact(Diagnostics& diagnostics);

}  // namespace fgsync::manifest

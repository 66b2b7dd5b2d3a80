#pragma once

#include <string>

#include "manifest/diagnostic.hpp"

namespace fgsync::config {

/// The text with `***` for what stands before the `@` of every URL in it.
std::string without_logins(const std::string& text);

/// Takes out of the diagnostics of a file what may be a secret. One that was written there by mistake must not get into
/// logs by the very message that says so: logins in URLs, and values inside of `credentials`.
void redact(manifest::Diagnostics& diagnostics);

}  // namespace fgsync::config

#pragma once

#include <string>

#include "manifest/loader.hpp"

namespace fgsync::manifest {

/// A function's document as it is read, as YAML, each value with a comment that says where it comes from:
/// `memory_size: 512  # environments/prod.yaml:8`. Control characters are escaped. Ends with a line break.
std::string show(const Document& document, const Environment* environment);

}  // namespace fgsync::manifest

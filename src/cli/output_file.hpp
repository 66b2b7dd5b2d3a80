#pragma once

#include <string>

#include "base/result.hpp"
#include "package/archive.hpp"

namespace fgsync::cli {

/// Writes the archive to what `path` names. A file is replaced whole or not at all, and a link to one stays: what it
/// leads to is replaced. Anything else that exists, such as a fifo or a device, is written to as it is.
Result<void> write_file(const std::string& path, const package::Archive& archive);

}  // namespace fgsync::cli

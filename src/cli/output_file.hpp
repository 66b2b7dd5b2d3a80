#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "package/archive.hpp"

namespace fgsync::cli {

/// Writes the archive to what `path` names. A file is replaced whole or not at all, and a link to one stays: what it
/// leads to is replaced. Anything else that exists, such as a fifo or a device, is written to as it is.
Result<void> write_file(const std::string& path, const package::Archive& archive);

/// The same with a text, in a file that only its owner may read.
Result<void> write_private_file(const std::string& path, std::string_view text);

}  // namespace fgsync::cli

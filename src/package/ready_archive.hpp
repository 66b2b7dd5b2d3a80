#pragma once

#include <string>

#include "base/result.hpp"
#include "package/descriptor.hpp"

namespace fgsync::package {

/// Whether an open file is a zip that can be deployed as it is. `shown` is what messages call it. Reads the directory
/// of the zip only. Errors (`invalid`): no zip, no files or too many, too large unpacked, encrypted, names that lead
/// out of where it is unpacked.
Result<void> check_ready_archive(const Descriptor& file, const std::string& shown);

}  // namespace fgsync::package

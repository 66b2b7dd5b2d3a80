#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "package/contents.hpp"

namespace fgsync::package {

/// Unpacks a zip that came from elsewhere into a directory, which is there and empty. Answers what was written, ordered
/// by the bytes of the paths. Everything is looked at before anything is written. Blocks.
/// Errors: `corrupt`, it is damaged or made to do harm (a name that leads out, more or larger files than limits.hpp
/// says): none of it may be used. `invalid`, it has what plain files cannot show (links, special files, encrypted
/// entries, names that clash or cannot be names here): it can only be kept as it is. `internal`: the disk.
Result<std::vector<FileDigest>> unpack(std::string_view zip, const std::string& directory);

/// The bytes of the entry with this digest: the code in an export package. Errors: `not_found`, no entry has it;
/// `corrupt`, it is no zip, or has too many or too large entries.
Result<std::string> find_entry(std::string_view zip, const RemoteDigest& digest);

}  // namespace fgsync::package

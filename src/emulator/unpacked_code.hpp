#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"
#include "emulator/model.hpp"

namespace fgsync::emulator {

/// Writes code into a new folder, read-only: the files of an archive, or a source text under its file name. Error
/// `invalid`: a name would leave the folder, there is too much of it, or it cannot be written; the folder may then hold
/// a part.
Result<void> unpack_code(const CodeFacts& code, std::string_view bytes, const std::filesystem::path& folder);

/// Removes a folder whatever its permissions are. What cannot be removed stays.
void remove_folder(const std::filesystem::path& folder) noexcept;

}  // namespace fgsync::emulator

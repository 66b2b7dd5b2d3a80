#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace fgsync::emulator {

/// Writes a file whole or not at all, replacing what is there: who reads it never sees a part. 0, or an errno.
int write_whole_file(const std::string& path, std::string_view text, mode_t mode);

}  // namespace fgsync::emulator

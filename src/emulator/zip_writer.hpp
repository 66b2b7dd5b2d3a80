#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fgsync::emulator {

struct ZipContent {
  std::string name;
  std::string_view bytes;
};

/// A zip of the files, stored without compression and without times: equal contents are equal archives. Throws
/// std::runtime_error when libzip fails.
std::string write_zip(const std::vector<ZipContent>& files);

}  // namespace fgsync::emulator

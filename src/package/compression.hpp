#pragma once

#include <cstddef>
#include <string_view>

namespace fgsync::package {

enum class ZipCompression { stored, deflated };

/// The level at which files are deflated (docs/adr/0012).
inline constexpr int kDeflateLevel = 5;

/// As much of a file's beginning decides how it is packed.
inline constexpr std::size_t kSampleBytes = 64ULL * 1024;

/// How a file that begins like this is packed: stored when it is compressed or encrypted already, so that deflating
/// would take time and save less than two percent. A pure function of the sample, and of zlib where it is close.
ZipCompression compression_for(std::string_view sample);

}  // namespace fgsync::package

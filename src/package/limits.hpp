#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fgsync::package {

/// What the service unpacks at most (api: size limits, "OBS zip … 1.5 GB unpacked"). Its documents do not say which
/// kind of GB: the larger one here, the service has the last word.
inline constexpr std::uint64_t kMaxUnpackedBytes = 1536ULL * 1024 * 1024;
inline constexpr std::string_view kUnpackedLimit = "1.5 GB (1610612736 bytes), FunctionGraph's limit for unpacked code";

/// What the service takes in one call (api: size limits, FSS.1071). MB as above.
inline constexpr std::uint64_t kMaxArchiveBytes = 50ULL * 1024 * 1024;
inline constexpr std::string_view kArchiveLimit =
    "50 MB (52428800 bytes), FunctionGraph's limit for code sent in a call (FSS.1071)";

/// Our own: a directory of more files is a mistake more often than a function.
inline constexpr std::size_t kMaxFiles = 10'000;
inline constexpr std::string_view kFilesLimit = "10000 files, fgsync's own limit";

}  // namespace fgsync::package

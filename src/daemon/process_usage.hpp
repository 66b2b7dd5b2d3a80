#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace fgsync::daemon {

/// What this process uses of its machine. Nothing where it could not be read.
struct ProcessUsage {
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> open_descriptors;
  std::optional<double> cpu_seconds;  ///< user and system, since its start
};

/// Reads `/proc/self`, or another folder like it; three small reads that do not touch a disk.
ProcessUsage read_process_usage(const std::filesystem::path& folder = "/proc/self");

}  // namespace fgsync::daemon

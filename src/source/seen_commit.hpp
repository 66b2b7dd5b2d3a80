#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace fgsync::source {

/// The latest date of a commit that is believed, in the year 2255: git allows for more than the clock can express.
constexpr std::int64_t kLatestCommit = 9'000'000'000;

/// The commit that was checked out last, as a file next to the clone remembers it.
struct SeenCommit {
  std::string id;
  std::int64_t committed_at = 0;  ///< seconds since 1970, not negative and not after kLatestCommit
  bool is_rewound = false;        ///< see Checkout
};

/// Nothing when none was seen yet. Error `corrupt` when the file cannot be understood, or not be read.
Result<std::optional<SeenCommit>> read_seen(const std::string& path);

/// Durable, whole or not at all. Error `transient`.
Result<void> write_seen(const std::string& path, const SeenCommit& seen);

}  // namespace fgsync::source

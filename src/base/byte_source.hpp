#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace fgsync {

/// Bytes that do not change and can be read again and again, whether they are in memory or in a file of ours.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `into` with the bytes from `offset` on, all of which must be there. May block on the disk; safe from several
  /// threads.
  [[nodiscard]] virtual Result<void> read(std::uint64_t offset, std::span<char> into) const = 0;
};

/// Bytes that are few, or in memory anyway.
std::shared_ptr<const ByteSource> bytes_in_memory(std::string bytes);

}  // namespace fgsync

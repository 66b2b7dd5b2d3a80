#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "package/descriptor.hpp"

namespace fgsync::package {

/// A temporary file without a name, gone with its descriptor however we end: O_TMPFILE, or where the file system does
/// not know that, a file that is unlinked at once.
Result<Descriptor> open_temporary_file(const std::string& directory);

/// The second way of the above, for file systems that do not know the first.
Result<Descriptor> open_unlinked_file(const std::string& directory);

/// Bytes that are written once and then read: in memory while they are few, else in a temporary file. Reading is safe
/// from several threads.
class Spool {
 public:
  /// As many bytes are kept in memory.
  static constexpr std::uint64_t kInMemoryBytes = 1024ULL * 1024;

  /// The file, if one is needed, is made in $TMPDIR, else /tmp.
  Spool() = default;
  explicit Spool(std::string temporary_directory) : directory_(std::move(temporary_directory)) {}

  /// Writes over what is there or at the end, never behind it.
  Result<void> write_at(std::uint64_t offset, std::span<const char> bytes);
  /// Fills the buffer, or less at the end.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_in_memory() const { return !file_; }

 private:
  Result<void> move_to_file();
  Result<void> write_to_file(std::uint64_t offset, std::span<const char> bytes);

  std::string directory_;
  std::string memory_;
  std::optional<Descriptor> file_;
  std::uint64_t size_ = 0;
};

}  // namespace fgsync::package

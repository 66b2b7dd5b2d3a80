#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "package/compression.hpp"

namespace fgsync::package {

/// Where the bytes of a zip entry come from. Must outlive the call that gets it.
class EntrySource {
 public:
  EntrySource() = default;
  EntrySource(const EntrySource&) = delete;
  EntrySource& operator=(const EntrySource&) = delete;
  virtual ~EntrySource() = default;

  /// Starts at the beginning.
  virtual Result<void> open() = 0;
  /// The number of bytes put into `buffer`; 0 at the end.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  /// How many bytes there will be.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// Where the bytes of a zip go.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;

  /// Writes at the end, or over what was written since the last `settle`.
  virtual Result<void> write_at(std::uint64_t offset, std::span<const char> bytes) = 0;
  /// Says that nothing before `offset` will change any more.
  virtual Result<void> settle(std::uint64_t offset) = 0;
};

enum class ZipMode { plain, executable };

struct ZipEntry {
  std::string name;  ///< as `is_entry_name` wants it
  ZipMode mode = ZipMode::plain;
  ZipCompression compression = ZipCompression::stored;
  EntrySource* bytes = nullptr;
};

/// A zip of the entries (at least one) in the given order, in fixed form: 1980-01-01 00:00, mode 0644 or 0755, made by
/// UNIX, no extra fields, no comments. The entries are read one after the other, each once, and never more than a
/// little of them is in memory. Errors: that of the source or sink that failed; names that are twice there, or none.
Result<void> write_zip(std::span<const ZipEntry> entries, ByteSink& sink);

}  // namespace fgsync::package

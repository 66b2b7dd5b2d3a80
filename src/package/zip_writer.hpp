#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace fgsync::package {

/// Where the bytes of a zip entry come from. Must outlive the call that gets it.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Starts at the beginning.
  virtual Result<void> open() = 0;
  /// The number of bytes put into `buffer`; 0 at the end.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  /// How many bytes there will be.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
};

enum class ZipMode { plain, executable };
enum class ZipCompression { stored, deflated };

struct ZipEntry {
  std::string name;  ///< UTF-8, `/` between parts
  ZipMode mode = ZipMode::plain;
  ByteSource* bytes = nullptr;
};

/// A zip of the entries in the given order, in fixed form: 1980-01-01 00:00, mode 0644 or 0755, made by UNIX, no extra
/// fields, no comments. The entries are read one after the other, each once. Errors: that of the source that failed.
Result<std::string> write_zip(std::span<const ZipEntry> entries, ZipCompression compression);

}  // namespace fgsync::package

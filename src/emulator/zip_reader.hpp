#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::emulator {

/// The entries of a zip file in memory.
class ZipReader {
 public:
  /// Nothing when the bytes are not a zip file. They must outlive the reader.
  static std::optional<ZipReader> open(std::string_view bytes);

  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

  /// Entry names as stored, in order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// What the archive says that an entry will inflate to; nothing when it does not say.
  [[nodiscard]] std::optional<std::uint64_t> size_of(std::size_t index) const;
  /// The inflated bytes. Nothing when the entry is damaged, encrypted or inflates to another size than it says.
  [[nodiscard]] std::optional<std::string> read(std::size_t index) const;

 private:
  struct Impl;
  explicit ZipReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fgsync::emulator

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "package/contents.hpp"
#include "package/descriptor.hpp"

namespace fgsync::package {

/// Reads one file of a list from start to end, hashing it on the way, and makes sure that it is the file the scan saw
/// and stayed so: any difference is an error `conflict`.
class FileReader {
 public:
  FileReader(const std::string& directory, FileStamp expected);

  /// Starts at the beginning, also when called again.
  Result<void> open();
  /// The number of bytes put into `buffer`; 0 at the end of the file.
  Result<std::size_t> read(std::span<char> buffer);
  /// After the last read: the digest of what was read.
  Result<FileDigest> finish();

  /// Ends reading before the end of the file.
  void close() { file_.reset(); }

  [[nodiscard]] const FileStamp& expected() const { return expected_; }

 private:
  [[nodiscard]] Result<void> verify() const;
  [[nodiscard]] Error changed() const;

  std::string full_path_;
  FileStamp expected_;
  std::optional<Descriptor> file_;
  std::optional<Hasher> hasher_;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace fgsync::package

#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "package/contents.hpp"

namespace fgsync::package {

/// An open file descriptor, closed at the end of its life; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

/// The stamp of a file as the kernel reports it now.
FileStamp stamp_of(std::string path, const struct stat& status);

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

#include "package/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "package/text.hpp"

namespace fgsync::package {
namespace {

Error cannot_make(const std::string& directory, int error) {
  return {ErrorKind::internal, "cannot make a temporary file in " + quoted_path(directory) + ": " + reason(error) +
                                   "; set TMPDIR to a directory that can be written"};
}

/// $TMPDIR or one of its kin, else /tmp.
Result<std::string> default_directory() {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(error);
  if (!error) return directory.string();
  return fail(ErrorKind::internal,
              "cannot make a temporary file: TMPDIR is not the name of a directory; set it to one that can be written");
}

/// Where the kernel or the file system does not know O_TMPFILE.
bool is_unknown(int error) {
  return error == EOPNOTSUPP || error == EISDIR || error == EINVAL;
}

}  // namespace

Result<Descriptor> open_temporary_file(const std::string& directory) {
  Descriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR));
  if (file.is_open()) return file;
  const int error = errno;
  if (is_unknown(error)) return open_unlinked_file(directory);
  return fail(cannot_make(directory, error));
}

Result<Descriptor> open_unlinked_file(const std::string& directory) {
  std::string name = directory + "/fgsync-XXXXXX";
  Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) return fail(cannot_make(directory, errno));
  ::unlink(name.c_str());
  return file;
}

Result<void> Spool::write_at(std::uint64_t offset, std::span<const char> bytes) {
  const std::uint64_t end = offset + bytes.size();
  if (!file_ && end > kInMemoryBytes) {
    if (auto moved = move_to_file(); !moved) return moved;
  }
  if (file_) {
    if (auto written = write_to_file(offset, bytes); !written) return written;
  } else {
    if (end > memory_.size()) memory_.resize(static_cast<std::size_t>(end));
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  size_ = std::max(size_, end);
  return {};
}

Result<std::size_t> Spool::read_at(std::uint64_t offset, std::span<char> buffer) const {
  const std::uint64_t left = size_ - std::min(offset, size_);
  buffer = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left)));
  if (!file_) {
    std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(std::min(offset, size_)), buffer.size(), buffer.begin());
    return buffer.size();
  }
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t count =
        ::pread(file_->number(), buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail(ErrorKind::internal, "cannot read a temporary file back: " + reason(count < 0 ? errno : EIO));
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> Spool::move_to_file() {
  if (directory_.empty()) {
    auto directory = default_directory();
    if (!directory) return fail(std::move(directory).error());
    directory_ = std::move(*directory);
  }
  auto file = open_temporary_file(directory_);
  if (!file) return fail(std::move(file).error());
  file_.emplace(std::move(*file));
  auto written = write_to_file(0, memory_);
  std::string().swap(memory_);
  return written;
}

Result<void> Spool::write_to_file(std::uint64_t offset, std::span<const char> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pwrite(file_->number(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorKind::internal, "cannot write a temporary file in " + quoted_path(directory_) + ": " +
                                           reason(errno) + "; make room, or set TMPDIR to a directory with more");
    }
    done += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace fgsync::package

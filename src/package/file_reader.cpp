#include "package/file_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "package/text.hpp"

namespace fgsync::package {
namespace {

bool same(const FileStamp& left, const FileStamp& right) {
  return left.executable == right.executable && left.size == right.size && left.mtime_ns == right.mtime_ns &&
         left.ctime_ns == right.ctime_ns && left.inode == right.inode;
}

}  // namespace

FileReader::FileReader(const std::string& directory, FileStamp expected)
    : full_path_(directory + '/' + expected.path), expected_(std::move(expected)) {}

Error FileReader::changed() const {
  return {ErrorKind::conflict, quoted_path(full_path_) + " changed while it was being packaged"};
}

Result<void> FileReader::open() {
  bytes_read_ = 0;
  hasher_.emplace(Hasher::Function::sha256);
  // O_NONBLOCK: a named pipe put in the file's place must not hold us up; verify() refuses it.
  file_.emplace(::open(full_path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file_->is_open()) return verify();
  const int error = errno;
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) return fail(changed());
  return fail(ErrorKind::invalid, "cannot read " + quoted_path(full_path_) + ": " + reason(error));
}

Result<std::size_t> FileReader::read(std::span<char> buffer) {
  ssize_t count = 0;
  do {
    count = ::read(file_->number(), buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    return fail(ErrorKind::transient, "cannot read " + quoted_path(full_path_) + ": " + reason(errno));
  }
  const auto size = static_cast<std::size_t>(count);
  bytes_read_ += size;
  // A file that grows while it is read must not keep us reading.
  if (bytes_read_ > expected_.size) return fail(changed());
  hasher_->update({buffer.data(), size});
  return size;
}

Result<FileDigest> FileReader::finish() {
  if (bytes_read_ != expected_.size) return fail(changed());
  if (auto verified = verify(); !verified) return fail(std::move(verified).error());
  file_.reset();
  std::string sha256 = hasher_->hex();
  hasher_.reset();
  return FileDigest{expected_.path, expected_.executable, expected_.size, std::move(sha256)};
}

Result<void> FileReader::verify() const {
  struct stat status{};
  if (::fstat(file_->number(), &status) != 0 || !S_ISREG(status.st_mode)) return fail(changed());
  if (!same(stamp_of(expected_.path, status), expected_)) return fail(changed());
  return {};
}

}  // namespace fgsync::package

// A regular file is written beside its place first and then renamed, so nobody ever sees half an archive. The name of
// the temporary is random and must be new: whatever else lies there belongs to somebody. What is no regular file must
// not be renamed over (-O /dev/stdout would replace the link in /dev), so it is opened and written to.
#include "cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <random>
#include <system_error>

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot_write(const std::string& path, const std::string& why) {
  return fail(ErrorKind::internal, "cannot write " + path + ": " + why);
}

tl::unexpected<Error> cannot_write(const std::string& path, int error) {
  return cannot_write(path,
                      std::generic_category().message(error) + "; check the directory, its rights and the space left");
}

/// What is written: to an open file, of which the name is for messages.
using Content = std::function<Result<void>(int descriptor, const std::string& name)>;

constexpr mode_t kForEveryone = 0666;  // and what the umask leaves of it
constexpr mode_t kForOwner = 0600;

Result<void> write_in_place(const std::string& path, const Content& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  auto written = content(file, path);
  if (::close(file) != 0 && written) written = cannot_write(path, errno);
  return written;
}

struct Temporary {
  int file;  ///< negative: see errno
  std::string path;
};

/// A new file with the rights that the umask leaves, unlike mkostemp's.
Temporary open_temporary(const fs::path& directory, mode_t mode) {
  constexpr int kMaxTries = 100;
  std::random_device random;
  Temporary temporary{.file = -1, .path = {}};
  for (int i = 0; i < kMaxTries; ++i) {
    temporary.path = (directory / (".fgsync-" + std::to_string(random()) + ".partial")).string();
    temporary.file = ::open(temporary.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (temporary.file >= 0 || errno != EEXIST) break;
  }
  return temporary;
}

/// Messages name `shown`, which may be a link to `target`.
Result<void> replace(const fs::path& target, const std::string& shown, mode_t mode, const Content& content) {
  const Temporary temporary = open_temporary(target.parent_path(), mode);
  if (temporary.file < 0) return cannot_write(shown, errno);
  auto written = content(temporary.file, shown);
  if (written && ::fsync(temporary.file) != 0) written = cannot_write(shown, errno);
  if (::close(temporary.file) != 0 && written) written = cannot_write(shown, errno);
  if (written && ::rename(temporary.path.c_str(), target.c_str()) != 0) written = cannot_write(shown, errno);
  if (!written) ::unlink(temporary.path.c_str());
  return written;
}

Result<void> write(const std::string& path, mode_t mode, const Content& content) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) return write_in_place(path, content);
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    return failed ? cannot_write(path, failed.value()) : replace(real, path, mode, content);
  }
  if (errno != ENOENT) return cannot_write(path, errno);
  std::error_code failed;
  if (const fs::path leads_to = fs::read_symlink(path, failed); !failed) {
    return cannot_write(path, "it is a link to " + leads_to.string() +
                                  ", which does not exist; remove the link, or name the file that it should lead to");
  }
  return replace(path, path, mode, content);
}

Result<void> write_all(int descriptor, const std::string& name, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(descriptor, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return cannot_write(name, errno);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

}  // namespace

Result<void> write_file(const std::string& path, const package::Archive& archive) {
  return write(path, kForEveryone,
               [&archive](int descriptor, const std::string& name) { return archive.write_to(descriptor, name); });
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
  return write(path, kForOwner,
               [text](int descriptor, const std::string& name) { return write_all(descriptor, name, text); });
}

}  // namespace fgsync::cli

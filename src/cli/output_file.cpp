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

Result<void> write_in_place(const std::string& path, const package::Archive& archive) {
  const int file = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (file < 0) return cannot_write(path, errno);
  auto written = archive.write_to(file, path);
  if (::close(file) != 0 && written) written = cannot_write(path, errno);
  return written;
}

struct Temporary {
  int file;  ///< negative: see errno
  std::string path;
};

/// A new file with the rights that the umask leaves, unlike mkostemp's.
Temporary open_temporary(const fs::path& directory) {
  constexpr int kMaxTries = 100;
  std::random_device random;
  Temporary temporary{.file = -1, .path = {}};
  for (int i = 0; i < kMaxTries; ++i) {
    temporary.path = (directory / (".fgsync-" + std::to_string(random()) + ".partial")).string();
    temporary.file = ::open(temporary.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (temporary.file >= 0 || errno != EEXIST) break;
  }
  return temporary;
}

/// Messages name `shown`, which may be a link to `target`.
Result<void> replace(const fs::path& target, const std::string& shown, const package::Archive& archive) {
  const Temporary temporary = open_temporary(target.parent_path());
  if (temporary.file < 0) return cannot_write(shown, errno);
  auto written = archive.write_to(temporary.file, shown);
  if (written && ::fsync(temporary.file) != 0) written = cannot_write(shown, errno);
  if (::close(temporary.file) != 0 && written) written = cannot_write(shown, errno);
  if (written && ::rename(temporary.path.c_str(), target.c_str()) != 0) written = cannot_write(shown, errno);
  if (!written) ::unlink(temporary.path.c_str());
  return written;
}

}  // namespace

Result<void> write_file(const std::string& path, const package::Archive& archive) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) return write_in_place(path, archive);
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    return failed ? cannot_write(path, failed.value()) : replace(real, path, archive);
  }
  if (errno != ENOENT) return cannot_write(path, errno);
  std::error_code failed;
  if (const fs::path leads_to = fs::read_symlink(path, failed); !failed) {
    return cannot_write(path, "it is a link to " + leads_to.string() +
                                  ", which does not exist; remove the link, or name the file that it should lead to");
  }
  return replace(path, path, archive);
}

}  // namespace fgsync::cli

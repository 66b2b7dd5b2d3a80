#include "cli/adoption_place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

Error disk_error(const std::string& what, int error) {
  return {ErrorKind::internal, what + ": " + std::generic_category().message(error)};
}

/// So that the name survives a power cut. Where a folder cannot be opened for that, it has to do without.
void flush_names(const fs::path& folder) {
  const package::Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.is_open()) ::fsync(directory.number());
}

constexpr const char* kPrefix = ".fgsync-adopt-";

/// The directory, held: nobody else holds it. Closed when somebody does, or it cannot be opened.
package::Descriptor held(const std::string& path) {
  package::Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (directory.is_open() && ::flock(directory.number(), LOCK_EX | LOCK_NB) != 0) return package::Descriptor(-1);
  return directory;
}

bool is_old(const package::Descriptor& directory) {
  constexpr std::time_t kSeconds = 60;
  struct stat status{};
  return ::fstat(directory.number(), &status) == 0 && std::time(nullptr) - status.st_mtime >= kSeconds;
}

}  // namespace

std::vector<std::string> remove_leftovers(const std::string& directory) {
  std::vector<std::string> removed;
  std::error_code failed;
  for (fs::directory_iterator next(directory, failed), end; !failed && next != end; next.increment(failed)) {
    if (!next->path().filename().string().starts_with(kPrefix)) continue;
    const package::Descriptor leftover = held(next->path().string());
    if (!leftover.is_open() || !is_old(leftover)) continue;
    std::error_code kept;
    fs::remove_all(next->path(), kept);
    if (!kept) removed.push_back(next->path().lexically_normal().string());
  }
  return removed;
}

Workplace::Workplace(std::string path) : path_(std::move(path)), lock_(held(path_)) {}

Result<Workplace> Workplace::make(const std::string& directory) {
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (failed) return fail(disk_error("cannot make " + directory, failed.value()));
  std::string path = directory + "/" + kPrefix + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return fail(disk_error("cannot write to " + directory, errno));
  Workplace place(std::move(path));
  fs::create_directory(place.folder(), failed);
  if (failed) return fail(disk_error("cannot make " + place.folder(), failed.value()));
  return place;
}

Workplace::~Workplace() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

bool is_taken(const std::string& path) {
  std::error_code failed;
  return fs::symlink_status(path, failed).type() != fs::file_type::not_found;
}

Error taken(const std::string& path) {
  return {ErrorKind::invalid,
          path + " is there already, and nothing is overwritten: move it away, or name another folder with --into"};
}

Result<void> move_folder(const std::string& from, const std::string& to) {
  int moved = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (moved != 0 && errno == EEXIST) return fail(taken(to));
  if (moved != 0 && errno == EINVAL) {  // a file system that cannot promise it; an empty folder would be replaced
    if (is_taken(to)) return fail(taken(to));
    moved = ::rename(from.c_str(), to.c_str());
  }
  if (moved != 0) return fail(disk_error("cannot make " + to, errno));
  flush_names(to);
  flush_names(fs::path(to).parent_path());
  return {};
}

}  // namespace fgsync::cli

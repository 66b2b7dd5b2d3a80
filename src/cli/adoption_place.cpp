#include "cli/adoption_place.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "package/descriptor.hpp"

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

}  // namespace

Result<Workplace> Workplace::make(const std::string& directory) {
  std::error_code failed;
  fs::create_directories(directory, failed);
  if (failed) return fail(disk_error("cannot make " + directory, failed.value()));
  std::string path = directory + "/.fgsync-adopt-XXXXXX";
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

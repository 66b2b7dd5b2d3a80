#include "state/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace fgsync::state {
namespace {

std::string read_holder(int descriptor) {
  std::array<char, 256> text{};
  const auto size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string("another fgsync");
}

/// Whether the kernel's list of locks has a flock() on the file: `1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF`.
bool is_locked(const struct stat& file) {
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string mode;
    std::string access;
    std::string process;
    std::string place;
    words >> number >> kind >> mode >> access >> process >> place;
    if (kind != "FLOCK") continue;
    // Some file systems answer another device here than stat() does; the inode's number is the same.
    const auto colon = place.rfind(':');
    if (colon != std::string::npos && place.substr(colon + 1) == std::to_string(file.st_ino)) return true;
  }
  return false;
}

/// Who holds the lock is a courtesy to the next one: failing to write it is no failure.
void write_holder(int descriptor, const std::string& holder) {
  if (::ftruncate(descriptor, 0) != 0) return;
  [[maybe_unused]] const auto written = ::pwrite(descriptor, holder.data(), holder.size(), 0);
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& directory, const std::string& holder) {
  const std::string path = directory + "/lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorKind::internal, "cannot open " + path + ": " + std::generic_category().message(errno) +
                                         "; choose another state directory with --state, or run with --no-state");
  }
  FileLock lock(descriptor, path);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::conflict, "the state in " + directory + " is in use by " + read_holder(descriptor) +
                                         "; wait until it ends, or give this run a state of its own with --state");
  }
  write_holder(descriptor, holder);
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool FileLock::is_in_place() const {
  struct stat held{};
  struct stat there{};
  return ::fstat(descriptor_, &held) == 0 && ::stat(path_.c_str(), &there) == 0 && held.st_dev == there.st_dev &&
         held.st_ino == there.st_ino;
}

std::optional<std::string> lock_holder(const std::string& directory) {
  const int descriptor = ::open((directory + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  struct stat facts{};
  const bool is_there = ::fstat(descriptor, &facts) == 0;
  std::string holder = read_holder(descriptor);
  ::close(descriptor);
  if (!is_there || !is_locked(facts)) return std::nullopt;
  return holder;
}

Result<void> make_state_directory(const std::string& directory) {
  // Not create_directories: the mode must be right from the start, and for the parents too.
  std::filesystem::path path;
  int failed = 0;
  for (const auto& part : std::filesystem::path(directory)) {
    path /= part;
    failed = ::mkdir(path.c_str(), 0700) == 0 ? 0 : errno;
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) return {};
  const std::string why = failed == EEXIST ? "it is not a directory" : std::generic_category().message(failed);
  return fail(ErrorKind::internal, "cannot create the state directory " + directory + ": " + why +
                                       "; choose another with --state, or run with --no-state");
}

}  // namespace fgsync::state

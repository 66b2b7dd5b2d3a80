#include "package/descriptor.hpp"

#include <unistd.h>

#include <array>
#include <system_error>
#include <utility>

namespace fgsync::package {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * kNanosecondsPerSecond + time.tv_nsec;
}

}  // namespace

Descriptor::~Descriptor() {
  if (is_open()) ::close(number_);
}

FileStamp stamp_of(std::string path, const struct stat& status) {
  FileStamp stamp;
  stamp.path = std::move(path);
  stamp.executable = (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  stamp.size = static_cast<std::uint64_t>(status.st_size);
  stamp.mtime_ns = nanoseconds(status.st_mtim);
  stamp.ctime_ns = nanoseconds(status.st_ctim);
  stamp.inode = status.st_ino;
  return stamp;
}

std::string real_path_of(const Descriptor& file) {
  std::array<char, 4096> buffer{};
  const std::string link = "/proc/self/fd/" + std::to_string(file.number());
  const ssize_t size = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) == buffer.size()) return {};
  return {buffer.data(), static_cast<std::size_t>(size)};
}

bool is_inside(std::string_view real_path, std::string_view real_root) {
  if (real_root.empty() || !real_path.starts_with(real_root)) return false;
  return real_path.size() == real_root.size() || real_root == "/" || real_path[real_root.size()] == '/';
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISREG(mode)) return "a file";
  return "a device";
}

std::string reason(int error) {
  return std::generic_category().message(error);
}

}  // namespace fgsync::package

#include "emulator/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace fgsync::emulator {

int write_whole_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string temporary = path + ".tmp" + std::to_string(::getpid());
  // An earlier process of this number may have left one, which would keep its mode.
  ::unlink(temporary.c_str());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return errno;
  errno = EIO;  // for a short write, which is no error of its own
  const bool is_written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  int problem = is_written && ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (problem == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) problem = errno;
  if (problem != 0) ::unlink(temporary.c_str());
  return problem;
}

}  // namespace fgsync::emulator

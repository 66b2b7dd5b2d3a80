#include "emulator/port_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace fgsync::emulator {

Result<void> write_port_file(const std::string& path, std::uint16_t port) {
  const std::string temporary = path + ".tmp" + std::to_string(::getpid());
  const std::string text = std::to_string(port) + "\n";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool is_written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  is_written = is_written && ::fsync(file) == 0;
  int problem = errno;
  if (file >= 0) ::close(file);
  if (is_written) {
    is_written = std::rename(temporary.c_str(), path.c_str()) == 0;
    problem = errno;
  }
  if (is_written) return {};
  ::unlink(temporary.c_str());
  return fail(ErrorKind::invalid,
              "cannot write the port file " + path + ": " + std::generic_category().message(problem));
}

}  // namespace fgsync::emulator

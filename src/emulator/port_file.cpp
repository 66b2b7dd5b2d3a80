#include "emulator/port_file.hpp"

#include <system_error>

#include "emulator/whole_file.hpp"

namespace fgsync::emulator {

Result<void> write_port_file(const std::string& path, std::uint16_t port) {
  const int problem = write_whole_file(path, std::to_string(port) + "\n", 0644);
  if (problem == 0) return {};
  return fail(ErrorKind::invalid,
              "cannot write the port file " + path + ": " + std::generic_category().message(problem));
}

}  // namespace fgsync::emulator

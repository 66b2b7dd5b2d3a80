#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "emulator/service.hpp"

namespace fgsync::emulator {

/// What `fgsync-emulator` was asked to do.
struct CommandLine {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9480;
  std::string port_file;  ///< empty: none
  std::string state = ":memory:";
  std::string access_log = "-";
  ServiceOptions service;
};

/// The program ends at once: help, version, or flags that make no sense. What is to be said has been said.
struct ExitNow {
  int code;
};

std::variant<CommandLine, ExitNow> parse_command_line(int argc, char** argv);

}  // namespace fgsync::emulator

#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "emulator/control_options.hpp"
#include "emulator/listen_address.hpp"
#include "emulator/self_signed.hpp"
#include "emulator/service.hpp"
#include "help/command_shape.hpp"

namespace fgsync::emulator {

/// What `fgsync-emulator` was asked to do.
struct CommandLine {
  ListenAddress listen{"127.0.0.1", 9480};
  std::string port_file;  ///< empty: none
  std::string state = ":memory:";
  std::string access_log = "-";
  TlsIdentity identity;            ///< empty names: none
  std::string self_signed_folder;  ///< empty: none
  int max_body_mb = 80;
  std::chrono::seconds idle_timeout{60};
  std::chrono::seconds request_timeout{120};
  bool executes = false;  ///< functions really run
  unsigned max_executions = 8;
  ServiceOptions service;
  ControlOptions control;
};

/// The program ends at once: help, version, or flags that make no sense. What is to be said has been said.
struct ExitNow {
  int code;
};

/// The whole command line as data, for the manual page.
help::ProgramShape command_line_shape();

std::variant<CommandLine, ExitNow> parse_command_line(int argc, char** argv);

}  // namespace fgsync::emulator

#pragma once

#include <optional>
#include <string>

#include "emulator/fault_rules.hpp"
#include "emulator/listen_address.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace fgsync::emulator {

/// Faults, the control API and the seed, as the flags say.
struct ControlOptions {
  FaultPlan faults;
  std::optional<ListenAddress> control;  ///< absent: there is no control API
  std::string control_port_file;         ///< empty: none
  std::string seed_file;                 ///< empty: none

  // What was typed, which read_control_options() makes the above of.
  std::string faults_file;
  std::string latency;
  std::optional<int> rate;
  std::string control_text;
};

/// `options` must outlive the parsing.
void add_control_options(CLI::App& app, ControlOptions& options);

/// Why the program ends: an exit code, and what to say, with line breaks.
struct OptionProblem {
  int code;
  std::string text;
};
/// Understands what was typed, and reads the file of rules.
std::optional<OptionProblem> read_control_options(ControlOptions& options);

}  // namespace fgsync::emulator

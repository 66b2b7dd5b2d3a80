#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace fgsync::source {

/// A program to run. It gets nothing that does not stand here: no other variable, no descriptor, no input.
struct ChildCommand {
  std::string program;                   ///< a name, looked up in the absolute folders of `PATH`, or an absolute path
  std::vector<std::string> arguments;    ///< without the program itself
  std::string directory;                 ///< where it runs
  std::vector<std::string> environment;  ///< `NAME=value`, the whole environment
};

struct ChildLimits {
  Deadline deadline;
  std::size_t max_output_bytes = std::size_t{64} << 20U;  ///< more is an error
  std::size_t max_error_bytes = std::size_t{64} << 10U;   ///< more is dropped
  /// No file that it or its children write may get larger: whoever tries is killed by SIGXFSZ.
  std::optional<std::uint64_t> max_file_bytes = std::nullopt;
  /// Ends it before its time, as the deadline does.
  std::stop_token stop = {};
};

/// How a program ended, and what it said.
struct ChildEnd {
  int exit_code = 0;          ///< only without a signal
  std::optional<int> signal;  ///< that killed it
  std::string output;
  std::string errors;  ///< what it wrote to standard error, as far as it was kept
};

/// Runs a program to its end, in a process group of its own; whatever is left of the group then, is killed. At the
/// deadline the group gets SIGTERM, and SIGKILL a second later. Blocks; call it through offload(). An exit code is no
/// error. Errors: `not_found` (there is no such program), `timed_out`, `cancelled`, `invalid` (more output than
/// allowed, or it cannot be started).
Result<ChildEnd> run_child(const ChildCommand& command, const ChildLimits& limits, const Clock& clock);

}  // namespace fgsync::source

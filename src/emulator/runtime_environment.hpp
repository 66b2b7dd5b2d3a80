#pragma once

#include <string>
#include <vector>

#include "emulator/execution.hpp"

namespace fgsync::emulator {

inline constexpr std::size_t kMaxResultBytes = std::size_t{6} << 20U;

/// Where one run finds its things; absolute paths.
struct RunFolders {
  std::string code;
  std::string scratch;  ///< HOME and TMPDIR, its own
};

/// The whole environment of a run, `NAME=value`: the service's RUNTIME_ variables, the function's own ones, and a few
/// that every program needs. The function's cannot take the place of a RUNTIME_ variable.
std::vector<std::string> runtime_environment(const Execution& execution, const RunFolders& folders);

/// The job that a bootstrap reads (emulator/bootstrap/).
std::string runtime_job(const Execution& execution, const RunFolders& folders);

/// Millicores by the documented rule.
std::int64_t cpu_of(std::int64_t memory_mb);

}  // namespace fgsync::emulator

#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "emulator/executor.hpp"
#include "emulator/interpreters.hpp"

namespace fgsync::emulator {

struct ProcessExecutorOptions {
  Interpreters interpreters;
  unsigned max_at_once = 8;  ///< more wait for their turn
  std::filesystem::path temporary_folder = "/tmp";
};

/// Runs each execution in a process of its own (emulator/child_run.hpp): the limits are those of the function, the
/// environment is its own, its code is read-only. It is no sandbox: the code can read whatever this user can read, and
/// use the network. Destroy it when no run is under way. Error `invalid`: there is no place for temporary files.
Result<std::unique_ptr<Executor>> make_process_executor(const ProcessExecutorOptions& options, const Clock& clock);

}  // namespace fgsync::emulator

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "emulator/spawned_child.hpp"

namespace fgsync::emulator {

/// One run of a bootstrap (emulator/bootstrap/), and how long and how large it may be.
struct ChildPlan {
  ChildCommand command;
  std::string job;  ///< its standard input
  std::chrono::milliseconds start_timeout{3000};
  std::chrono::milliseconds timeout{3000};  ///< from when it says that it is initialized
  std::uint64_t memory_bytes = 0;           ///< of the child and its descendants together
  ChildLimits limits{};
  std::size_t max_result_bytes = 0;
  std::size_t log_bytes = 0;  ///< how much of the log's end is kept
};

/// Why the child was stopped, or that it was not.
enum class ChildStop { none, start_timeout, timeout, memory, result_size, cancelled };

struct ChildReport {
  ChildStop stop = ChildStop::none;
  std::optional<int> code;  ///< of a whole answer, with its result
  std::string result;
  std::string log;
  std::optional<int> signal;  ///< that ended it before it answered
  int exit_code = 0;
  std::chrono::microseconds duration{0};  ///< since it was initialized
  std::uint64_t memory_bytes = 0;         ///< the most that was seen
};

/// Runs the child to its answer, its end or a limit; then nothing of its process group is left. Blocks: call it through
/// offload(). Setting `cancelled` ends it soon. Error `transient`: it cannot be started.
Result<ChildReport> run_child(const ChildPlan& plan, const Clock& clock, const std::atomic<bool>& cancelled);

}  // namespace fgsync::emulator

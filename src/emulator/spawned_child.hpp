#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "emulator/descriptor.hpp"

namespace fgsync::emulator {

/// A program to start. It gets nothing that does not stand here.
struct ChildCommand {
  std::string program;  ///< an absolute path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< `NAME=value`, the whole of it
  std::string directory;                 ///< where it runs
};

/// What the kernel holds a child to; each of its own children gets the same.
struct ChildLimits {
  std::uint64_t data_bytes;
  std::uint64_t cpu_seconds;
  std::uint64_t file_bytes;  ///< of each file that it writes
};

/// A child in a process group of its own. Descriptor 0 is its job, 1 and 2 are its log, 3 is its answer; it inherits no
/// other. When this goes away, nothing of the group is left.
class SpawnedChild {
 public:
  static Result<SpawnedChild> start(const ChildCommand& command);

  SpawnedChild(const SpawnedChild&) = delete;
  SpawnedChild& operator=(const SpawnedChild&) = delete;
  SpawnedChild(SpawnedChild&& other) noexcept;
  SpawnedChild& operator=(SpawnedChild&&) = delete;
  ~SpawnedChild() { end(); }

  /// Our ends of its pipes; none of them blocks.
  Descriptor job;
  Descriptor log;
  Descriptor answer;

  /// To be set before it gets its job, so that they hold for whatever the job makes it do.
  void limit(const ChildLimits& limits) const;
  /// Without reaping it: its number stays its own.
  [[nodiscard]] bool has_ended() const;
  /// Resident memory of it and of those of its descendants that have a parent.
  [[nodiscard]] std::uint64_t memory_bytes() const;
  /// Kills the group, then waits for the child. Its status as of waitpid(2), -1 when it has been reaped before.
  int end();

 private:
  explicit SpawnedChild(pid_t id) : id_(id) {}

  pid_t id_;
};

/// The time as /proc gives it for the start of processes: clock ticks since the machine's start.
std::uint64_t process_ticks_now();

/// Kills whatever has `marker` in the environment that it was started with: descendants that left the group. Takes up
/// to 200 ms while there are processes that started at `since` or later and whose environment cannot be told yet.
void end_strays(const std::string& marker, std::uint64_t since);

}  // namespace fgsync::emulator

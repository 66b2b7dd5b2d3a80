#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace fgsync::state {

/// A kernel lock on `<directory>/lock`: one writer per state directory. It has no expiry: it dies with its holder.
class FileLock {
 public:
  /// Error `conflict`, naming the holder, when somebody has it; `internal` when the file cannot be made.
  static Result<FileLock> acquire(const std::string& directory, const std::string& holder);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// False when the file, or its directory, was removed or replaced: somebody else may have a lock there then, and what
  /// is written goes to files that nobody finds.
  [[nodiscard]] bool is_in_place() const;

 private:
  FileLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_ = -1;
  std::string path_;
};

/// Who holds the lock of the directory now; nothing when nobody does, or the system does not tell. Takes no lock
/// itself, so that nobody who wants it finds it taken.
std::optional<std::string> lock_holder(const std::string& directory);

/// Creates the directory with its parents, mode 0700 for what is new. Error `internal` naming it.
Result<void> make_state_directory(const std::string& directory);

}  // namespace fgsync::state

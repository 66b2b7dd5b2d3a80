#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "source/git_clone.hpp"

namespace fgsync::source {

/// The folders with the files of commits, each named after its commit. A folder is there whole or not at all. Who uses
/// one holds a shared lock on it, so that it stays, whatever object or process made it.
class GitCheckouts {
 public:
  /// Touches nothing.
  explicit GitCheckouts(std::string directory) : directory_(std::move(directory)) {}

  /// What a killed process left half made or half removed, and what was made before the machine was started.
  void remove_leftovers() const;
  /// Makes the commit's folder, unless it is there. Errors: `invalid` (too large, paths that cannot be written),
  /// `transient` (disk full), `corrupt` (the clone is).
  [[nodiscard]] Result<void> make(const std::string& commit_id, const RepositorySettings& settings,
                                  const GitClone& clone) const;
  /// Keeps the folder as long as a copy of the result lives.
  [[nodiscard]] Result<std::shared_ptr<void>> hold(const std::string& commit_id) const;
  /// Removes the folders that nobody holds.
  void remove_unused() const;

  [[nodiscard]] std::string path_of(const std::string& commit_id) const { return directory_ + "/" + commit_id; }

 private:
  std::string directory_;
};

}  // namespace fgsync::source

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "source/child_process.hpp"
#include "source/git_access.hpp"

namespace fgsync::source {

/// The git program on behalf of one repository, until one deadline. It sees no configuration but what it is given here,
/// runs no hook and no filter, asks nobody, and speaks one protocol.
class GitProgram {
 public:
  GitProgram(const RepositorySettings& settings, const GitAccess& access, Deadline deadline, const Clock& clock);

  /// Adds settings of git, or variables.
  void set(const std::vector<GitAccess::Option>& options, const std::vector<std::string>& environment);

  /// Runs it in the repository's directory. An exit code is no error, but a signal is, except that of a file that grew
  /// too large. Errors: `invalid` without git, `timed_out`.
  [[nodiscard]] Result<ChildEnd> run(std::vector<std::string> arguments,
                                     const std::vector<std::string>& more_environment = {}) const;

  /// The same for another program that git needs, too.
  [[nodiscard]] Result<ChildEnd> run_other(const std::string& program, std::vector<std::string> arguments) const;

  [[nodiscard]] Deadline deadline() const { return limits_.deadline; }

 private:
  [[nodiscard]] Result<ChildEnd> start(const std::string& program, std::vector<std::string> arguments,
                                       std::vector<std::string> environment) const;

  std::string directory_;
  std::string shown_url_;
  std::string shown_time_;
  std::vector<GitAccess::Option> options_;
  std::vector<std::string> environment_;
  ChildLimits limits_;
  const Clock& clock_;
};

}  // namespace fgsync::source

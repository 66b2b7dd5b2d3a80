#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "source/git_repository.hpp"
#include "tests/source/temp_tree.hpp"

namespace fgsync::source::test {

/// A real repository in a temporary directory, `origin`, reached by file://, and the settings of somebody who follows
/// it from the folder `follower`.
class GitOrigin {
 public:
  using Strings = std::vector<std::string>;

  explicit GitOrigin(const Strings& init_options = {});

  /// Runs git in a folder; what it printed, without the last line break. Throws if it fails.
  std::string git(const Strings& arguments, const std::string& directory = "origin") const;
  /// Commits all that lies in `origin`, an hour later than the one before; its id.
  std::string commit(const std::string& subject = "a commit", const Strings& options = {});
  /// Writes a file and commits it.
  std::string commit_file(const std::string& path, const std::string& text);

  /// For the dates of commits.
  void move_clock(int hours) { hour_ += hours; }

  RepositorySettings& settings() { return settings_; }
  [[nodiscard]] std::unique_ptr<Repository> repository() const;
  /// look() and then check_out(). Throws if one fails.
  [[nodiscard]] Checkout check_out() const;
  /// The message with which one of the two fails.
  [[nodiscard]] Error problem() const;
  [[nodiscard]] const TempTree& tree() const { return tree_; }
  [[nodiscard]] std::string folder(const std::string& name = {}) const;
  Strings& variables() { return variables_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  TempTree tree_;
  SystemClock clock_;
  RepositorySettings settings_;
  Strings variables_;
  int hour_ = 0;
};

/// The text of a file.
std::string text_of(const std::string& path);

/// The names in a folder, in order.
std::vector<std::string> names_in(const std::string& path);

}  // namespace fgsync::source::test

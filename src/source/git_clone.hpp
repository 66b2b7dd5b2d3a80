#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "source/git_failures.hpp"
#include "source/git_program.hpp"
#include "source/seen_commit.hpp"

namespace fgsync::source {

/// A bare, shallow clone that holds the one commit which is followed, and as much of its history as it takes to see
/// what it follows from. A cache: whoever gets an error `corrupt` may throw it away and make another.
class GitClone {
 public:
  /// Touches nothing. All references must live longer.
  GitClone(std::string directory, const RepositorySettings& settings, const GitAccess& access, const GitProgram& git);

  /// Whether it is there and of this repository.
  [[nodiscard]] bool is_usable(const std::string& commit_id) const;
  /// What a killed process left behind: locks and halves of packs.
  void remove_leftovers() const;
  void discard() const;
  /// Takes the place of another one.
  [[nodiscard]] Result<void> replace(const GitClone& other) const;

  /// Whether the commit with all its files is here.
  [[nodiscard]] Result<bool> holds(const std::string& commit_id) const;
  /// Fetches the commit, and makes the clone before if it is not there. With a commit that was seen before, what came
  /// since is fetched as well.
  [[nodiscard]] Result<void> fetch(const std::string& commit_id, const std::optional<SeenCommit>& seen) const;
  /// Whether the commit follows from the one seen before: false when that is not known either.
  [[nodiscard]] Result<bool> follows(const std::string& commit_id, const SeenCommit& seen) const;
  /// What is fetched: a commit, or a tag of one.
  [[nodiscard]] Result<std::string> fetched_object() const;
  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// Drops what is not needed any more, now and then.
  void tidy() const;

  /// git in this clone; exit codes other than 0 are errors. Errors also: `corrupt` when the reason is not known.
  [[nodiscard]] Result<std::string> run(std::vector<std::string> arguments) const;
  /// The same with a work tree and an index.
  [[nodiscard]] Result<void> run_in(const std::string& work_tree, const std::string& index,
                                    std::vector<std::string> arguments) const;
  /// The same, of which an exit code is no error.
  [[nodiscard]] Result<ChildEnd> try_run(std::vector<std::string> arguments) const;

 private:
  [[nodiscard]] Result<void> make(const std::string& commit_id) const;
  [[nodiscard]] Result<ChildEnd> fetch_from(const std::string& source, const std::string& depth) const;
  [[nodiscard]] Result<void> fetch_tip(const std::string& commit_id, const std::string& depth) const;
  [[nodiscard]] Result<bool> is_ancestor(const std::string& older, const std::string& newer) const;
  [[nodiscard]] Result<bool> is_shallow() const;
  [[nodiscard]] std::string origin(const std::string& commit_id) const;
  [[nodiscard]] Error explain(const ChildEnd& end, Talks talks) const;
  [[nodiscard]] Error explain_missing(const std::string& commit_id) const;

  std::string directory_;
  const RepositorySettings& settings_;
  const GitAccess& access_;
  const GitProgram& git_;
};

/// `refs/heads/NAME` and so on; `HEAD`; empty for a commit's id.
std::string name_of_reference(const RepositorySettings& settings);

}  // namespace fgsync::source

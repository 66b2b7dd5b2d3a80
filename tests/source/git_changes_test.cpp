#include "source/git_changes.hpp"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "source/child_process.hpp"
#include "tests/source/temp_tree.hpp"
#include "tests/support/fake_clock.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

/// A temporary directory, the working directory meanwhile, for repositories.
class Place {
 public:
  Place() {
    settings_.inherited_environment = {std::string("PATH=") + std::getenv("PATH"), "HOME=" + tree_.absolute("home")};
    tree_.write("home/.gitconfig",
                "[user]\nname = Test\nemail = test@example.com\n[init]\ndefaultBranch = main\n"
                "[protocol \"file\"]\nallow = always\n");
  }

  /// Runs git in a folder; what it printed.
  std::string git(const std::string& directory, const Strings& arguments) const {
    auto end = run_child({.program = "git",
                          .arguments = arguments,
                          .directory = directory,
                          .environment = settings_.inherited_environment},
                         {.deadline = clock_.in(std::chrono::minutes(1))}, clock_);
    if (!end) throw std::runtime_error(end.error().describe());
    if (end->exit_code != 0) throw std::runtime_error(arguments.front() + ": " + end->errors);
    return end->output;
  }

  void make_repository(const std::string& directory) const {
    fs::create_directories(directory);
    git(directory, {"init", "-q"});
  }

  void commit(const std::string& directory) const {
    git(directory, {"add", "--all"});
    git(directory, {"commit", "-q", "--allow-empty", "-m", "a commit"});
  }

  /// The changes, relative to the place.
  [[nodiscard]] Strings changes(const std::string& root, const std::string& revision) const {
    auto changed = changed_since(root, revision, settings_, clock_);
    if (!changed) return {"error: " + changed.error().describe()};
    for (std::string& path : *changed) {
      const std::string here = tree_.absolute() + "/";
      if (path.starts_with(here)) path.erase(0, here.size());
    }
    return *std::move(changed);
  }

  [[nodiscard]] std::string problem(const std::string& root, const std::string& revision) const {
    const auto changed = changed_since(root, revision, settings_, clock_);
    return changed ? "no problem" : changed.error().describe();
  }

  [[nodiscard]] const TempTree& tree() const { return tree_; }
  GitSettings& settings() { return settings_; }
  [[nodiscard]] const GitSettings& settings() const { return settings_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  TempTree tree_;
  GitSettings settings_;
  fgsync::test::FakeClock clock_;
};

/// A repository `r` with one commit.
class Repository : public Place {
 public:
  explicit Repository(const Strings& files = {"r/a.txt", "r/b.txt", "r/sub/c.txt"}) {
    make_repository("r");
    for (const std::string& file : files) tree().write(file, "first\n");
    commit("r");
  }
};

}  // namespace

TEST_CASE("git: without a change there is none") {
  const Repository place;
  CHECK(place.changes("r", "HEAD").empty());
  CHECK(place.changes("r/sub", "main").empty());
}

TEST_CASE("git: committed, staged, changed, deleted and new files are seen") {
  const Repository place({"r/committed", "r/staged", "r/changed", "r/deleted", "r/removed", "r/same"});
  place.tree().write("r/committed", "second\n");
  place.git("r", {"rm", "-q", "removed"});
  place.commit("r");
  place.tree().write("r/staged", "second\n");
  place.tree().write("r/added");
  place.git("r", {"add", "staged", "added"});
  place.tree().write("r/changed", "second\n");
  place.tree().write("r/new/deep/file");
  fs::remove("r/deleted");
  CHECK(place.changes("r", "HEAD~1") ==
        Strings{"r/added", "r/changed", "r/committed", "r/deleted", "r/new/deep/file", "r/removed", "r/staged"});
  CHECK(place.changes("r", "HEAD") == Strings{"r/added", "r/changed", "r/deleted", "r/new/deep/file", "r/staged"});
}

TEST_CASE("git: what counts is what lies in the work tree") {
  const Repository place({"r/back", "r/untracked"});
  place.tree().write("r/back", "second\n");
  place.git("r", {"add", "back"});
  place.tree().write("r/back", "first\n");
  place.git("r", {"rm", "-q", "--cached", "untracked"});
  CHECK(place.changes("r", "HEAD") == Strings{"r/untracked"});
}

TEST_CASE("git: a file that is touched but the same is no change") {
  const Repository place;
  fs::last_write_time("r/a.txt", fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(place.changes("r", "HEAD").empty());
  place.git("r", {"config", "diff.autoRefreshIndex", "false"});
  CHECK(place.changes("r", "HEAD").empty());
}

TEST_CASE("git: ignored files are not seen") {
  const Repository place({"r/.gitignore", "r/a"});
  place.tree().write("r/.gitignore", "*.o\n");
  place.tree().write("r/x.o");
  CHECK(place.changes("r", "HEAD") == Strings{"r/.gitignore"});
}

TEST_CASE("git: a moved file is a change in both places, whatever the user's configuration says") {
  const Repository place;
  place.git("r", {"config", "diff.renames", "copies"});
  place.git("r", {"config", "diff.relative", "false"});
  place.git("r", {"mv", "a.txt", "sub/a.txt"});
  CHECK(place.changes("r", "HEAD") == Strings{"r/a.txt", "r/sub/a.txt"});
}

TEST_CASE("git: the root may be a folder of the work tree; what lies outside of it is left out") {
  const Repository place;
  place.tree().write("r/a.txt", "second\n");
  place.tree().write("r/sub/c.txt", "second\n");
  place.tree().write("r/sub/new");
  place.tree().write("r/sub2/new");
  CHECK(place.changes("r/sub", "HEAD") == Strings{"r/sub/c.txt", "r/sub/new"});
}

TEST_CASE("git: paths are without links before the root") {
  const Repository place;
  place.tree().link("r", "link");
  place.tree().write("r/a.txt", "second\n");
  CHECK(place.changes("link", "HEAD") == Strings{"r/a.txt"});
  CHECK(place.changes("link/sub/..", "HEAD") == Strings{"r/a.txt"});
}

TEST_CASE("git: every byte of a name survives") {
  const Strings names = {"r/ leading", "r/a\nb", "r/caf\xc3\xa9", "r/latin\xe9", "r/quo\"te\\", "r/tab\t"};
  const Repository place(names);
  for (const std::string& name : names) place.tree().write(name, "second\n");
  place.tree().write("r/new\n\xff");
  Strings expected = names;
  expected.emplace_back("r/new\n\xff");
  std::sort(expected.begin(), expected.end());
  CHECK(place.changes("r", "HEAD") == expected);
}

TEST_CASE("git: a link that leads elsewhere now is a change") {
  const Repository place;
  place.tree().link("a.txt", "r/link");
  place.commit("r");
  fs::remove("r/link");
  place.tree().link("b.txt", "r/link");
  CHECK(place.changes("r", "HEAD") == Strings{"r/link"});
}

TEST_CASE("git: a change in a submodule, and a repository in the work tree, are changes of their folders") {
  const Repository place;
  place.make_repository("library");
  place.tree().write("library/x", "first\n");
  place.commit("library");
  place.git("r", {"submodule", "--quiet", "add", place.tree().absolute("library"), "lib"});
  place.git("r", {"config", "diff.ignoreSubmodules", "all"});
  place.commit("r");
  CHECK(place.changes("r", "HEAD").empty());
  place.tree().write("r/lib/x", "second\n");
  place.make_repository("r/nested");
  place.tree().write("r/nested/y");
  place.commit("r/nested");
  CHECK(place.changes("r", "HEAD") == Strings{"r/lib", "r/nested"});
}

TEST_CASE("git: REV... means the merge base with HEAD") {
  const Repository place;
  place.git("r", {"checkout", "-q", "-b", "feature"});
  place.tree().write("r/b.txt", "second\n");
  place.commit("r");
  place.git("r", {"checkout", "-q", "main"});
  place.tree().write("r/a.txt", "second\n");
  place.commit("r");
  place.git("r", {"checkout", "-q", "feature"});
  CHECK(place.changes("r", "main") == Strings{"r/a.txt", "r/b.txt"});
  CHECK(place.changes("r", "main...") == Strings{"r/b.txt"});
}

TEST_CASE("git: tags, branches, times and short names are revisions") {
  const Repository place;
  place.git("r", {"tag", "-a", "-m", "a tag", "v1"});
  const std::string commit = place.git("r", {"rev-parse", "HEAD"});
  place.tree().write("r/a.txt", "second\n");
  for (const std::string& revision : Strings{"v1", "main", "@", "refs/heads/main", commit.substr(0, 9), ":/a commit"}) {
    INFO(revision);
    CHECK(place.changes("r", revision) == Strings{"r/a.txt"});
  }
}

TEST_CASE("git: what is no revision is refused") {
  const Repository place;
  CHECK(place.problem("r", "") == "\"\" is no revision: name a commit, a branch or a tag");
  CHECK(place.problem("r", "...") == "\"...\" is no revision: name a commit, a branch or a tag");
  CHECK(place.problem("r", "--output=x") == "\"--output=x\" is no revision");
  CHECK(place.problem("r", "--all...") == "\"--all...\" is no revision");
  CHECK(place.problem("r", std::string("a\0b", 3)) == "\"a?b\" is no revision");
  CHECK(place.problem("r", "nowhere") == "git knows no commit \"nowhere\"");
  CHECK(place.problem("r", "^HEAD") == "git knows no commit \"^HEAD\"");
  CHECK(place.problem("r", "HEAD:a.txt") == "git knows no commit \"HEAD:a.txt\"");
  CHECK(place.problem("r", "main..HEAD") ==
        "\"main..HEAD\" is no revision; a range has too many: name its beginning, or REV... for the merge base of REV "
        "and HEAD");
  CHECK_FALSE(fs::exists("r/x"));
}

TEST_CASE("git: an unrelated branch has no merge base") {
  const Repository place;
  place.git("r", {"checkout", "-q", "--orphan", "other"});
  place.tree().write("r/a.txt", "second\n");
  place.commit("r");
  CHECK(place.problem("r", "main...") == "git finds no merge base of \"main\" and HEAD");
}

TEST_CASE("git: in a shallow clone the message says how to get more") {
  const Repository place;
  place.tree().write("r/a.txt", "second\n");
  place.commit("r");
  place.git(".", {"clone", "-q", "--depth", "1", "file://" + place.tree().absolute("r"), "shallow"});
  CHECK(place.changes("shallow", "HEAD").empty());
  CHECK(place.problem("shallow", "HEAD~1") ==
        "git knows no commit \"HEAD~1\": this is a shallow clone, which lacks older commits; fetch them, with git "
        "fetch --unshallow or with fetch-depth: 0 of actions/checkout");
}

TEST_CASE("git: outside of a work tree the message says so") {
  const Repository place;
  place.tree().write("plain/x");
  CHECK(place.problem("plain", "HEAD") == place.tree().absolute("plain") + " is not in a git repository");
  CHECK(place.problem("r/.git", "HEAD") ==
        place.tree().absolute("r/.git") + " is in a git repository, but not in its work tree");
  CHECK(place.problem("gone", "HEAD") == "the root gone cannot be read: No such file or directory");
}

TEST_CASE("git: a repository without a commit knows no revision") {
  const Place place;
  place.make_repository("empty");
  CHECK(place.problem("empty", "HEAD") == "git knows no commit \"HEAD\"");
}

TEST_CASE("git: the revision is the commit, and says whether the work tree differs from it") {
  const Repository place;
  const auto revision = [&place](const std::string& root) {
    return *current_revision(root, place.settings(), place.clock());
  };
  std::string commit = place.git("r", {"rev-parse", "HEAD"});
  commit.pop_back();
  CHECK(revision("r") == commit);
  place.tree().write("r/a.txt", "second\n");
  CHECK(revision("r") == commit + "-dirty");
  CHECK(revision("r/sub") == commit);
  place.tree().write("r/sub/new");
  CHECK(revision("r/sub") == commit + "-dirty");
}

TEST_CASE("git: without work tree, commit or program there is no revision, which is no mistake") {
  Place place;
  place.make_repository("empty");
  fs::create_directories("outside");
  CHECK(current_revision("empty", place.settings(), place.clock()).value().empty());
  CHECK(current_revision("outside", place.settings(), place.clock()).value().empty());
  place.settings().inherited_environment = {"PATH=/nowhere"};
  CHECK(current_revision("empty", place.settings(), place.clock()).value().empty());
}

TEST_CASE("git: without the program the message says so") {
  Repository place;
  place.settings().inherited_environment = {"PATH=/nowhere"};
  const auto changed = changed_since("r", "HEAD", place.settings(), place.clock());
  CHECK(changed.error().kind == ErrorKind::invalid);
  CHECK(changed.error().describe() == "git is not installed, or not in PATH");
}

TEST_CASE("git: a repository of somebody else is refused by git, and the message says what to do") {
  if (::geteuid() != 0) return;  // only root can give it away
  const Repository place;
  REQUIRE(::chown("r", 12345, 12345) == 0);
  const std::string where = place.tree().absolute("r");
  CHECK(place.problem("r", "HEAD") == "git refuses " + where +
                                          ", which belongs to another user; if you trust it: git config --global "
                                          "--add safe.directory " +
                                          where);
}

TEST_CASE("git: a repository cannot name programs to run") {
  Repository place;
  place.tree().write("r/.gitattributes", "* diff=evil\n");
  place.tree().write("evil", "#!/bin/sh\ntouch " + place.tree().absolute("ran") + "\n");
  fs::permissions("evil", fs::perms::owner_all);
  const std::string evil = place.tree().absolute("evil");
  for (const auto* key : {"core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager",
                          "pager.diff", "alias.diff", "alias.rev-parse", "core.sshCommand", "core.editor"}) {
    place.git("r", {"config", key, evil});
  }
  place.tree().write("r/.git/hooks/post-index-change", "#!/bin/sh\n" + evil + "\n");
  fs::permissions("r/.git/hooks/post-index-change", fs::perms::owner_all);
  fs::last_write_time("r/b.txt", fs::file_time_type::clock::now() + std::chrono::hours(1));
  place.tree().write("r/a.txt", "second\n");
  CHECK(place.changes("r", "HEAD") == Strings{"r/.gitattributes", "r/a.txt"});
  CHECK_FALSE(fs::exists("ran"));
}

TEST_CASE("git: nothing is fetched into a partial clone") {
  const Repository place;
  place.git("r", {"config", "uploadpack.allowFilter", "true"});
  place.tree().write("r/a.txt", "second\n");
  place.commit("r");
  place.git(".", {"clone", "-q", "--filter=tree:0", "file://" + place.tree().absolute("r"), "partial"});
  CHECK(place.problem("partial", "HEAD~1").starts_with("git failed: "));
  CHECK(place.changes("partial", "HEAD").empty());
}

TEST_CASE("git: variables of another repository do not lead astray") {
  Repository place;
  place.make_repository("other");
  place.tree().write("r/a.txt", "second\n");
  auto& environment = place.settings().inherited_environment;
  environment.insert(environment.end(), {"GIT_DIR=" + place.tree().absolute("other/.git"),
                                         "GIT_WORK_TREE=" + place.tree().absolute("other"), "GIT_INDEX_FILE=/nowhere",
                                         "GIT_OBJECT_DIRECTORY=/nowhere", "GIT_LITERAL_PATHSPECS=1",
                                         "GIT_EXTERNAL_DIFF=/nowhere", "LC_ALL=de_DE.UTF-8", "LANGUAGE=de"});
  const auto changed = changed_since("r", "HEAD", place.settings(), place.clock());
  REQUIRE(changed);
  CHECK(*changed == Strings{place.tree().absolute("r/a.txt")});
}

TEST_CASE("git: the environment keeps what is the user's and drops what is a repository's") {
  CHECK(git_environment({"PATH=/bin", "HOME=/home/x", "GIT_DIR=x", "GIT_SSH_COMMAND=x", "GIT_TRACE=1", "FGSYNC_TOKEN=s",
                         "GIT_CONFIG_GLOBAL=/g", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
                         "GIT_CONFIG_VALUE_0=*", "GIT_CONFIG_PARAMETERS='x.y=z'", "LC_ALL=de", "PATHS=x"}) ==
        Strings{"PATH=/bin", "HOME=/home/x", "GIT_CONFIG_GLOBAL=/g", "GIT_CONFIG_COUNT=1",
                "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
                "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "GIT_ALLOW_PROTOCOL=none",
                "GIT_NO_LAZY_FETCH=1"});
}

TEST_CASE("git: the time limit holds") {
  Repository place;
  place.settings().time_limit = std::chrono::milliseconds(0);
  const auto changed = changed_since("r", "HEAD", place.settings(), place.clock());
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::timed_out);
}

}  // namespace fgsync::source::test

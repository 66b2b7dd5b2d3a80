#include "source/git_repository.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <thread>

#include "tests/source/git_origin.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Kind = RepositorySettings::Reference;
using Strings = std::vector<std::string>;

unsigned mode_of(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path);
  return status.st_mode & 07777U;
}

Strings checkouts(const GitOrigin& origin) {
  Strings names = names_in(origin.folder("checkouts"));
  names.erase(std::remove(names.begin(), names.end(), ".boot"), names.end());
  return names;
}

/// What cannot be compressed.
std::string noise(std::size_t bytes, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(bytes, ' ');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

/// A stand-in for git in PATH, which may do something else for one of its commands.
void put_before_git(GitOrigin& origin, const std::string& command, const std::string& script) {
  origin.tree().write("bin/git", "#!/bin/sh\nfor word; do\n  if [ \"$word\" = " + command + " ]; then\n" + script +
                                     "\n  fi\ndone\nexec /usr/bin/git \"$@\"\n");
  fs::permissions("bin/git", fs::perms::owner_all);
  origin.settings().inherited_environment = {"PATH=" + origin.tree().absolute("bin") + ":/usr/bin:/bin"};
}

}  // namespace

TEST_CASE("git repository: the default branch is found and checked out") {
  GitOrigin origin;
  const std::string id = origin.commit_file("prod/fn.yaml", "kind: Function\n");
  const auto repository = origin.repository();
  REQUIRE(repository->look() == id);
  const auto checkout = repository->check_out(id);
  REQUIRE(checkout.has_value());
  CHECK(checkout->directory == origin.folder("checkouts/" + id));
  CHECK(text_of(checkout->directory + "/prod/fn.yaml") == "kind: Function\n");
  CHECK(names_in(checkout->directory) == Strings{"prod"});
  CHECK_FALSE(checkout->is_rewound);
}

TEST_CASE("git repository: the commit says who and when") {
  GitOrigin origin;
  const std::string id = origin.commit("first line\n\nmore");
  const Commit commit = origin.check_out().commit;
  CHECK(commit.id == id);
  CHECK(commit.author == "Ann Author <ann@example.com>");
  CHECK(commit.subject == "first line");
  CHECK(commit.committed_at == "2026-01-01T01:00:00Z");
}

TEST_CASE("git repository: a commit's text can neither command a terminal nor break JSON") {
  GitOrigin origin;
  origin.commit();
  const std::string raw = "tree " + origin.git({"rev-parse", "HEAD^{tree}"}) +
                          "\nauthor E\x1b[31m\xff\xc3 <ann@example.com> 1767229200 +0000\n"
                          "committer E <e@example.com> 1767229200 +0000\n\nred \x1b[31m";
  origin.tree().write("raw", raw + std::string(1000, 'x'));
  origin.git({"update-ref", "HEAD", origin.git({"hash-object", "-t", "commit", "-w", "../raw"})});
  const Commit commit = origin.check_out().commit;
  CHECK(commit.author == "E?[31m?? <ann@example.com>");
  CHECK(commit.subject.size() < 220);
  CHECK_THAT(commit.subject, Catch::Matchers::StartsWith("red ?[31mxxx"));
}

TEST_CASE("git repository: branches, tags and commits are followed") {
  GitOrigin origin;
  const std::string first = origin.commit_file("a", "1");
  origin.git({"tag", "light"});
  origin.git({"tag", "-a", "-m", "a tag", "heavy"});
  origin.git({"branch", "side/main"});
  const std::string second = origin.commit_file("a", "2");
  const auto [kind, reference, expected] = GENERATE_COPY(table<Kind, std::string, std::string>({
      {Kind::head, "", second},
      {Kind::branch, "main", second},
      {Kind::branch, "side/main", first},
      {Kind::tag, "light", first},
      {Kind::tag, "heavy", first},
      {Kind::commit, first, first},
  }));
  origin.settings().kind = kind;
  origin.settings().reference = reference;
  const Checkout checkout = origin.check_out();
  CHECK(checkout.commit.id == expected);
  CHECK(text_of(checkout.directory + "/a") == (expected == first ? "1" : "2"));
}

TEST_CASE("git repository: one with SHA-256 is followed") {
  GitOrigin origin({"--object-format=sha256"});
  const std::string id = origin.commit_file("a", "1");
  REQUIRE(id.size() == 64);
  CHECK(origin.check_out().commit.id == id);
}

TEST_CASE("git repository: the clone is shallow") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  origin.commit_file("a", "2");
  const Checkout checkout = origin.check_out();
  CHECK(origin.git({"rev-list", "--count", "--all"}, origin.folder("repository.git")) == "1");
}

TEST_CASE("git repository: only its user gets into the directory, and nobody changes the files of a checkout") {
  GitOrigin origin;
  origin.tree().write("origin/run.sh");
  fs::permissions("origin/run.sh", fs::perms::owner_all);
  origin.commit_file("folder/a", "1");
  fs::create_directories(origin.folder());
  fs::permissions(origin.folder(), fs::perms::all);
  const Checkout checkout = origin.check_out();
  CHECK(mode_of(origin.folder()) == 0700);
  CHECK(mode_of(checkout.directory) == 0700);
  CHECK((mode_of(checkout.directory + "/folder/a") & 0333) == 0);
  CHECK((mode_of(checkout.directory + "/run.sh") & 0700) == 0500);
}

TEST_CASE("git repository: files have the committed bytes, whatever attributes say") {
  GitOrigin origin;
  const std::string text = "$Id$ $Format:%H$\nline\r\nlast\n";
  const std::string encoded(
      "\xff\xfe"
      "a\0\n\0",
      6);
  for (const char* name : {"ident", "crlf", "lf", "filtered", "substituted", "deep/ident"}) {
    origin.tree().write(std::string("origin/") + name, text);
  }
  origin.tree().write("origin/encoded", encoded);
  origin.git({"add", "--all"});
  // Only now, so that git commits the bytes as they are.
  origin.commit("files");
  const std::string attributes =
      "[attr]all text eol=crlf ident\nident ident\ncrlf text eol=crlf\nlf text=auto eol=lf\nfiltered filter=evil\n"
      "substituted export-subst\nencoded working-tree-encoding=UTF-16LE\ndeep/* all\n";
  origin.tree().write("attributes", attributes);
  const std::string blob = origin.git({"hash-object", "-w", "--no-filters", "../attributes"});
  origin.git({"update-index", "--add", "--cacheinfo", "100644," + blob + ",.gitattributes"});
  origin.git({"update-index", "--add", "--cacheinfo", "100644," + blob + ",deep/.gitattributes"});
  origin.git({"commit", "-q", "-m", "attributes"});
  const Checkout checkout = origin.check_out();
  CHECK(text_of(checkout.directory + "/.gitattributes") == attributes);
  for (const char* name : {"ident", "crlf", "lf", "filtered", "substituted", "deep/ident"}) {
    CAPTURE(name);
    CHECK(text_of(checkout.directory + "/" + name) == text);
  }
  CHECK(text_of(checkout.directory + "/encoded") == encoded);
}

TEST_CASE("git repository: links stay links") {
  GitOrigin origin;
  origin.tree().link("/etc/passwd", "origin/outside");
  origin.commit();
  const Checkout checkout = origin.check_out();
  CHECK(fs::read_symlink(checkout.directory + "/outside") == "/etc/passwd");
}

TEST_CASE("git repository: submodules are not fetched") {
  GitOrigin origin;
  origin.tree().write("origin/.gitmodules",
                      "[submodule \"m\"]\npath = m\nurl = file://" + origin.tree().absolute("origin"));
  origin.git({"update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,m"});
  origin.git({"add", ".gitmodules"});
  origin.git({"commit", "-q", "-m", "a submodule"});
  const Checkout checkout = origin.check_out();
  CHECK(fs::is_directory(checkout.directory + "/m"));
  CHECK(fs::is_empty(checkout.directory + "/m"));
}

TEST_CASE("git repository: the user's configuration and hooks are not used") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  origin.tree().write("home/.gitconfig", "[core]\nautocrlf = broken\n[url \"file:///nowhere\"]\ninsteadOf = file://\n");
  // Neither in the home that is not inherited, nor in the one that git gets instead.
  origin.tree().write("state/follower/.gitconfig", "broken [");
  origin.settings().inherited_environment.push_back("HOME=" + origin.tree().absolute("home"));
  origin.settings().inherited_environment.push_back("GIT_DIR=/nowhere");
  origin.settings().inherited_environment.push_back("GIT_CONFIG_PARAMETERS='core.autocrlf=broken'");
  CHECK(origin.check_out().commit.subject == "a commit");
}

TEST_CASE("git repository: a work tree around the directory does not matter") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  fs::create_directories("state");
  origin.git({"init", "-q"}, "state");
  origin.git({"config", "core.hooksPath", "nonsense"}, "state");
  origin.tree().write("state/.git/config", "broken [");
  CHECK_NOTHROW(origin.check_out());
}

TEST_CASE("git repository: a new commit that follows is no rewind") {
  GitOrigin origin;
  for (int i = 0; i < 5; ++i) origin.commit();
  REQUIRE_FALSE(origin.check_out().is_rewound);
  const int commits = GENERATE(1, 2, 30);
  for (int i = 0; i < commits; ++i) origin.commit();
  CHECK_FALSE(origin.check_out().is_rewound);
  // Nothing older than what was seen is needed for that.
  CHECK(origin.git({"rev-list", "--count", "--all"}, origin.folder("repository.git")) == std::to_string(commits + 1));
}

TEST_CASE("git repository: a merge that holds the old commit is no rewind") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  origin.git({"checkout", "-q", "-b", "side"});
  origin.commit_file("b", "1");
  origin.git({"checkout", "-q", "main"});
  origin.commit_file("c", "1");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  origin.git({"merge", "-q", "--no-ff", "-m", "merge", "side"});
  CHECK_FALSE(origin.check_out().is_rewound);
}

TEST_CASE("git repository: clocks that differ do not make a rewind") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  origin.move_clock(-1000);
  for (int i = 0; i < 3; ++i) origin.commit();
  CHECK_FALSE(origin.check_out().is_rewound);
}

TEST_CASE("git repository: a commit from the far future is followed, and what comes after it") {
  GitOrigin origin;
  origin.commit();
  const std::string raw = "tree " + origin.git({"rev-parse", "HEAD^{tree}"}) +
                          "\nauthor E <e@example.com> 99999999999 +0000\ncommitter E <e@example.com> 99999999999 "
                          "+0000\n\nfuture\n";
  origin.tree().write("raw", raw);
  origin.git({"update-ref", "HEAD", origin.git({"hash-object", "-t", "commit", "-w", "../raw"})});
  CHECK(origin.check_out().commit.committed_at == "2255-03-14T16:00:00Z");
  origin.commit();
  CHECK_FALSE(origin.check_out().is_rewound);
}

TEST_CASE("git repository: rewritten history is a rewind until another commit follows, beyond restarts") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  origin.commit_file("a", "2");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  origin.git({"reset", "-q", "--hard", "HEAD~1"});
  const bool is_amended = GENERATE(false, true);
  if (is_amended) origin.commit_file("a", "3");
  CHECK(origin.check_out().is_rewound);
  CHECK(origin.check_out().is_rewound);
  origin.commit_file("b", "1");
  CHECK_FALSE(origin.check_out().is_rewound);
}

TEST_CASE("git repository: unrelated history is a rewind") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  origin.git({"checkout", "-q", "--orphan", "other"});
  origin.commit_file("a", "2");
  origin.git({"branch", "-M", "other", "main"});
  CHECK(origin.check_out().is_rewound);
}

TEST_CASE("git repository: what cannot be remembered counts as rewound") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  const std::string text = GENERATE_COPY(as<std::string>(), "", "nonsense\n", id + " 12 sideways\n",
                                         id + " x followed\n", id + " 12 followed", id + " 99999999999999 followed\n");
  std::ofstream(origin.folder("seen")) << text;
  CHECK(origin.check_out().is_rewound);
  CHECK(origin.check_out().is_rewound);
}

TEST_CASE("git repository: without its clone a rewind is seen, too") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  origin.commit_file("a", "2");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  fs::remove_all(origin.folder("repository.git"));
  const bool is_rewritten = GENERATE(false, true);
  if (is_rewritten) origin.git({"reset", "-q", "--hard", "HEAD~1"});
  origin.commit_file("a", "3");
  CHECK(origin.check_out().is_rewound == is_rewritten);
}

TEST_CASE("git repository: a server that knows no dates and ids is served in steps") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_FALSE(origin.check_out().is_rewound);
  for (int i = 0; i < 20; ++i) origin.commit();
  put_before_git(
      origin, "fetch",
      "for word; do case $word in --shallow-since=*) echo 'fatal: Server does not support --shallow-since' >&2; "
      "exit 128;; +????????????????????????????????????????:*) echo 'error: Server does not allow request for "
      "unadvertised object' >&2; exit 1;; esac; done");
  CHECK_FALSE(origin.check_out().is_rewound);
  origin.git({"reset", "-q", "--hard", "HEAD~1"});
  CHECK(origin.check_out().is_rewound);
}

TEST_CASE("git repository: a branch that moved since it was looked at is a conflict") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  const auto repository = origin.repository();
  const std::string missing(40, '1');
  const auto checkout = repository->check_out(missing);
  REQUIRE_FALSE(checkout.has_value());
  CHECK(checkout.error().kind == ErrorKind::conflict);
  CHECK_THAT(checkout.error().message, EndsWith("HEAD is not at " + missing + " any more"));
}

TEST_CASE("git repository: an old checkout stays as long as somebody holds it") {
  GitOrigin origin;
  const std::string first = origin.commit_file("a", "1");
  auto held = std::make_unique<Checkout>(origin.check_out());
  const std::string second = origin.commit_file("a", "2");
  // Made by another object, as after a reload.
  Checkout current = origin.check_out();
  CHECK(checkouts(origin).size() == 2);
  CHECK(text_of(held->directory + "/a") == "1");
  const Checkout copy = *held;
  held.reset();
  current = origin.check_out();
  CHECK(text_of(copy.directory + "/a") == "1");
}

TEST_CASE("git repository: an old checkout that nobody holds is removed") {
  GitOrigin origin;
  origin.commit_file("deep/a", "1");
  auto held = std::make_unique<Checkout>(origin.check_out());
  const std::string second = origin.commit_file("deep/a", "2");
  held.reset();
  const Checkout current = origin.check_out();
  CHECK(checkouts(origin) == Strings{second});
}

TEST_CASE("git repository: a checkout that is there is used again") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  const auto before = origin.check_out();
  struct stat first{};
  REQUIRE(::stat((before.directory + "/a").c_str(), &first) == 0);
  const auto after = origin.check_out();
  struct stat second{};
  REQUIRE(::stat((after.directory + "/a").c_str(), &second) == 0);
  CHECK(first.st_ino == second.st_ino);
}

TEST_CASE("git repository: a checkout from before the machine was started is not used") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  std::ofstream(origin.folder("checkouts/.boot")) << "before";
  // What a power failure can leave of a file.
  fs::permissions(origin.folder("checkouts/" + id + "/a"), fs::perms::owner_all);
  std::ofstream(origin.folder("checkouts/" + id + "/a"), std::ios::trunc).close();
  CHECK(text_of(origin.check_out().directory + "/a") == "1");
}

TEST_CASE("git repository: what is here needs no connection") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  fs::rename("origin", "gone");
  CHECK(origin.repository()->check_out(id).has_value());
}

TEST_CASE("git repository: what killed processes leave behind does not matter") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  const std::string id = origin.commit_file("a", "2");
  const std::string clone = origin.folder("repository.git");
  for (const std::string name :
       {"/shallow.lock", "/config.lock", "/HEAD.lock", "/packed-refs.lock", "/refs/fgsync/tip.lock"}) {
    std::ofstream(clone + name) << "";
  }
  std::ofstream(clone + "/objects/pack/tmp_pack_x") << "half";
  std::ofstream(clone + "/mark") << "this is no new clone";
  fs::create_directories(origin.folder("checkouts/.new/old"));
  std::ofstream(origin.folder("checkouts/.new/old/file")) << "half";
  std::ofstream(origin.folder("checkouts/.new-index")) << "half";
  std::ofstream(origin.folder("checkouts/.new-index.lock")) << "half";
  fs::create_directories(origin.folder("checkouts/.old-x"));
  fs::create_directories(origin.folder("repository.new"));
  fs::create_directories(origin.folder("gnupg-abcdef"));
  std::ofstream(origin.folder("seen.new")) << "half";
  const Checkout checkout = origin.check_out();
  CHECK(text_of(checkout.directory + "/a") == "2");
  CHECK(names_in(checkout.directory) == Strings{"a"});
  CHECK(names_in(origin.folder()) == Strings{"checkouts", "lock", "repository.git", "seen"});
  CHECK(checkouts(origin) == Strings{id});
  for (const std::string& name : names_in(clone + "/objects/pack")) CHECK_THAT(name, !Contains("tmp_"));
  CHECK(fs::exists(clone + "/mark"));
}

TEST_CASE("git repository: a damaged clone is made anew, and it is no rewind") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  const std::string clone = origin.folder("repository.git");
  const std::string what = GENERATE(as<std::string>(), "objects", "HEAD", "config", "shallow", "tip", "everything");
  CAPTURE(what);
  if (what == "objects") {
    for (const auto& entry : fs::directory_iterator(clone + "/objects/pack")) {
      fs::permissions(entry.path(), fs::perms::owner_all);
      std::ofstream(entry.path(), std::ios::trunc) << "damaged";
    }
  } else if (what == "tip") {
    std::ofstream(clone + "/refs/fgsync/tip", std::ios::trunc) << "damaged";
  } else if (what == "everything") {
    for (const auto& entry : fs::directory_iterator(clone)) {
      if (entry.path().filename() != "fgsync-origin") fs::remove_all(entry.path());
    }
  } else {
    std::ofstream(clone + "/" + what, std::ios::trunc) << "damaged [";
  }
  const bool is_new = GENERATE(false, true);
  const std::string id = is_new ? origin.commit_file("a", "2") : origin.repository()->look().value();
  const Checkout checkout = origin.check_out();
  CHECK(checkout.commit.id == id);
  CHECK(text_of(checkout.directory + "/a") == (is_new ? "2" : "1"));
  CHECK_FALSE(checkout.is_rewound);
  CHECK_NOTHROW(origin.git({"fsck"}, clone));
}

TEST_CASE("git repository: a damaged clone is kept as long as no new one can be made") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  std::ofstream(origin.folder("repository.git/config"), std::ios::trunc) << "damaged [";
  fs::rename("origin", "gone");
  const auto failed = origin.repository()->check_out(id);
  REQUIRE_FALSE(failed.has_value());
  CHECK(fs::exists(origin.folder("repository.git/config")));
  CHECK(names_in(origin.folder()) == Strings{"checkouts", "lock", "repository.git", "seen"});
}

TEST_CASE("git repository: another URL makes another clone") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  fs::copy("origin", "moved", fs::copy_options::recursive);
  fs::rename("origin", "gone");
  origin.settings().url = "file://" + origin.tree().absolute("moved");
  CHECK_FALSE(origin.check_out().is_rewound);
}

TEST_CASE("git repository: a commit that was elsewhere need not be here") {
  GitOrigin origin;
  origin.settings().kind = Kind::commit;
  origin.settings().reference = origin.commit_file("a", "1");
  REQUIRE_NOTHROW(origin.check_out());
  origin.settings().url += "-gone";
  CHECK_THAT(origin.problem().message, Contains("there is no repository"));
}

TEST_CASE("git repository: packs do not pile up") {
  GitOrigin origin;
  for (int i = 0; i < 25; ++i) {
    origin.commit_file("a", std::to_string(i));
    REQUIRE_FALSE(origin.check_out().is_rewound);
  }
  const std::string clone = origin.folder("repository.git");
  CHECK(names_in(clone + "/objects/pack").size() < 2 * 20);
  CHECK(std::stoi(origin.git({"rev-list", "--count", "--all"}, clone)) < 20);
  CHECK_NOTHROW(origin.git({"fsck"}, clone));
}

TEST_CASE("git repository: the clone does not grow beyond its limit") {
  GitOrigin origin;
  origin.settings().max_bytes = 1'000'000;
  for (unsigned seed = 0; seed < 5; ++seed) {
    origin.commit_file("a", noise(300'000, seed));
    CHECK_FALSE(origin.check_out().is_rewound);
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(origin.folder("repository.git/objects/pack"))) {
      bytes += entry.file_size();
    }
    CHECK(bytes <= 1'000'000);
  }
}

TEST_CASE("git repository: a commit that is too large is refused before it is written") {
  GitOrigin origin;
  origin.commit_file("a", std::string(100'000, 'x'));
  origin.tree().write("origin/b");
  const std::string id = origin.commit();
  const std::string limit = GENERATE(as<std::string>(), "bytes", "files");
  if (limit == "bytes") origin.settings().max_bytes = 99'999;
  if (limit == "files") origin.settings().max_files = 1;
  const Error problem = origin.problem();
  CHECK(problem.kind == ErrorKind::invalid);
  CHECK_THAT(problem.message, Contains(limit == "bytes" ? "has files of 100005 bytes together, more than the 99999"
                                                        : "has 2 files, more than the 1 that are allowed"));
  CHECK_FALSE(fs::exists(origin.folder("checkouts/" + id)));
  CHECK_FALSE(fs::exists(origin.folder("checkouts/.new")));
}

TEST_CASE("git repository: a fetch is stopped when it gets too large") {
  GitOrigin origin;
  origin.commit_file("a", noise(3'000'000, 1));
  origin.settings().max_bytes = 1U << 20U;
  const Error problem = origin.problem();
  CHECK(problem.kind == ErrorKind::invalid);
  CHECK_THAT(problem.message, Contains("the repository is larger than the 1 MiB that are allowed"));
  std::uintmax_t bytes = 0;
  if (fs::exists(origin.folder("repository.git"))) {
    for (const auto& entry : fs::recursive_directory_iterator(origin.folder("repository.git"))) {
      if (entry.is_regular_file()) bytes += entry.file_size();
    }
  }
  CHECK(bytes < 2U << 20U);
}

TEST_CASE("git repository: a full disk leaves nothing half") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  put_before_git(origin, "checkout-index",
                 "/usr/bin/git \"$@\"; echo \"error: unable to write file a: No space left on device\" >&2; exit 128");
  const Error problem = origin.problem();
  CHECK(problem.kind == ErrorKind::transient);
  CHECK_THAT(problem.message, Contains("no space left for " + origin.folder()));
  CHECK(checkouts(origin).empty());
  CHECK_FALSE(fs::exists(origin.folder("seen")));
  fs::remove("bin/git");
  CHECK(text_of(origin.check_out().directory + "/a") == "1");
}

TEST_CASE("git repository: a git that hangs is stopped") {
  GitOrigin origin;
  const std::string id = origin.commit_file("a", "1");
  origin.settings().time_limit = std::chrono::milliseconds(200);
  const std::string command = GENERATE(as<std::string>(), "ls-remote", "fetch");
  put_before_git(origin, command, "exec sleep 100");
  const Error problem = origin.problem();
  CHECK(problem.kind == ErrorKind::timed_out);
  CHECK_THAT(problem.message, Contains(origin.settings().url + ": git was not done in 200ms and was stopped"));
}

TEST_CASE("git repository: whoever asks for it, ends it") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  put_before_git(origin, "ls-remote", "touch " + origin.tree().absolute("busy") + "; exec sleep 100");
  std::stop_source stop;
  origin.settings().stop = stop.get_token();
  std::thread stopper([&stop] {
    while (!fs::exists("busy")) std::this_thread::yield();
    stop.request_stop();
  });
  const Error problem = origin.problem();
  stopper.join();
  CHECK(problem.kind == ErrorKind::cancelled);
}

TEST_CASE("git repository: who shares the directory waits") {
  GitOrigin origin;
  origin.commit_file("a", "1");
  put_before_git(origin, "fetch",
                 "touch " + origin.tree().absolute("busy") + "; flock -n " + origin.folder("lock") + " true || touch " +
                     origin.tree().absolute("locked"));
  REQUIRE_NOTHROW(origin.check_out());
  CHECK(fs::exists("busy"));
  CHECK(fs::exists("locked"));
}

namespace {

struct BadPlace {
  const char* name;
  void (*prepare)(GitOrigin&);
  ErrorKind kind;
  const char* message;
};

}  // namespace

TEST_CASE("git repository: what cannot be followed is explained") {
  const auto bad = GENERATE(values<BadPlace>({
      {"empty", [](GitOrigin&) {}, ErrorKind::invalid, "the repository has no commits yet; push one"},
      {"no such branch",
       [](GitOrigin& origin) {
         origin.commit();
         origin.settings().kind = Kind::branch;
         origin.settings().reference = "mian";
       },
       ErrorKind::invalid, "there is no branch mian; did you mean main?"},
      {"no such tag",
       [](GitOrigin& origin) {
         origin.commit();
         origin.settings().kind = Kind::tag;
         origin.settings().reference = "v1";
       },
       ErrorKind::invalid, "there is no tag v1; it was deleted, or never pushed"},
      {"a branch of which a longer name ends the same",
       [](GitOrigin& origin) {
         origin.commit();
         origin.git({"update-ref", "refs/other/refs/heads/prod", "HEAD"});
         origin.settings().kind = Kind::branch;
         origin.settings().reference = "prod";
       },
       ErrorKind::invalid, "there is no branch prod"},
      {"no default branch",
       [](GitOrigin& origin) {
         origin.commit();
         origin.git({"symbolic-ref", "HEAD", "refs/heads/none"});
       },
       ErrorKind::invalid, "the repository has no default branch; name one, such as main"},
      {"no such commit",
       [](GitOrigin& origin) {
         origin.commit();
         origin.settings().kind = Kind::commit;
         origin.settings().reference = std::string(40, 'a');
       },
       ErrorKind::invalid, "there is no commit aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, or the server"},
      {"vanished", [](GitOrigin& origin) { origin.settings().url += "-gone"; }, ErrorKind::invalid,
       "there is no repository; check the URL"},
      {"no git", [](GitOrigin& origin) { origin.settings().inherited_environment = {"PATH=/nowhere"}; },
       ErrorKind::invalid, "git is not installed, or not in PATH; install the package git"},
      {"a tag of a file",
       [](GitOrigin& origin) {
         origin.commit_file("a", "1");
         origin.git({"tag", "blob", "HEAD:a"});
         origin.settings().kind = Kind::tag;
         origin.settings().reference = "blob";
       },
       ErrorKind::conflict, "refs/tags/blob is not at"},
  }));
  CAPTURE(bad.name);
  GitOrigin origin;
  bad.prepare(origin);
  const Error problem = origin.problem();
  CHECK(problem.kind == bad.kind);
  CHECK_THAT(problem.message, Contains(bad.message));
}

TEST_CASE("git repository: settings that cannot be used are refused") {
  using Change = void (*)(RepositorySettings&);
  const auto [change, message] = GENERATE(table<Change, const char*>({
      {[](auto& settings) { settings.url = "https://example.org"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "relative/path"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "ext::sh -c evil"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "git://example.org/a"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "file://host/a"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "https://example.org/a\nb"; }, "the URL of the repository must be https://"},
      {[](auto& settings) { settings.url = "http://example.org/a.git"; }, "http://example.org/a.git: plain http"},
      {[](auto& settings) { settings.url = "http://127.0.0.1.example.org/a"; }, "plain http"},
      {[](auto& settings) { settings.url = "https://bot:geheim@example.org/a"; },
       "https://example.org/a: the URL must not hold a password"},
      {[](auto& settings) { settings.url = "https://bot@example.org/a"; },
       "https://example.org/a: the URL must not hold a user name"},
      {[](auto& settings) { settings.url = "ssh://git:geheim@example.org/a"; },
       "ssh://example.org/a: the URL must not hold a password"},
      {[](auto& settings) { settings.url = "ssh://-oProxyCommand=evil/a"; }, "names no host"},
      {[](auto& settings) { settings.url = "git@-oProxyCommand=evil:a"; }, "names no host"},
      {[](auto& settings) { settings.url = "https:///a"; }, "names no host"},
      {[](auto& settings) { settings.username = "bot"; }, "a user name needs a password file"},
      {[](auto& settings) { settings.password_file = "/file"; }, "a user name needs a password file"},
      {[](auto& settings) {
         settings.username = "bot\nhost=evil";
         settings.password_file = "/file";
       },
       "must not hold blanks"},
      {[](auto& settings) {
         settings.url = "git@example.org:a";
         settings.ssh_key_file = "/a\"b";
       },
       "ssh cannot be told of the file"},
      {[](auto& settings) {
         settings.url = "git@example.org:a";
         settings.known_hosts_file = "relative";
       },
       "ssh cannot be told of the file relative"},
      {[](auto& settings) { settings.directory = "relative"; }, "must be an absolute path"},
      {[](auto& settings) {
         settings.kind = Kind::commit;
         settings.reference = "main";
       },
       "\"main\" is no full commit id"},
      {[](auto& settings) { settings.kind = Kind::branch; }, "the name of the branch or tag is missing"},
  }));
  GitOrigin origin;
  change(origin.settings());
  const auto made = make_git_repository(origin.settings(), origin.clock());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().kind == ErrorKind::invalid);
  CHECK_THAT(made.error().message, Contains(message));
  CHECK_THAT(made.error().message, !Contains("geheim"));
}

TEST_CASE("git repository: no full commit id is not looked for") {
  const GitOrigin origin;
  const auto checkout = origin.repository()->check_out("--upload-pack=evil");
  REQUIRE_FALSE(checkout.has_value());
  CHECK(checkout.error().message == "\"--upload-pack=evil\" is no full commit id");
}

}  // namespace fgsync::source::test

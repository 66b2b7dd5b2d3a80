#include "state/file_lock.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/state/child_process.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::state {
namespace {

using test::TempDirectory;

TEST_CASE("lock: only one can have it, and the other is told who") {
  const TempDirectory directory;
  const auto held = FileLock::acquire(directory.path(), "fgsync daemon, process 42");
  REQUIRE(held);
  const auto refused = FileLock::acquire(directory.path(), "fgsync sync, process 43");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::conflict);
  CHECK(refused.error().message == "the state in " + directory.path() +
                                       " is in use by fgsync daemon, process 42; wait until it ends, or give this run "
                                       "a state of its own with --state");
}

TEST_CASE("lock: it can be had again when its holder has let go") {
  const TempDirectory directory;
  {
    REQUIRE(FileLock::acquire(directory.path(), "a holder with a long name"));
  }
  const auto again = FileLock::acquire(directory.path(), "b");
  REQUIRE(again);
  const auto refused = FileLock::acquire(directory.path(), "c");
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("is in use by b;"));  // nothing of the longer name is left
}

TEST_CASE("lock: who has it can be asked without taking it") {
  const TempDirectory directory;
  CHECK_FALSE(lock_holder(directory.path()));
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/lock"));
  {
    const auto held = FileLock::acquire(directory.path(), "fgsync sync, process 42");
    REQUIRE(held);
    CHECK(lock_holder(directory.path()) == "fgsync sync, process 42");
  }
  CHECK_FALSE(lock_holder(directory.path()));
  CHECK(FileLock::acquire(directory.path(), "b"));
}

TEST_CASE("lock: a moved one is held by its new owner alone") {
  const TempDirectory directory;
  auto first = FileLock::acquire(directory.path(), "a");
  REQUIRE(first);
  {
    const FileLock second = std::move(*first);
    CHECK_FALSE(FileLock::acquire(directory.path(), "b"));
  }
  CHECK(FileLock::acquire(directory.path(), "b"));
}

TEST_CASE("lock: an assigned one lets go of what it had") {
  const TempDirectory one;
  const TempDirectory other;
  auto lock = FileLock::acquire(one.path(), "a");
  REQUIRE(lock);
  {
    auto replacement = FileLock::acquire(other.path(), "a");
    REQUIRE(replacement);
    *lock = std::move(*replacement);
  }
  CHECK(FileLock::acquire(one.path(), "b"));
  CHECK_FALSE(FileLock::acquire(other.path(), "b"));
}

TEST_CASE("lock: it notices that its file is another one, or gone") {
  const TempDirectory directory;
  const auto lock = FileLock::acquire(directory.path(), "a");
  REQUIRE(lock);
  CHECK(lock->is_in_place());
  std::filesystem::remove(directory / "lock");
  CHECK_FALSE(lock->is_in_place());
  const auto other = FileLock::acquire(directory.path(), "b");
  REQUIRE(other);
  CHECK(other->is_in_place());
  CHECK_FALSE(lock->is_in_place());
}

TEST_CASE("lock: another process that holds it is named, and its death frees it") {
  const TempDirectory directory;
  std::optional<FileLock> held;
  test::WaitingChild holder([&] {
    auto lock = FileLock::acquire(directory.path(), "the other process");
    if (lock) held.emplace(std::move(*lock));
  });
  const auto refused = FileLock::acquire(directory.path(), "us");
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("is in use by the other process;"));
  holder.kill();
  CHECK(FileLock::acquire(directory.path(), "us"));
}

TEST_CASE("lock: directories do not share it") {
  const TempDirectory one;
  const TempDirectory other;
  const auto lock = FileLock::acquire(one.path(), "a");
  CHECK(FileLock::acquire(other.path(), "a"));
}

TEST_CASE("lock: a directory that is not there is named, with what to do") {
  const TempDirectory directory;
  const auto lock = FileLock::acquire(directory / "missing", "us");
  REQUIRE_FALSE(lock);
  CHECK(lock.error().kind == ErrorKind::internal);
  CHECK(lock.error().message == "cannot open " + (directory / "missing/lock") +
                                    ": No such file or directory; choose another state directory with --state, or run "
                                    "with --no-state");
}

TEST_CASE("lock: a directory without write permission is named, with what to do") {
  const TempDirectory directory;
  std::filesystem::permissions(directory.path(), static_cast<std::filesystem::perms>(0555));
  const std::string message = test::in_child([&]() -> std::string {
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return "setresuid failed";
    const auto lock = FileLock::acquire(directory.path(), "us");
    return lock ? "acquired" : lock.error().message;
  });
  CHECK_THAT(message, Catch::StartsWith("cannot open " + (directory / "lock") + ": Permission denied; choose another"));
}

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

TEST_CASE("state directory: what is new is private, what exists stays as it is") {
  const TempDirectory directory;
  std::filesystem::permissions(directory.path(), static_cast<std::filesystem::perms>(0755));
  REQUIRE(make_state_directory(directory / "a/b/c"));
  for (const auto* name : {"a", "a/b", "a/b/c"}) CHECK(mode_of(directory / name) == 0700);
  std::filesystem::permissions(directory / "a/b", static_cast<std::filesystem::perms>(0750));
  REQUIRE(make_state_directory(directory / "a/b"));
  CHECK(mode_of(directory / "a/b") == 0750);
  CHECK(mode_of(directory.path()) == 0755);
}

TEST_CASE("state directory: a slash at the end changes nothing") {
  const TempDirectory directory;
  REQUIRE(make_state_directory(directory / "a/"));
  CHECK(mode_of(directory / "a") == 0700);
}

TEST_CASE("state directory: what stands in its place is named") {
  const TempDirectory directory;
  directory.write("file", "x");
  const std::vector<std::pair<std::string, std::string>> places{{"file", "it is not a directory"},
                                                                {"file/below", "Not a directory"}};
  for (const auto& [name, why] : places) {
    const auto made = make_state_directory(directory / name);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::internal);
    CHECK(made.error().message == "cannot create the state directory " + (directory / name) + ": " + why +
                                      "; choose another with --state, or run with --no-state");
  }
}

}  // namespace
}  // namespace fgsync::state

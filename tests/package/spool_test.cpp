#include "package/spool.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "tests/package/temp_directory.hpp"

using fgsync::ErrorKind;
using fgsync::package::open_temporary_file;
using fgsync::package::open_unlinked_file;
using fgsync::package::Spool;
using fgsync::test::TempDirectory;

namespace {

std::string all_of(const Spool& spool) {
  std::string text(static_cast<std::size_t>(spool.size()) + 10, '\0');
  const auto count = spool.read_at(0, text);
  REQUIRE(count);
  text.resize(*count);
  return text;
}

/// No file of this process may grow beyond a size while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t size) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    before_action_ = ::signal(SIGXFSZ, SIG_IGN);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_action_);
  }

 private:
  rlimit before_{};
  void (*before_action_)(int) = nullptr;
};

}  // namespace

TEST_CASE("spool: few bytes stay in memory") {
  Spool spool("/nonexistent");
  REQUIRE(spool.write_at(0, std::string(Spool::kInMemoryBytes, 'x')));
  CHECK(spool.is_in_memory());
  CHECK(spool.size() == Spool::kInMemoryBytes);
  CHECK(all_of(spool) == std::string(Spool::kInMemoryBytes, 'x'));
}

TEST_CASE("spool: many go to a file without a name") {
  const TempDirectory place;
  Spool spool(place.path());
  const std::string text(Spool::kInMemoryBytes, 'x');
  REQUIRE(spool.write_at(0, text));
  REQUIRE(spool.write_at(text.size(), std::string("y")));
  CHECK_FALSE(spool.is_in_memory());
  CHECK(std::filesystem::is_empty(place.path()));
  CHECK(all_of(spool) == text + "y");
}

TEST_CASE("spool: what was written can be written over, in memory and in a file") {
  const TempDirectory place;
  Spool spool(place.path());
  std::string expected(100, 'x');
  REQUIRE(spool.write_at(0, expected));
  SECTION("in memory") {}
  SECTION("in a file") {
    const std::string more(Spool::kInMemoryBytes, 'z');
    REQUIRE(spool.write_at(100, more));
    expected += more;
  }
  REQUIRE(spool.write_at(10, std::string("abc")));
  expected.replace(10, 3, "abc");
  CHECK(all_of(spool) == expected);
}

TEST_CASE("spool: reading ends at the end") {
  Spool spool;
  REQUIRE(spool.write_at(0, std::string("0123456789")));
  std::string buffer(4, '-');
  CHECK(spool.read_at(8, buffer).value() == 2);
  CHECK(buffer == "89--");
  CHECK(spool.read_at(10, buffer).value() == 0);
  CHECK(spool.read_at(11, buffer).value() == 0);
}

TEST_CASE("spool: both kinds of temporary files leave no name and are for their owner only") {
  const TempDirectory place;
  for (const auto open : {&open_temporary_file, &open_unlinked_file}) {
    const auto file = open(place.path());
    REQUIRE(file);
    CHECK(std::filesystem::is_empty(place.path()));
    struct stat status{};
    REQUIRE(::fstat(file->number(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(::pwrite(file->number(), "x", 1, 0) == 1);
  }
}

TEST_CASE("spool: a place that is not there is told, with the way out") {
  for (const auto open : {&open_temporary_file, &open_unlinked_file}) {
    const auto file = open("/nonexistent");
    REQUIRE_FALSE(file);
    CHECK(file.error().kind == ErrorKind::internal);
    CHECK(file.error().message ==
          "cannot make a temporary file in \"/nonexistent\": No such file or directory; set TMPDIR to a directory that "
          "can be written");
  }
}

TEST_CASE("spool: a file that can grow no more is told, with the way out") {
  const TempDirectory place;
  Spool spool(place.path());
  const FileSizeLimit limit(2 * Spool::kInMemoryBytes);
  REQUIRE(spool.write_at(0, std::string(2 * Spool::kInMemoryBytes, 'x')));
  const auto written = spool.write_at(2 * Spool::kInMemoryBytes, std::string("y"));
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::internal);
  CHECK(written.error().message == "cannot write a temporary file in \"" + place.path() +
                                       "\": File too large; make room, or set TMPDIR to a directory with more");
}

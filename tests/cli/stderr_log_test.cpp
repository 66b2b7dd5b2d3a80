#include "cli/stderr_log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "tests/support/captured_stderr.hpp"

namespace fgsync::cli {
namespace {

/// What a line is while JOURNAL_STREAM has this value, or the one of standard error itself.
std::string line_with(const std::string& stream) {
  test::CapturedStderr captured;
  struct stat facts{};
  REQUIRE(::fstat(STDERR_FILENO, &facts) == 0);
  const std::string own = std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
  ::setenv("JOURNAL_STREAM", (stream.empty() ? own : stream).c_str(), 1);
  stderr_log(LogLevel::info).warn("slow");
  ::unsetenv("JOURNAL_STREAM");
  return captured.text();
}

TEST_CASE("log: lines for the journal only where standard error is the journal") {
  CHECK(line_with("") == "<4>level=warning msg=slow\n");
  CHECK_THAT(line_with("1:2"), Catch::StartsWith("time="));
}

}  // namespace
}  // namespace fgsync::cli

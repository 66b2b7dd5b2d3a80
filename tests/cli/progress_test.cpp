#include "cli/progress.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace fgsync;
using reconcile::FunctionReport;
using reconcile::Outcome;

namespace {

FunctionReport report(Outcome outcome) {
  FunctionReport function;
  function.name = "thumb";
  function.outcome = outcome;
  return function;
}

std::string line_of(const FunctionReport& function) {
  return cli::describe(function, cli::Paint(false));
}

}  // namespace

TEST_CASE("a finished function is one line with its steps") {
  auto function = report(Outcome::done);
  function.done = {"import", "publish v1"};
  function.took = std::chrono::milliseconds(41);
  CHECK(line_of(function) == "done        thumb: import, publish v1 (41 ms)");
}

TEST_CASE("a failed function says how far it came and what went wrong") {
  auto function = report(Outcome::failed);
  function.done = {"update code"};
  function.error = Error(ErrorKind::conflict, "somebody else writes to this function");
  CHECK(line_of(function) == "failed      thumb: update code; then somebody else writes to this function");
}

TEST_CASE("blocked and skipped functions say why") {
  auto blocked = report(Outcome::blocked);
  blocked.blocked.push_back({"x", "bump the version", std::nullopt, {}});
  CHECK(line_of(blocked) == "blocked     thumb: bump the version");
  auto skipped = report(Outcome::skipped);
  skipped.reason = "depends on base, which failed";
  CHECK(line_of(skipped) == "skipped     thumb: depends on base, which failed");
}

TEST_CASE("off a terminal there is one line for each finished function, and no escape code") {
  std::ostringstream lines;
  std::ostringstream terminal;
  auto progress = cli::make_progress(cli::ProgressStyle::lines, 1, lines, terminal, cli::Paint(false));
  progress->on_start("thumb");
  progress->on_step("thumb", plan::ImportFunction{});
  progress->on_end(report(Outcome::done));
  CHECK(lines.str() == "done        thumb: already as the manifest says\n");
  CHECK(terminal.str().empty());
}

TEST_CASE("on a terminal the last line counts and names what is in flight") {
  std::ostringstream lines;
  std::ostringstream terminal;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 2, lines, terminal, cli::Paint(false));
  progress->on_step("thumb", plan::PublishVersion{"v1", "", false});
  CHECK(terminal.str() == "\r\033[K[....................] 0/2  thumb: publish v1");
  terminal.str("");
  progress->on_end(report(Outcome::done));
  CHECK(terminal.str() == "\r\033[K\r\033[K[##########..........] 1/2");
}

TEST_CASE("quiet is quiet") {
  std::ostringstream lines;
  std::ostringstream terminal;
  auto progress = cli::make_progress(cli::ProgressStyle::none, 1, lines, terminal, cli::Paint(false));
  progress->on_end(report(Outcome::done));
  CHECK(lines.str().empty());
}

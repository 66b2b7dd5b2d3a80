#include "cli/progress.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "cli/next_steps.hpp"
#include "tests/support/simulated_clock.hpp"

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

/// What a person would see.
struct Screen {
  std::ostringstream lines;
  std::ostringstream live;
  test::SimulatedClock clock;
  std::size_t columns = 80;
  cli::Charset charset = cli::Charset::utf8;

  cli::Terminal terminal() {
    return {live, clock, [this] { return cli::Screen{.columns = columns, .charset = charset}; }};
  }
  /// The live line as it stands.
  [[nodiscard]] std::string shown() const {
    const std::string all = live.str();
    const std::string erase = "\r\033[K";
    const auto at = all.rfind(erase);
    return at == std::string::npos ? all : all.substr(at + erase.size());
  }
};

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
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::lines, 1, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_start("thumb");
  progress->on_step("thumb", plan::ImportFunction{});
  progress->tick();
  progress->on_end(report(Outcome::done));
  CHECK(screen.lines.str() == "done        thumb: already as the manifest says\n");
  CHECK(screen.live.str().empty());
}

TEST_CASE("on a terminal the last line counts and names what is in flight") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 2, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_step("thumb", plan::PublishVersion{"v1", "", false});
  CHECK(screen.shown() == "[....................] 0/2  thumb: publish v1");
  progress->on_end(report(Outcome::done));
  CHECK(screen.shown() == "[##########..........] 1/2");
  progress->on_start("other");
  CHECK(screen.shown() == "[##########..........] 1/2  other: begins");
  auto failed = report(Outcome::failed);
  failed.name = "other";
  progress->on_end(failed);
  CHECK(screen.shown().empty());
}

TEST_CASE("a step that takes long says how long, and the longest comes first") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 3, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_start("slow");
  screen.clock.advance(std::chrono::seconds(5));
  progress->on_start("fast");
  CHECK(screen.shown() == "[....................] 0/3  slow: begins (5 s)  fast: begins");
  screen.clock.advance(std::chrono::seconds(180));
  progress->tick();
  CHECK(screen.shown() == "[....................] 0/3  slow: begins (3 min)  fast: begins (3 min)");
}

TEST_CASE("what was not done is counted in the last line") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 3, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_end(report(Outcome::failed));
  CHECK(screen.shown() == "[######..............] 1/3, 1 not done");
}

TEST_CASE("the last line never fills a terminal, however narrow, and counts what it leaves out") {
  for (const std::size_t columns : {1U, 20U, 40U, 41U, 79U, 80U, 200U}) {
    Screen screen;
    screen.columns = columns;
    auto progress = cli::make_progress(cli::ProgressStyle::live, 9, screen.lines, screen.terminal(), cli::Paint(false));
    for (const char* name : {"orders-api", "orders-worker", "thumbnail-planner"}) progress->on_start(name);
    INFO(columns << ": " << screen.shown());
    CHECK(screen.shown().size() < std::max<std::size_t>(columns, 21));
    const bool is_whole = screen.shown().find("thumbnail-planner: begins") != std::string::npos;
    CHECK((is_whole || columns < 30 || screen.shown().find("  +") != std::string::npos));
  }
}

TEST_CASE("the last line always names the function that has taken longest") {
  Screen screen;
  screen.columns = 40;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 2, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_step("thumbnail-planner", plan::PublishVersion{"v-1677a8c6a5eb", "", false});
  screen.clock.advance(std::chrono::seconds(2));
  progress->on_step("price-formatter", plan::PublishVersion{"v-1677a8c6a5eb", "", false});
  screen.clock.advance(std::chrono::seconds(7));
  progress->tick();
  CHECK(screen.shown() == "0/2  thumbnail-planner (9 s)  +1");
  screen.columns = 24;
  progress->tick();
  CHECK(screen.shown().starts_with("0/2  thumbnail"));
  CHECK(screen.shown().ends_with("  +1"));
}

TEST_CASE("what the service sent cannot write escape codes into the last line") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 2, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_step("thumb", plan::PublishVersion{"v1\033[2J\n", "", false});
  CHECK(screen.shown().find('\033') == std::string::npos);
  CHECK(screen.shown().find('\n') == std::string::npos);
}

TEST_CASE("the last line counts columns, not bytes, and has no character that the terminal cannot show") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::live, 2, screen.lines, screen.terminal(), cli::Paint(false));
  screen.columns = 40;
  progress->on_start("\u03b1\u03b2\u03b3\u03b4-\u65e5\u672c");  // 9 columns of 15 bytes
  CHECK(screen.shown() == "0/2  \u03b1\u03b2\u03b3\u03b4-\u65e5\u672c: begins");
  screen.columns = 22;
  progress->tick();
  CHECK(screen.shown() == "0/2  \u03b1\u03b2\u03b3\u03b4-\u65e5\u672c");
  screen.columns = 80;
  screen.charset = cli::Charset::ascii;
  progress->tick();
  CHECK(screen.shown() == "[....................] 0/2  \\u03b1\\u03b2\\u03b3\\u03b4-\\u65e5\\u672c: begins");
}

TEST_CASE("quiet is quiet") {
  Screen screen;
  auto progress = cli::make_progress(cli::ProgressStyle::none, 1, screen.lines, screen.terminal(), cli::Paint(false));
  progress->on_end(report(Outcome::done));
  progress->tick();
  CHECK(screen.lines.str().empty());
  CHECK(screen.live.str().empty());
}

TEST_CASE("what is to be done next is said once for all functions that it is about") {
  reconcile::Report all;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) {
    auto function = report(Outcome::failed);
    function.name = name;
    function.error = Error(ErrorKind::transient, "no answer");
    all.functions.push_back(function);
  }
  auto blocked = report(Outcome::blocked);
  blocked.blocked.push_back({"held", "is held", std::nullopt, {"fgsync release thumb"}});
  all.functions.push_back(blocked);
  all.functions.push_back(report(Outcome::done));
  CHECK(cli::next_steps(all) ==
        std::vector<std::string>{"run fgsync sync again: it goes on where it stopped (a, b, c, d, e and 2 more)",
                                 "fgsync release thumb (thumb)"});
}

TEST_CASE("every kind of failure has a next step") {
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::not_found, ErrorKind::conflict, ErrorKind::unauthorized, ErrorKind::throttled,
        ErrorKind::transient, ErrorKind::timed_out, ErrorKind::unknown_effect, ErrorKind::cancelled, ErrorKind::corrupt,
        ErrorKind::internal}) {
    auto failed = report(Outcome::failed);
    failed.error = Error(kind, "x");
    REQUIRE(cli::next_steps(failed).size() == 1);
  }
  CHECK(cli::next_steps(report(Outcome::done)).empty());
  CHECK(cli::next_steps(report(Outcome::unchanged)).empty());
  CHECK(cli::next_steps(report(Outcome::interrupted)).size() == 1);
}

// What keeps calls waiting, and what ends a wait otherwise: pauses, deadlines, cancellation.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/budget.hpp"
#include "tests/functiongraph/budget_world.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::crowd;
using test::Story;
using World = test::BudgetWorld;

// The pause

TEST_CASE("budget: nobody starts during a pause, and afterwards everybody does in order") {
  World world({});
  world.at(1ms, [&] { world.budget.pause(3s); });
  world.add(crowd(12, {.at = 2ms}));
  Story expected;
  for (int i = 1; i <= 12; ++i) expected.push_back("3001 h" + std::to_string(i));
  CHECK(world.run() == expected);
}

TEST_CASE("budget: a pause leaves the rate as it is") {
  World world({.requests_per_second = 2});
  world.budget.pause(3s);
  world.add(crowd(4, {}));
  CHECK(world.run() == Story{"3000 h1", "3000 h2", "3500 h3", "4000 h4"});
}

TEST_CASE("budget: a pause holds back who waits for something else already") {
  World world({.concurrency = 1});
  world.add({{.name = "a", .lasts = 10ms}, {.name = "b"}});
  world.at(5ms, [&] { world.budget.pause(2s); });
  CHECK(world.run() == Story{"0 a", "2005 b"});
}

TEST_CASE("budget: of two pauses the one that ends later counts") {
  struct Row {
    milliseconds first;
    milliseconds second;  ///< begins a second later
    const char* start;
  };
  for (const Row& row : {Row{5s, 1s, "5000 a"}, Row{2s, 4s, "5000 a"}, Row{500ms, 2s, "3000 a"}}) {
    World world({});
    world.at(0ms, [&] { world.budget.pause(row.first); });
    world.at(1s, [&] { world.budget.pause(row.second); });
    world.add({.name = "a", .at = 1s});
    CHECK(world.run() == Story{row.start});
  }
}

TEST_CASE("budget: a pause lasts ten minutes at most, and none is shorter than nothing") {
  for (const auto& [length, start] :
       std::vector<std::pair<milliseconds, std::string>>{{milliseconds::max(), "600000 a"},
                                                         {601s, "600000 a"},
                                                         {600s, "600000 a"},
                                                         {0ms, "0 a"},
                                                         {-1ms, "0 a"},
                                                         {milliseconds::min(), "0 a"}}) {
    World world({});
    world.budget.pause(length);
    world.add({.name = "a"});
    CHECK(world.run() == Story{start});
  }
}

TEST_CASE("budget: a throttled answer pauses everybody for as long as it asks for") {
  World world({});
  world.budget.note_throttled(7s);
  world.add({.name = "a"});
  CHECK(world.run() == Story{"7000 a"});
  CHECK(world.budget.counters().throttled == 1);
}

TEST_CASE("budget: a throttled answer that does not say for how long pauses for 2 to 5 seconds, with jitter") {
  std::vector<milliseconds> pauses;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    test::FakeClock clock;
    Budget budget({}, clock, seed, Logger());
    const auto before = clock.now();
    budget.note_throttled(std::nullopt);
    auto wait = [](Budget& paused, Deadline deadline) -> asio::awaitable<bool> {
      co_return (co_await paused.acquire(Priority::human, 0, deadline)).has_value();
    };
    CHECK(test::run(wait(budget, clock.in(1min))));
    pauses.push_back(std::chrono::floor<milliseconds>(clock.now() - before));
  }
  const auto [shortest, longest] = std::minmax_element(pauses.begin(), pauses.end());
  CHECK(*shortest >= 2s);
  CHECK(*shortest < 2100ms);
  CHECK(*longest > 4900ms);
  CHECK(*longest <= 5s);
}

TEST_CASE("budget: a pause is logged once, however many answers ask for it") {
  std::string written;
  {
    test::CapturedStderr captured;
    World world({}, Logger::to_stderr(LogLevel::warn));
    for (const auto when : {0ms, 10ms, 20ms, 5000ms}) world.at(when, [&] { world.budget.note_throttled(3s); });
    world.run();
    CHECK(world.budget.counters().throttled == 4);
    written = captured.text();
  }
  const std::string line = "level=warning msg=\"throttled by the service, all calls wait\" wait_ms=3000\n";
  const std::size_t first = written.find(line);
  REQUIRE(first != std::string::npos);
  CHECK(written.find(line, written.find(line, first + 1) + 1) == std::string::npos);
  CHECK(std::count(written.begin(), written.end(), '\n') == 2);
}

// Deadlines

TEST_CASE("budget: a call that a pause outlasts is refused at once, with the rest of the pause") {
  World world({});
  world.budget.pause(10s);
  world.add({.name = "a", .at = 1s, .patience = 8999ms});
  world.add({.name = "b", .at = 1s, .patience = 9s});
  CHECK(world.run() == Story{"1000 a throttled", "10000 b"});
  const Error& error = world.errors().at("a");
  CHECK(error.message ==
        "not sent: the service said to slow down, and the pause of all calls lasts another 9000 ms, past this call's "
        "deadline. If that happens often, lower spec.budget.requests_per_second");
  REQUIRE(error.remote);
  CHECK(error.remote->retry_after == 9s);
  CHECK_FALSE(error.remote->request_sent);
  CHECK(error.remote->http_status == 0);
}

TEST_CASE("budget: the rest of a pause is never rounded down") {
  World world({});
  world.at(1s, [&] {
    world.clock.advance(1us);
    world.budget.pause(9s);
  });
  world.add({.name = "a", .at = 1001ms, .patience = 1s});
  world.run();
  CHECK(world.errors().at("a").remote->retry_after == 9s);
}

TEST_CASE("budget: those who wait are refused when a pause begins that outlasts them") {
  World world({.concurrency = 1});
  world.add({.name = "first", .lasts = 1s});
  world.add({.name = "patient", .at = 1ms});
  world.add(crowd(5, {.at = 2ms, .patience = 2s}));
  world.at(500ms, [&] { world.budget.pause(3s); });
  CHECK(world.run() == Story{"0 first", "500 h1 throttled", "500 h2 throttled", "500 h3 throttled", "500 h4 throttled",
                             "500 h5 throttled", "3500 patient"});
  CHECK(world.errors().at("h1").remote->retry_after == 3s);
}

TEST_CASE("budget: a call that no token comes for in time is refused at once") {
  World world({.requests_per_second = 1});
  world.add({{.name = "a"}, {.name = "b", .patience = 999ms}, {.name = "c", .patience = 1000ms}});
  CHECK(world.run() == Story{"0 a", "0 b timed_out", "1000 c"});
}

TEST_CASE("budget: of those who wait for tokens the ones that are late are refused as soon as that is known") {
  World world({.requests_per_second = 1});
  world.add({{.name = "a"}, {.name = "b"}, {.name = "c", .patience = 1500ms}, {.name = "d", .patience = 2s}});
  CHECK(world.run() == Story{"0 a", "1000 b", "1000 c timed_out", "2000 d"});
}

TEST_CASE("budget: a call that gets no slot is refused at its deadline") {
  World world({.concurrency = 1});
  world.add({{.name = "a", .lasts = 1s}, {.name = "b", .patience = 300ms}, {.name = "c"}});
  CHECK(world.run() == Story{"0 a", "300 b timed_out", "1000 c"});
  const Error& error = world.errors().at("b");
  CHECK(error.message ==
        "not sent: other calls take up the budget until past this call's deadline. Raise spec.budget "
        "(requests_per_second, concurrency, bytes_in_flight), or do less at once (--parallel)");
  REQUIRE(error.remote);
  CHECK_FALSE(error.remote->request_sent);
  CHECK_FALSE(error.remote->retry_after);
}

TEST_CASE("budget: a later call with an earlier deadline is refused in time, too") {
  World world({.concurrency = 1});
  world.add({{.name = "a", .lasts = 1s}, {.name = "b"}, {.name = "c", .at = 10ms, .patience = 100ms}});
  CHECK(world.run() == Story{"0 a", "110 c timed_out", "1000 b"});
}

TEST_CASE("budget: with a deadline that has passed one neither waits nor is refused without need") {
  World world({.concurrency = 1});
  world.add({{.name = "a", .lasts = 10ms, .patience = -1ms}, {.name = "b", .patience = -1ms}, {.name = "c"}});
  CHECK(world.run() == Story{"0 a", "0 b timed_out", "10 c"});
}

TEST_CASE("budget: when a body is refused, those behind it that have room start") {
  World world({.bytes_in_flight = 10});
  world.add({{.name = "a", .lasts = 100ms, .bytes = 5},
             {.name = "large", .bytes = 10, .patience = 50ms},
             {.name = "small", .bytes = 5}});
  CHECK(world.run() == Story{"0 a", "50 large timed_out", "50 small"});
}

// Cancellation

TEST_CASE("budget: who is cancelled while waiting leaves, and the others go on in order") {
  for (const std::string gone : {"b", "c", "d"}) {
    World world({.concurrency = 1});
    world.add({{.name = "a", .lasts = 100ms}, {.name = "b"}, {.name = "c"}, {.name = "d"}});
    world.at(50ms, [&] { world.cancel(gone); });
    Story expected{"0 a", "50 " + gone + " cancelled"};
    for (const std::string name : {"b", "c", "d"}) {
      if (name != gone) expected.push_back("100 " + name);
    }
    CHECK(world.run() == expected);
    CHECK(world.errors().at(gone).message == "not sent: stopped while it waited its turn");
    CHECK_FALSE(world.errors().at(gone).remote->request_sent);
    CHECK(world.budget.counters().in_flight == 0);
  }
}

TEST_CASE("budget: who is cancelled while waiting for a token or the end of a pause leaves them to the next") {
  World world({.requests_per_second = 1});
  world.add({{.name = "a"}, {.name = "b"}, {.name = "c"}});
  world.at(500ms, [&] { world.cancel("b"); });
  CHECK(world.run() == Story{"0 a", "500 b cancelled", "1000 c"});

  World paused({});
  paused.budget.pause(3s);
  paused.add({{.name = "b"}, {.name = "c"}});
  paused.at(1s, [&] { paused.cancel("b"); });
  CHECK(paused.run() == Story{"1000 b cancelled", "3000 c"});
}

TEST_CASE("budget: when a waiting body is cancelled, those behind it that have room start") {
  World world({.bytes_in_flight = 10});
  world.add({{.name = "a", .lasts = 100ms, .bytes = 5}, {.name = "large", .bytes = 10}, {.name = "small", .bytes = 5}});
  world.at(20ms, [&] { world.cancel("large"); });
  CHECK(world.run() == Story{"0 a", "20 large cancelled", "20 small"});
}

TEST_CASE("budget: whoever is cancelled and let go in the same turn gives the permit back") {
  // In both orders; either way the slot goes on to the next.
  for (const bool is_cancelled_first : {true, false}) {
    World world({.concurrency = 1});
    std::optional<Budget::Permit> held;
    auto hold = [&]() -> asio::awaitable<void> {
      auto permit = co_await world.budget.acquire(Priority::human, 0, world.clock.in(1s));
      held.emplace(std::move(*permit));
    };
    test::run(hold());
    world.add({{.name = "b", .lasts = 10ms}, {.name = "c"}});
    world.at(50ms, [&] {
      if (is_cancelled_first) world.cancel("b");
      held.reset();
      if (!is_cancelled_first) world.cancel("b");
    });
    CHECK_NOTHROW(world.run());
    CHECK(world.story().back() == "50 c");
    CHECK(world.budget.counters().in_flight == 0);
  }
}

TEST_CASE("budget: cancelling everybody leaves a budget as new") {
  World world({.requests_per_second = 1, .concurrency = 1, .bytes_in_flight = 1});
  world.add({.name = "first", .lasts = 10ms, .bytes = 1});
  world.add(crowd(20, {.bytes = 1}));
  world.add(crowd(20, {.priority = Priority::sweep}));
  world.at(5ms, [&] {
    for (int i = 1; i <= 20; ++i) {
      world.cancel("s" + std::to_string(i));
      world.cancel("h" + std::to_string(i));
    }
  });
  world.add({.name = "later", .at = 2s, .bytes = 1});
  CHECK(world.run().size() == 42);
  CHECK(world.story().back() == "2000 later");
  CHECK(world.budget.counters().in_flight == 0);
  CHECK(world.budget.counters().bytes_in_flight == 0);
}

TEST_CASE("budget: waiting coroutines may be destroyed with their loop") {
  test::SimulatedClock clock;
  Budget budget({.concurrency = 1, .bytes_in_flight = 1}, clock, 7, Logger());
  auto hold = [](Budget& shared, Clock& time, std::int64_t bytes) -> asio::awaitable<void> {
    auto permit = co_await shared.acquire(Priority::human, bytes, time.in(1h));
    co_await time.sleep_until(time.now() + 1h);
  };
  {
    asio::io_context loop;
    for (const int bytes : {0, 1, 0, 1}) asio::co_spawn(loop, hold(budget, clock, bytes), [](std::exception_ptr) {});
    loop.poll();
    CHECK(budget.counters().in_flight == 1);
  }
  CHECK(budget.counters().in_flight == 0);
  CHECK(budget.counters().bytes_in_flight == 0);
}

}  // namespace
}  // namespace fgsync::functiongraph

#include "functiongraph/budget.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <exception>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/functiongraph/budget_world.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::int64_t kMiB = 1 << 20;

using test::crowd;
using test::Story;
using World = test::BudgetWorld;

/// Who started, without the times.
Story names_in(const Story& story) {
  Story names;
  for (const std::string& line : story) names.push_back(line.substr(line.find(' ') + 1));
  return names;
}

// The rate

TEST_CASE("budget: a second's worth of calls starts at once, the others as tokens come") {
  World world({.requests_per_second = 4});
  world.add(crowd(7, {}));
  CHECK(world.run() == Story{"0 h1", "0 h2", "0 h3", "0 h4", "250 h5", "500 h6", "750 h7"});
}

TEST_CASE("budget: one call a second is a burst of one") {
  World world({.requests_per_second = 1});
  world.add(crowd(3, {}));
  CHECK(world.run() == Story{"0 h1", "1000 h2", "2000 h3"});
}

TEST_CASE("budget: a rate that a second cannot be divided by is kept rather than exceeded") {
  World world({.requests_per_second = 7});
  world.add(crowd(14, {}));
  // A seventh of a second rounded down to nanoseconds, seven times, would be less than a second.
  CHECK(world.run().back() == "1000 h14");
}

TEST_CASE("budget: idle time saves up no more than a second's worth") {
  World world({.requests_per_second = 2});
  world.add(crowd(4, {.at = 1h}));
  CHECK(world.run() == Story{"3600000 h1", "3600000 h2", "3600500 h3", "3601000 h4"});
}

TEST_CASE("budget: a rate of 0, or less, is no limit") {
  for (const int rate : {0, -1}) {
    World world({.requests_per_second = rate, .concurrency = 1});
    world.add(crowd(1000, {}));
    CHECK(world.run().size() == 1000);
    CHECK(world.elapsed() == 0ms);
  }
}

TEST_CASE("budget: no second has more calls than the rate and the burst, and none is wasted") {
  for (const int rate : {1, 3, 7, 20, 60}) {
    INFO(rate);
    World world({.requests_per_second = rate});
    std::mt19937_64 random(static_cast<std::uint64_t>(rate));
    std::uniform_int_distribution<int> any_time(0, 60'000);
    const int count = rate * 120;  // twice what the time of their arrival allows
    for (int i = 0; i < count; ++i) {
      world.add({.name = std::to_string(i), .at = milliseconds(any_time(random)), .lasts = 10ms});
    }
    std::vector<int> starts;
    for (const std::string& line : world.run()) starts.push_back(std::stoi(line));
    REQUIRE(starts.size() == static_cast<std::size_t>(count));
    const auto within = static_cast<std::size_t>(2 * rate);
    for (std::size_t i = 0; i + within < starts.size(); ++i) CHECK(starts[i + within] - starts[i] >= 1000);
    // The first burst is ahead of the rate; roundings may cost a little.
    CHECK(starts.back() <= 120'000 + 1000);
  }
}

// Slots

TEST_CASE("budget: no more calls at once than slots, and the next starts when one ends") {
  World world({.concurrency = 2});
  world.add({{.name = "a", .lasts = 100ms}, {.name = "b", .lasts = 30ms}, {.name = "c", .lasts = 10ms}, {.name = "d"}});
  CHECK(world.run() == Story{"0 a", "0 b", "30 c", "40 d"});
}

TEST_CASE("budget: there is always one slot") {
  for (const int none : {0, -5}) {
    World world({.concurrency = none});
    world.add({{.name = "a", .lasts = 10ms}, {.name = "b"}});
    CHECK(world.run() == Story{"0 a", "10 b"});
  }
}

// Bytes

TEST_CASE("budget: a body waits until there is room for all of it") {
  World world({.bytes_in_flight = 10});
  world.add({{.name = "a", .lasts = 50ms, .bytes = 4},
             {.name = "b", .lasts = 20ms, .bytes = 6},
             {.name = "c", .lasts = 10ms, .bytes = 7}});
  CHECK(world.run() == Story{"0 a", "0 b", "50 c"});
}

TEST_CASE("budget: a body larger than the limit goes alone, beside requests without one") {
  World world({.bytes_in_flight = 10});
  world.add({{.name = "small", .lasts = 20ms, .bytes = 1},
             {.name = "huge", .lasts = 30ms, .bytes = 1000},
             {.name = "tiny", .at = 25ms, .bytes = 1},
             {.name = "read", .at = 25ms}});
  CHECK(world.run() == Story{"0 small", "20 huge", "25 read", "50 tiny"});
}

TEST_CASE("budget: any body goes alone when there is no room for bytes at all") {
  World world({.bytes_in_flight = 0});
  world.add({{.name = "a", .lasts = 10ms, .bytes = 1}, {.name = "b", .bytes = 1}, {.name = "read"}});
  CHECK(world.run() == Story{"0 a", "0 read", "10 b"});
}

TEST_CASE("budget: the largest size there is does not overflow") {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  World world({.bytes_in_flight = largest});
  world.add({{.name = "a", .lasts = 10ms, .bytes = largest},
             {.name = "b", .lasts = 10ms, .bytes = largest},
             {.name = "c", .bytes = 1}});
  CHECK(world.run() == Story{"0 a", "10 b", "20 c"});
}

TEST_CASE("budget: a body that waits for room holds up the bodies behind it, not requests without one") {
  World world({.bytes_in_flight = 10});
  world.add({{.name = "first", .lasts = 100ms, .bytes = 8},
             {.name = "large", .lasts = 10ms, .bytes = 10},
             {.name = "small", .lasts = 10ms, .bytes = 1},
             {.name = "read"}});
  CHECK(world.run() == Story{"0 first", "0 read", "100 large", "110 small"});
}

TEST_CASE("budget: a large body has its turn however many small ones keep coming") {
  World world({.concurrency = 8, .bytes_in_flight = 10});
  world.add({.name = "large", .at = 5ms, .bytes = 10});
  for (int i = 0; i < 200; ++i) {
    world.add({.name = "small" + std::to_string(i), .at = milliseconds(i * 5), .lasts = 20ms, .bytes = 3});
  }
  CHECK(world.run()[1] == "20 large");
}

TEST_CASE("budget: a request without a body waits for a slot behind a body that came before it") {
  World world({.concurrency = 1, .bytes_in_flight = 10});
  world.add({{.name = "a", .lasts = 10ms}, {.name = "body", .lasts = 10ms, .bytes = 5}, {.name = "read"}});
  CHECK(world.run() == Story{"0 a", "10 body", "20 read"});
}

// Priorities

TEST_CASE("budget: humans go before sweeps, each in the order of their arrival") {
  World world({.concurrency = 1});
  world.add({.name = "first", .lasts = 10ms});
  world.add(crowd(3, {.lasts = 1ms, .priority = Priority::sweep}));
  world.add(crowd(3, {.lasts = 1ms}));
  CHECK(world.run() == Story{"0 first", "10 h1", "11 h2", "12 h3", "13 s1", "14 s2", "15 s3"});
}

TEST_CASE("budget: after seven humans in a row a sweep that waits is next") {
  World world({.concurrency = 1});
  world.add({.name = "first", .lasts = 10ms});
  world.add(crowd(16, {.lasts = 1ms}));
  world.add(crowd(3, {.lasts = 1ms, .priority = Priority::sweep}));
  CHECK(names_in(world.run()) == Story{"first", "h1",  "h2",  "h3",  "h4",  "h5",  "h6", "h7",  "s1",  "h8",
                                       "h9",    "h10", "h11", "h12", "h13", "h14", "s2", "h15", "h16", "s3"});
}

TEST_CASE("budget: a human goes before a long line of sweeps") {
  World world({.concurrency = 1});
  world.add(crowd(100, {.lasts = 10ms, .priority = Priority::sweep}));
  world.add({.name = "human", .at = 495ms});
  CHECK(world.run()[50] == "500 human");
}

TEST_CASE("budget: humans that keep coming let a sweep through") {
  World world({.concurrency = 1});
  for (int i = 0; i < 50; ++i) world.add({.name = std::to_string(i), .at = milliseconds(i * 5), .lasts = 10ms});
  world.add({.name = "sweep", .at = 21ms, .priority = Priority::sweep});
  const Story& story = world.run();
  // Three humans had started by then.
  CHECK(std::find(story.begin(), story.end(), "100 sweep") - story.begin() == 3 + 7);
}

TEST_CASE("budget: a sweep's large body has its turn between bodies of humans") {
  World world({.concurrency = 8, .bytes_in_flight = 10});
  for (int i = 0; i < 100; ++i) {
    world.add({.name = std::to_string(i), .at = milliseconds(i * 2), .lasts = 20ms, .bytes = 4});
  }
  world.add({.name = "sweep", .at = 1ms, .lasts = 1ms, .bytes = 9, .priority = Priority::sweep});
  const Story names = names_in(world.run());
  const auto sweep = std::find(names.begin(), names.end(), "sweep") - names.begin();
  // One was under way when it came.
  CHECK(sweep == 1 + 7);
}

TEST_CASE("budget: sweeps that gave up or were cancelled do not hold back those that come later") {
  for (const bool is_cancelled : {true, false}) {
    World world({.concurrency = 1});
    world.add({.name = "first", .lasts = 40ms});
    world.add({.name = "served", .lasts = 60ms, .priority = Priority::sweep});
    world.add(crowd(100, {.priority = Priority::sweep, .patience = is_cancelled ? 1h : 50ms}));
    if (is_cancelled) {
      world.at(50ms, [&] {
        for (int i = 1; i <= 100; ++i) world.cancel("s" + std::to_string(i));
      });
    }
    for (int i = 0; i < 20; ++i) world.add({.name = "late" + std::to_string(i), .at = 60ms, .lasts = 1ms});
    world.add({.name = "sweep", .at = 70ms, .priority = Priority::sweep});
    const Story& story = world.run();
    CHECK(std::find(story.begin(), story.end(), "107 sweep") != story.end());
  }
}

TEST_CASE("budget: a sweep's body that waits for room gives later sweeps no advantage over humans") {
  World world({.concurrency = 2, .bytes_in_flight = 10});
  world.add({.name = "first", .lasts = 1s, .bytes = 10});
  world.add({.name = "body", .bytes = 10, .priority = Priority::sweep});
  world.add(crowd(20, {.lasts = 10ms}));
  world.add({.name = "sweep", .at = 155ms, .priority = Priority::sweep});
  const Story& story = world.run();
  // All humans that were there already have lower ranks than the sweep.
  CHECK(std::find(story.begin(), story.end(), "200 sweep") != story.end());
}

TEST_CASE("budget: a sweep's body that starts late gives later sweeps no advantage over humans") {
  World world({.concurrency = 2, .bytes_in_flight = 10});
  world.add({.name = "first", .lasts = 100ms, .bytes = 10});
  world.add({.name = "body", .lasts = 1s, .bytes = 10, .priority = Priority::sweep});
  world.add(crowd(30, {.at = 5ms, .lasts = 10ms}));
  world.add({.name = "sweep", .at = 102ms, .priority = Priority::sweep});
  const Story& story = world.run();
  // Ten humans had started when it came, and seven more go before it.
  CHECK(std::find(story.begin(), story.end(), "175 sweep") != story.end());
}

// Permits and counters

TEST_CASE("budget: a permit that was moved is given back once") {
  World world({.concurrency = 2});
  auto work = [&]() -> asio::awaitable<void> {
    auto permit = co_await world.budget.acquire(Priority::human, 5, world.clock.in(1s));
    REQUIRE(permit);
    CHECK(world.budget.counters().in_flight == 1);
    CHECK(world.budget.counters().bytes_in_flight == 5);
    {
      const Budget::Permit moved = std::move(*permit);
      CHECK(world.budget.counters().in_flight == 1);
    }
    CHECK(world.budget.counters().in_flight == 0);
    CHECK(world.budget.counters().bytes_in_flight == 0);
  };
  test::run(work());
  CHECK(world.budget.counters().in_flight == 0);
}

TEST_CASE("budget: counters tell what has happened") {
  World world({.concurrency = 1});
  world.add({{.name = "a", .lasts = 100ms, .bytes = 3},
             {.name = "b", .at = 10ms, .lasts = 5ms},
             {.name = "c", .at = 50ms},
             {.name = "d", .at = 20ms, .patience = 10ms},
             {.name = "e", .at = 500ms}});
  world.at(30ms, [&] {
    CHECK(world.budget.counters().in_flight == 1);
    CHECK(world.budget.counters().bytes_in_flight == 3);
  });
  world.run();
  const BudgetCounters& counters = world.budget.counters();
  CHECK(counters.granted == 4);
  CHECK(counters.waited == 2);
  CHECK(counters.time_waited == 90ms + 55ms);
  CHECK(counters.refused == 1);
  CHECK(counters.throttled == 0);
  CHECK(counters.in_flight == 0);
  CHECK(counters.bytes_in_flight == 0);
}

TEST_CASE("budget: without anything to wait for nobody sleeps") {
  test::FakeClock clock;
  Budget budget({.requests_per_second = 20}, clock, 7, Logger());
  auto work = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) {
      const auto permit = co_await budget.acquire(Priority::human, kMiB, clock.in(1s));
      CHECK(permit);
    }
  };
  test::run(work());
  CHECK(clock.sleeps().empty());
  CHECK(budget.counters().granted == 20);
  CHECK(budget.counters().waited == 0);
}

TEST_CASE("budget: of many who wait only one sleeps at a time") {
  test::FakeClock clock;
  Budget budget({.requests_per_second = 10}, clock, 7, Logger());
  auto work = [&](Deadline deadline) -> asio::awaitable<void> {
    const auto permit = co_await budget.acquire(Priority::human, 0, deadline);
    CHECK(permit);
  };
  asio::io_context loop;
  const auto start = clock.now();
  for (int i = 0; i < 30; ++i) asio::co_spawn(loop, work(clock.in(1min)), [](std::exception_ptr) {});
  loop.run();
  CHECK(budget.counters().granted == 30);
  CHECK(clock.now() - start == 2s);
  CHECK(clock.sleeps() == std::vector<milliseconds>(20, 100ms));
}

}  // namespace
}  // namespace fgsync::functiongraph

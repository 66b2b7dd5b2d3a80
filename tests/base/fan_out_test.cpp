#include "base/fan_out.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "tests/support/run.hpp"

namespace fgsync {
namespace {

namespace asio = boost::asio;

/// Lets the others on the loop go on, `times` times.
asio::awaitable<void> yield(std::size_t times) {
  auto executor = co_await asio::this_coro::executor;
  for (std::size_t i = 0; i < times; ++i) co_await asio::post(executor, asio::use_awaitable);
}

/// What was seen while tasks of different lengths ran.
struct Observation {
  std::vector<std::size_t> started;
  std::size_t ended = 0;
  std::size_t in_flight = 0;
  std::size_t most_in_flight = 0;
};

std::function<asio::awaitable<void>(std::size_t)> observed_task(Observation& seen) {
  return [&seen](std::size_t i) -> asio::awaitable<void> {
    seen.started.push_back(i);
    seen.most_in_flight = std::max(seen.most_in_flight, ++seen.in_flight);
    co_await yield(1 + i * 7 % 5);
    --seen.in_flight;
    ++seen.ended;
  };
}

TEST_CASE("fan-out: runs every task once, started in order") {
  Observation seen;
  test::run(for_each_bounded(40, 3, observed_task(seen)));
  std::vector<std::size_t> expected(40);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  CHECK(seen.started == expected);
  CHECK(seen.ended == 40);
}

TEST_CASE("fan-out: keeps exactly `width` tasks under way while there are enough") {
  const std::vector<std::pair<std::size_t, std::size_t>> widths{{1, 1}, {3, 3}, {8, 8}, {40, 20}, {0, 1}};
  for (const auto& [width, most] : widths) {
    Observation seen;
    test::run(for_each_bounded(20, width, observed_task(seen)));
    INFO(width);
    CHECK(seen.most_in_flight == most);
    CHECK(seen.ended == 20);
  }
}

TEST_CASE("fan-out: nothing to do ends at once") {
  Observation seen;
  test::run(for_each_bounded(0, 4, observed_task(seen)));
  CHECK(seen.started.empty());
}

TEST_CASE("fan-out: an exception is rethrown only after every started task has ended") {
  Observation seen;
  auto slow = observed_task(seen);
  auto task = [&slow](std::size_t i) -> asio::awaitable<void> {
    if (i == 1) throw std::runtime_error("task 1 failed");
    co_await slow(i);
    co_await yield(20);
  };
  CHECK_THROWS_WITH(test::run(for_each_bounded(3, 3, task)), "task 1 failed");
  CHECK(seen.ended == 2);
}

TEST_CASE("fan-out: no task starts after one has failed") {
  std::vector<std::size_t> started;
  auto task = [&started](std::size_t i) -> asio::awaitable<void> {
    started.push_back(i);
    co_await yield(1);
    if (i == 0) throw std::runtime_error("task 0 failed");
    co_await yield(10);
  };
  CHECK_THROWS(test::run(for_each_bounded(50, 2, task)));
  CHECK(started.size() <= 2);
}

TEST_CASE("fan-out: of several exceptions the first is rethrown") {
  auto task = [](std::size_t i) -> asio::awaitable<void> {
    co_await yield(i == 1 ? 1 : 5);
    throw std::runtime_error("task " + std::to_string(i));
  };
  CHECK_THROWS_WITH(test::run(for_each_bounded(3, 3, task)), "task 1");
}

TEST_CASE("fan-out: an exception thrown before the task's coroutine exists counts as well") {
  auto task = [](std::size_t) -> asio::awaitable<void> { throw std::runtime_error("no coroutine"); };
  CHECK_THROWS_WITH(test::run(for_each_bounded(2, 2, task)), "no coroutine");
}

asio::awaitable<void> nested(Observation& seen) {
  auto outer = [&seen](std::size_t) -> asio::awaitable<void> { co_await for_each_bounded(4, 2, observed_task(seen)); };
  co_await for_each_bounded(3, 3, outer);
}

TEST_CASE("fan-out: fan-outs nest") {
  Observation seen;
  test::run(nested(seen));
  CHECK(seen.ended == 12);
  CHECK(seen.most_in_flight == 6);
}

}  // namespace
}  // namespace fgsync

#include "base/clock.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"

namespace fgsync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

TEST_CASE("clock: times of day are written in ISO 8601, UTC, whole seconds") {
  CHECK(to_iso8601(system_clock::time_point()) == "1970-01-01T00:00:00Z");
  CHECK(to_iso8601(system_clock::time_point(seconds(1'795'348'987))) == "2026-11-22T12:03:07Z");
  CHECK(to_iso8601(system_clock::time_point(seconds(1'709'164'800) + milliseconds(999))) == "2024-02-29T00:00:00Z");
}

TEST_CASE("clock: a deadline stands that far ahead") {
  const test::FakeClock clock;
  CHECK(clock.in(milliseconds(250)).at == clock.now() + milliseconds(250));
}

TEST_CASE("clock: the system's clock has reached the time when its sleep ends") {
  SystemClock clock;
  const auto wanted = clock.now() + milliseconds(5);
  test::run(clock.sleep_until(wanted));
  CHECK(clock.now() >= wanted);
}

TEST_CASE("clock: sleeping until a time that has passed ends at once") {
  SystemClock clock;
  test::run(clock.sleep_until(clock.now() - seconds(5)));
}

TEST_CASE("fake clock: sleeping moves both its clocks and is remembered") {
  test::FakeClock clock;
  const auto wall = clock.wall_now();
  test::run(clock.sleep_until(clock.now() + seconds(90)));
  CHECK(to_iso8601(wall) == "2026-01-01T00:00:00Z");
  CHECK(to_iso8601(clock.wall_now()) == "2026-01-01T00:01:30Z");
  CHECK(clock.sleeps() == std::vector<milliseconds>{milliseconds(90'000)});
}

}  // namespace
}  // namespace fgsync

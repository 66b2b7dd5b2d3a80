#include "base/backoff.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace fgsync {
namespace {

using std::chrono::milliseconds;

milliseconds longest_of_many(const Backoff& backoff, int attempt) {
  std::mt19937_64 random(1);
  milliseconds longest{0};
  for (int i = 0; i < 2000; ++i) {
    const auto delay = backoff.delay(attempt, random);
    REQUIRE(delay >= milliseconds(0));
    longest = std::max(longest, delay);
  }
  return longest;
}

TEST_CASE("backoff: the upper bound doubles with every attempt until the cap") {
  const Backoff backoff{milliseconds(1000), milliseconds(6000)};
  const std::vector<std::pair<int, milliseconds>> bounds{
      {0, milliseconds(1000)}, {1, milliseconds(2000)}, {2, milliseconds(4000)},
      {3, milliseconds(6000)}, {9, milliseconds(6000)},
  };
  for (const auto& [attempt, bound] : bounds) {
    const auto longest = longest_of_many(backoff, attempt);
    INFO(attempt);
    CHECK(longest <= bound);
    CHECK(longest > bound * 9 / 10);  // the whole range is used
  }
}

TEST_CASE("backoff: attempts without number neither overflow nor pass the cap") {
  const Backoff backoff;
  std::mt19937_64 random(7);
  for (const int attempt : {31, 64, 1000, std::numeric_limits<int>::max()}) {
    const auto delay = backoff.delay(attempt, random);
    CHECK(delay >= milliseconds(0));
    CHECK(delay <= backoff.cap);
  }
}

TEST_CASE("backoff: an attempt below 0 counts as the first") {
  CHECK(longest_of_many(Backoff{milliseconds(10), milliseconds(100)}, -3) <= milliseconds(10));
}

TEST_CASE("backoff: the same random numbers give the same delays") {
  std::mt19937_64 one(42);
  std::mt19937_64 other(42);
  for (int attempt = 0; attempt < 12; ++attempt)
    CHECK(Backoff().delay(attempt, one) == Backoff().delay(attempt, other));
}

}  // namespace
}  // namespace fgsync

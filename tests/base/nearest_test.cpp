#include "base/nearest.hpp"

#include <array>
#include <catch2/catch.hpp>

namespace fgsync {
namespace {

constexpr std::array<std::string_view, 6> kFields{"handler", "runtime", "memory", "timeout", "description", "app"};

TEST_CASE("nearest: finds what was meant") {
  const std::vector<std::pair<std::string, std::string>> typed{
      {"handlr", "handler"},    // a letter missing
      {"handlerr", "handler"},  // a letter too many
      {"runtine", "runtime"},   // a wrong letter
      {"tiemout", "timeout"},   // two letters swapped
      {"Memory", "memory"},     // letter case
      {"DESCRIPTION", "description"}, {"ap", "app"},
  };
  for (const auto& [word, meant] : typed) {
    INFO(word);
    CHECK(nearest(word, kFields) == meant);
  }
}

TEST_CASE("nearest: offers nothing when nothing is close") {
  for (const auto* word : {"", "xyzzy", "concurrency", "hnldr"}) {
    INFO(word);
    CHECK_FALSE(nearest(word, kFields));
  }
}

TEST_CASE("nearest: a closer candidate wins over an earlier one") {
  constexpr std::array<std::string_view, 2> kNames{"function-b1", "function-a1"};
  CHECK(nearest("function-a2", kNames) == "function-a1");
}

TEST_CASE("nearest: the first of two that are equally close wins") {
  constexpr std::array<std::string_view, 2> kNames{"node1", "node2"};
  CHECK(nearest("node3", kNames) == "node1");
}

TEST_CASE("nearest: a very long word is no typing mistake") {
  CHECK_FALSE(nearest(std::string(100'000, 'a'), kFields));
}

TEST_CASE("nearest: without candidates there is nothing to offer") {
  CHECK_FALSE(nearest("handler", {}));
}

}  // namespace
TEST_CASE("nearest: one letter is not a misspelling of another") {
  const std::vector<std::string_view> candidates{"b", "ab"};
  CHECK_FALSE(nearest("a", candidates));
}

}  // namespace fgsync

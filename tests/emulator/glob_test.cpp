#include "emulator/glob.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using fgsync::emulator::matches_glob;

TEST_CASE("glob: which texts fit") {
  struct GlobCase {
    std::string pattern;
    std::string text;
    bool fits;
  };
  const std::vector<GlobCase> cases{
      {"hello", "hello", true},
      {"hello", "hello2", false},
      {"hello", "hell", false},
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "abc", true},
      {"*", "a/b", false},
      {"**", "a/b", true},
      {"a*c", "abbc", true},
      {"a*c", "ac", true},
      {"a*c", "a/c", false},
      {"a**c", "a/b/c", true},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"a?c", "a/c", false},
      {"/v2/*/fgs/**", "/v2/p1/fgs/functions/x/code", true},
      {"/v2/*/fgs/**", "/v2/p1/p2/fgs/functions", false},
      {"**/code", "/v2/p/fgs/functions/u/code", true},
      {"**/code", "/v2/p/fgs/functions/u/codes", false},
      {"*-api", "pay-api", true},
      {"pay*pay", "pay", false},
      {"***", "a/b", true},
  };
  for (const auto& [pattern, text, fits] : cases) {
    CAPTURE(pattern, text);
    CHECK(matches_glob(pattern, text) == fits);
  }
}

TEST_CASE("glob: a pattern of many stars is no way to keep the emulator busy") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  CHECK_FALSE(matches_glob(pattern + "b", std::string(2000, 'a')));
}

#include "manifest/selector.hpp"

#include <catch2/catch.hpp>

namespace fgsync::manifest::test {
namespace {

using Labels = std::map<std::string, std::string>;
using Kind = LabelRequirement::Kind;

bool matches(const std::string& selector, const Labels& labels) {
  const auto parsed = parse_selector(selector);
  REQUIRE(parsed);
  return parsed->matches(labels);
}

std::string problem_of(const std::string& selector) {
  const auto parsed = parse_selector(selector);
  return parsed ? "no problem" : parsed.error().describe();
}

/// A value of `length` letters.
std::string long_word(std::size_t length) {
  return std::string(length, 'x');
}

constexpr const char* kOperators = "expected =, ==, !=, in, notin, a comma or the end, found ";

}  // namespace

TEST_CASE("selector: each form asks its own question") {
  struct Row {
    const char* selector;
    bool media, other, empty, none;
  };
  const auto row = GENERATE(values<Row>({
      {"team=media", true, false, false, false},
      {"team==media", true, false, false, false},
      {"team!=media", false, true, true, true},
      {"team in (media,web)", true, false, false, false},
      {"team notin (media,web)", false, true, true, true},
      {"team", true, true, true, false},
      {"!team", false, false, false, true},
      {"team=", false, false, true, false},
      {"team!=", true, true, false, true},
      {"team in (media,)", true, false, true, false},
      {"team in (,)", false, false, true, false},
  }));
  INFO(row.selector);
  CHECK(matches(row.selector, {{"team", "media"}}) == row.media);
  CHECK(matches(row.selector, {{"team", "other"}}) == row.other);
  CHECK(matches(row.selector, {{"team", ""}}) == row.empty);
  CHECK(matches(row.selector, {{"tier", "media"}}) == row.none);
}

TEST_CASE("selector: a comma means and") {
  const std::string selector = "team=media,tier notin (a,b),!old";
  CHECK(matches(selector, {{"team", "media"}}));
  CHECK(matches(selector, {{"team", "media"}, {"tier", "c"}}));
  CHECK_FALSE(matches(selector, {{"team", "media"}, {"tier", "b"}}));
  CHECK_FALSE(matches(selector, {{"team", "media"}, {"old", ""}}));
  CHECK_FALSE(matches("team=a,team=b", {{"team", "a"}}));
}

TEST_CASE("selector: blanks may stand between all words") {
  const auto parsed = parse_selector("  team = media , tier notin( a , b ) ,\t! old , x!=y ,z==w,k ");
  REQUIRE(parsed);
  CHECK(parsed->requirements == std::vector<LabelRequirement>{{Kind::in, "team", {"media"}},
                                                              {Kind::not_in, "tier", {"a", "b"}},
                                                              {Kind::absent, "old", {}},
                                                              {Kind::not_in, "x", {"y"}},
                                                              {Kind::in, "z", {"w"}},
                                                              {Kind::present, "k", {}}});
}

TEST_CASE("selector: keys and values have the characters and the length of labels") {
  CHECK(matches("example.com/Team_1-x=a.b/c_D-9", {{"example.com/Team_1-x", "a.b/c_D-9"}}));
  CHECK(matches(long_word(63) + "=" + long_word(63), {{long_word(63), long_word(63)}}));
  CHECK(problem_of(long_word(64)) ==
        "column 1: a label's key is 1 to 63 letters, digits, -, _, . or /, found \"" + long_word(64) + "\"");
  CHECK(problem_of("a=" + long_word(64)) ==
        "column 3: a label's value is at most 63 letters, digits, -, _, . or /, found \"" + long_word(64) + "\"");
  CHECK(problem_of("a in (b, c~d)") ==
        "column 10: a label's value is at most 63 letters, digits, -, _, . or /, found \"c~d\"");
  CHECK(problem_of("te\xc3\xa4m=a") ==
        "column 1: a label's key is 1 to 63 letters, digits, -, _, . or /, found \"te\xc3\xa4m\"");
}

TEST_CASE("selector: words like in are keys where a key stands") {
  CHECK(matches("in", {{"in", ""}}));
  CHECK(matches("notin in (in)", {{"notin", "in"}}));
  CHECK(matches("in=notin", {{"in", "notin"}}));
}

TEST_CASE("selector: mistakes are named with their column and with what was expected") {
  struct Row {
    std::string selector;
    std::string problem;
  };
  const auto row = GENERATE(values<Row>({
      {"", "column 1: expected a label's key, found the end"},
      {"  ", "column 3: expected a label's key, found the end"},
      {",a", "column 1: expected a label's key, found \",\""},
      {"a=b,", "column 5: expected a label's key, found the end"},
      {"a,,b", "column 3: expected a label's key, found \",\""},
      {"=b", "column 1: expected a label's key, found \"=\""},
      {"!", "column 2: expected a label's key, found the end"},
      {"!!a", "column 2: expected a label's key, found \"!\""},
      {"!a=b", "column 3: expected a comma or the end, found \"=\""},
      {"a b", std::string("column 3: ") + kOperators + "\"b\""},
      {"a ins (b)", std::string("column 3: ") + kOperators + "\"ins\""},
      {"a>1", std::string("column 2: ") + kOperators + "\">\""},
      {"a!b", std::string("column 2: ") + kOperators + "\"!\""},
      {"a(b)", std::string("column 2: ") + kOperators + "\"(\""},
      {"a===b", "column 4: expected a label's value, found \"=\""},
      {"a=b c", "column 5: expected a comma or the end, found \"c\""},
      {"a=b=c", "column 4: expected a comma or the end, found \"=\""},
      {"a=(b)", "column 3: expected a label's value, found \"(\""},
      {"a in b", "column 6: expected ( after in, found \"b\""},
      {"a notin", "column 8: expected ( after notin, found the end"},
      {"a in ()", "column 7: expected at least one value between ( and )"},
      {"a in (b", "column 8: expected a comma or ) after the values, found the end"},
      {"a in (b c)", "column 9: expected a comma or ) after the values, found \"c\""},
      {"a in (b)c", "column 9: expected a comma or the end, found \"c\""},
  }));
  INFO(row.selector);
  CHECK(problem_of(row.selector) == row.problem);
}

TEST_CASE("selector: what is shown of a mistake cannot command a terminal") {
  CHECK(problem_of("a\x1b[31m") ==
        "column 1: a label's key is 1 to 63 letters, digits, -, _, . or /, found \"a?[31m\"");
}

}  // namespace fgsync::manifest::test

#include "tests/manifest/bad_cases.hpp"

#include <catch2/catch.hpp>

namespace fgsync::manifest::test {
namespace {

void check_text(const std::string& text, const std::string& expected) {
  const LoadResult result = load_text(text);
  CHECK(listing(result.diagnostics) == expected);
  CHECK(result.functions.empty() == has_error(result.diagnostics));
}

}  // namespace

void check_base(const std::vector<ChangedCase>& cases) {
  for (const ChangedCase& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    check_text(with(c.old_text, c.new_text), c.expected);
  }
}

void check_changed(const std::vector<ChangedCase>& cases) {
  for (const ChangedCase& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    std::string text = function_named("a");
    const auto place = text.find(c.old_text);
    REQUIRE(place != std::string::npos);
    check_text(text.replace(place, c.old_text.size(), c.new_text), c.expected);
  }
}

void check_more(const std::vector<MoreCase>& cases) {
  for (const MoreCase& c : cases) {
    CAPTURE(c.more);
    check_text(function_named("a", "  " + c.more + "\n"), c.expected);
  }
}

}  // namespace fgsync::manifest::test

#include "base/utf8.hpp"

#include <catch2/catch.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace fgsync {
namespace {

TEST_CASE("UTF-8: the length of the first character, none where there is none") {
  const std::vector<std::pair<std::string_view, std::size_t>> texts{
      {"ab", 1},
      {"\u00fcx", 2},
      {"\u20ac", 3},
      {"\U0001f600", 4},
      {"\xf4\x8f\xbf\xbf", 4},
      {"\x80", 0},              // in the middle of one
      {"\xc3", 0},              // cut
      {"\xc3(", 0},             // not continued
      {"\xc0\x80", 0},          // longer than needed
      {"\xe0\x80\x80", 0},      // likewise
      {"\xf0\x80\x80\x80", 0},  // likewise
      {"\xed\xa0\x80", 0},      // half of a surrogate pair
      {"\xf4\x90\x80\x80", 0},  // beyond the last character
      {"\xff", 0},
  };
  for (const auto& [text, length] : texts) CHECK(utf8_length(text) == length);
}

}  // namespace
}  // namespace fgsync

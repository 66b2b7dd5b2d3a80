#include "base/printable.hpp"

#include <catch2/catch.hpp>

using fgsync::printable;

TEST_CASE("printable: short text stays as it is") {
  CHECK(printable("", 60).empty());
  CHECK(printable("Grüße", 60) == "Grüße");
}

TEST_CASE("printable: control characters cannot break the line or command a terminal") {
  CHECK(printable("a\nb\x1b[31m\x7f", 60) == "a?b?[31m?");
}

TEST_CASE("printable: long text is cut, never inside a character") {
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(printable("aüüü", 4) == "aü…");
  CHECK(printable("aüüü", 5) == "aüü…");
}

#include "base/secret.hpp"

#include <catch2/catch.hpp>
#include <ostream>
#include <type_traits>

namespace fgsync {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST_CASE("secret: neither prints itself nor turns into text") {
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  CHECK(Secret("token").reveal() == "token");
}

TEST_CASE("secret: knows whether it is empty") {
  CHECK(Secret().is_empty());
  CHECK_FALSE(Secret("x").is_empty());
}

}  // namespace
}  // namespace fgsync

#include "base/secret.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <ostream>
#include <sstream>
#include <string_view>
#include <type_traits>

#include "base/log.hpp"

namespace fgsync {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept PrintableTemporary = requires(std::ostringstream& out) { out << T("x"); };
template <class T>
concept Loggable = requires(const T& value) { kv("key", value); };
template <class T>
concept Addable = requires(std::string text, const T& value) { text + value; };
template <class T>
concept Readable = requires(std::string text, const T& value) { text = value; };

bool is_zero(const char* data, std::size_t size) {
  return std::all_of(data, data + size, [](char c) { return c == '\0'; });
}

TEST_CASE("secret: neither prints itself nor turns into text") {
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(PrintableTemporary<Secret>);
  STATIC_REQUIRE_FALSE(Loggable<Secret>);
  STATIC_REQUIRE_FALSE(Addable<Secret>);
  STATIC_REQUIRE_FALSE(Readable<Secret>);
  STATIC_REQUIRE_FALSE(fmt::is_formattable<Secret>::value);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<std::string, Secret>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<std::string_view, Secret>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, const char*>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, bool>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Secret>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<Secret>);
  CHECK(Secret("token").reveal() == "token");
}

TEST_CASE("secret: the checks above can tell what is printable") {
  STATIC_REQUIRE(Printable<std::string>);
  STATIC_REQUIRE(PrintableTemporary<std::string>);
  STATIC_REQUIRE(Loggable<std::string>);
  STATIC_REQUIRE(Addable<std::string>);
  STATIC_REQUIRE(Readable<std::string>);
  STATIC_REQUIRE(fmt::is_formattable<std::string>::value);
}

TEST_CASE("secret: knows whether it is empty") {
  CHECK(Secret().is_empty());
  CHECK_FALSE(Secret("x").is_empty());
}

TEST_CASE("secret: wiping leaves nothing in a string's memory") {
  std::string text = "a long secret that does not fit into the string itself";
  text.resize(6);
  const char* data = text.data();
  const std::size_t size = text.capacity();
  Secret::wipe(text);
  CHECK(text.empty());
  CHECK(text.data() == data);
  CHECK(is_zero(data, size));
}

TEST_CASE("secret: the text is in one place only after a move") {
  for (const std::string_view value : {"short", "a long secret that does not fit into the string itself"}) {
    CAPTURE(value);
    Secret first{std::string(value)};
    const char* data = first.reveal().data();
    Secret second = std::move(first);
    CHECK(second.reveal() == value);
    CHECK(first.is_empty());  // NOLINT(bugprone-use-after-move): that is the question
    if (second.reveal().data() != data) CHECK(is_zero(data, value.size()));
    data = second.reveal().data();
    first = std::move(second);
    CHECK(first.reveal() == value);
    CHECK(second.is_empty());  // NOLINT(bugprone-use-after-move)
    if (first.reveal().data() != data) CHECK(is_zero(data, value.size()));
  }
}

TEST_CASE("secret: the memory of a secret that has ended holds zeros") {
  alignas(Secret) unsigned char memory[sizeof(Secret)];
  auto* secret = new (memory) Secret("short");
  const auto* data = secret->reveal().data();
  const auto offset = data - reinterpret_cast<const char*>(memory);
  REQUIRE(offset >= 0);
  REQUIRE(static_cast<std::size_t>(offset) < sizeof(Secret));
  secret->~Secret();
  CHECK(is_zero(reinterpret_cast<const char*>(memory) + offset, 5));
}

TEST_CASE("secret: assigning wipes what was there, and keeps the value through self-assignment") {
  Secret secret("first");
  const char* data = secret.reveal().data();
  secret = Secret("x");
  CHECK(secret.reveal() == "x");
  CHECK(secret.reveal().data() == data);
  CHECK(is_zero(data + 1, 4));
  const Secret& same = secret;
  secret = same;
  CHECK(secret.reveal() == "x");
  Secret copy;
  copy = secret;
  CHECK(copy.reveal() == "x");
  CHECK(secret.reveal() == "x");
}

TEST_CASE("secret: is taken out of texts that repeat it, whole or cut") {
  struct Row {
    const char* secret;
    const char* text;
    const char* shown;
  };
  const Row row = GENERATE(Row{"canary-1234567890", "it is canary-1234567890.", "it is [hidden]."},
                           Row{"canary-1234567890", "canary-1234567890canary-1234567890", "[hidden][hidden]"},
                           Row{"canary-1234567890", "it begins with canary-123456…", "it begins with [hidden]…"},
                           Row{"canary-1234567890", "canary-12 is too little", "canary-12 is too little"},
                           Row{"canary", "a canary sings", "a [hidden] sings"},
                           Row{"[hidden][hidden]", "[hidden][hidden]", "[hidden]"},
                           Row{"error", "error_code", "error_code"}, Row{"", "nothing", "nothing"});
  INFO(row.text);
  std::string text = row.text;
  hide(text, Secret(row.secret));
  CHECK(text == row.shown);
}

}  // namespace
}  // namespace fgsync

#include "emulator/long_texts.hpp"

#include <catch2/catch.hpp>

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

const std::string kLong(100'000, 'A');

std::string text_in(const std::string& json, std::string_view name) {
  const auto object = JsonObject::parse(json);
  REQUIRE(object);
  const auto text = object->text(name);
  REQUIRE(text);
  return text->value_or("(absent)");
}

TEST_CASE("long texts: a plain one is taken out, and its number among all strings is known") {
  const std::string json = R"({"a": "b", "code": ")" + kLong + R"("})";
  const auto document = without_long_texts(json);
  CHECK(document.json == R"({"a": "b", "code": ""})");
  REQUIRE(document.texts.size() == 1);
  CHECK(document.texts.at(3) == kLong);
}

TEST_CASE("long texts: what a parser must look at stays") {
  const std::string with_escape = R"({"code": "\n)" + kLong + R"("})";
  const std::string with_control = "{\"code\": \"\n" + kLong + "\"}";
  const std::string with_other = "{\"code\": \"\xc3\xa4" + kLong + "\"}";
  const std::string as_name = "{\"" + kLong + "\" : 1}";
  const std::string without_end = R"({"code": ")" + kLong;
  for (const auto& json : {with_escape, with_control, with_other, as_name, without_end}) {
    const auto document = without_long_texts(json);
    CHECK(document.json == json);
    CHECK(document.texts.empty());
  }
}

TEST_CASE("long texts: an object has them where they were") {
  const std::string json = R"({"x": {"first": "\"\\", "code": ")" + kLong + R"(1"}, "\"": "}", "code": ")" + kLong +
                           R"(2", "last": [1, "]"], "end": ")" + kLong + "3\"}";
  CHECK(text_in(json, "code") == kLong + "2");
  CHECK(text_in(json, "end") == kLong + "3");
  CHECK(text_in(json, "\"") == "}");
  const auto inner = JsonObject::parse(json)->object("x");
  REQUIRE(inner);
  CHECK(text_of(**inner, "code") == kLong + "1");
  CHECK(text_of(**inner, "first") == "\"\\");
}

TEST_CASE("long texts: of two members with one name the last one counts") {
  CHECK(text_in(R"({"code": ")" + kLong + R"(1", "code": ")" + kLong + R"(2"})", "code") == kLong + "2");
  CHECK(text_in(R"({"code": ")" + kLong + R"(1", "code": "short"})", "code") == "short");
}

TEST_CASE("long texts: what is not JSON without them is not JSON with them") {
  const std::string text = '"' + kLong + '"';
  for (const std::string& json : {"{\"a\": " + text, "{" + text + "}", "{\"a\" " + text + "}", "{\"a\": " + text + "]",
                                  "{\"a\": \"" + kLong + "\n\"}", "{\"a\": x\"" + kLong + "\"}"}) {
    CHECK_FALSE(JsonObject::parse(json));
  }
}

}  // namespace
}  // namespace fgsync::emulator

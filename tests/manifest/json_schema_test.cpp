#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "manifest/function_schema.hpp"

namespace fgsync::manifest::test {
namespace {

using Json = nlohmann::json;
using schema::Variables;

Json spec_of(Variables variables) {
  const std::string text = schema::json_schema(function_document(), "test", variables);
  return Json::parse(text)["properties"]["spec"]["properties"];
}

}  // namespace

TEST_CASE("json schema: where variables may stand, any value may be one") {
  const Json spec = spec_of(Variables::anywhere);
  for (const char* key : {"memory_size", "suspend", "type", "handler"}) {
    CAPTURE(key);
    REQUIRE(spec[key]["anyOf"].size() == 2);
    CHECK(spec[key]["anyOf"][1]["type"] == "string");
    CHECK(spec[key]["anyOf"][1]["pattern"] == R"(\$\{[A-Za-z_][A-Za-z0-9_]*\})");
    CHECK_FALSE(spec[key]["description"].get<std::string>().empty());
  }
}

TEST_CASE("json schema: what a document is never depends on a variable") {
  const Json document = Json::parse(schema::json_schema(function_document(), "test", Variables::anywhere));
  CHECK(document["properties"]["kind"]["enum"] == Json::array({"Function"}));
  CHECK(document["properties"]["apiVersion"]["enum"] == Json::array({"fgsync/v1"}));
}

TEST_CASE("json schema: without variables a value is just what it must be") {
  const Json spec = spec_of(Variables::none);
  CHECK(spec["memory_size"]["type"] == "integer");
  CHECK(spec["memory_size"]["minimum"] == 128);
  CHECK_FALSE(spec["memory_size"].contains("anyOf"));
}

}  // namespace fgsync::manifest::test

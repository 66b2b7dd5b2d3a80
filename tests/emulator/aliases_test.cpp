#include "emulated.hpp"

using namespace fgsync::emulator::test;

namespace {

const std::string kUrn = "/" + Emulated::urn();
const std::string kAliases = kUrn + "/aliases";

/// A function with the versions v1 and v2.
struct WithVersions : Emulated {
  explicit WithVersions(fgsync::emulator::ServiceOptions options = {}) : Emulated(options) {
    post("", create_body());
    publish("v1");
    put(kUrn + "/code", code_body("x = 2"));
    REQUIRE(publish("v2").outcome() == "200");
  }
};

Json alias_body(const std::string& name = "prod", const std::string& version = "v2") {
  return Json{{"name", name}, {"version", version}};
}

Json strategy(const std::string& op = "=") {
  const Json rule{{"rule_type", "Header"}, {"param", "x-beta"}, {"op", op}, {"value", "1"}};
  return Json{{"v1", {{"combine_type", "or"}, {"rules", Json::array({rule})}}}};
}

}  // namespace

TEST_CASE("alias: creating one answers it with its URN") {
  WithVersions service;
  auto body = alias_body();
  body["description"] = "Production";
  const auto reply = service.post(kAliases, body);
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json() == Json{{"name", "prod"},
                             {"version", "v2"},
                             {"description", "Production"},
                             {"last_modified", "2019-10-25 15:37:27"},
                             {"alias_urn", Emulated::urn() + ":!prod"}});
}

TEST_CASE("alias: the list is a bare array without strategies") {
  WithVersions service;
  auto body = alias_body();
  body["additional_version_strategy"] = strategy();
  service.post(kAliases, body);
  const auto list = service.get(kAliases).json();
  REQUIRE(list.is_array());
  REQUIRE(list.size() == 1);
  CHECK_FALSE(list[0].contains("additional_version_strategy"));
  CHECK(service.get(kAliases + "/prod").json()["additional_version_strategy"] == strategy());
}

TEST_CASE("alias: a function without aliases has an empty list") {
  WithVersions service;
  CHECK(service.get(kAliases).body == "[]");
}

TEST_CASE("alias: reading through it shows its version") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.get(kUrn + ":!prod/config").json()["version"] == "v1");
  CHECK(service.get(kUrn + ":!prod/code").json()["digest"] == service.get(kUrn + ":v1/code").json()["digest"]);
}

TEST_CASE("alias: it may point to latest") {
  WithVersions service;
  CHECK(service.post(kAliases, alias_body("dev", "latest")).outcome() == "200");
}

TEST_CASE("alias: each broken rule has its documented code") {
  struct Row {
    Json change;
    std::string outcome;
  };
  const std::vector<Row> rows{
      {{{"name", "9a"}}, "400 FSS.1014"},
      {{{"name", "a-"}}, "400 FSS.1014"},
      {{{"name", std::string(65, 'a')}}, "400 FSS.1014"},
      {{{"version", "v9"}}, "404 FSS.1052"},
      {{{"version", nullptr}}, "400 FSS.1015"},
      {{{"version", 1}}, "400 FSS.0400"},
      {{{"description", std::string(513, 'd')}}, "400 FSS.1019"},
      {{{"additional_version_weights", {{"v1", 10}}}}, "200"},
      {{{"additional_version_weights", Json::object()}}, "200"},
      {{{"additional_version_weights", {{"v2", 10}}}}, "400 FSS.1093"},
      {{{"additional_version_weights", {{"v9", 10}}}}, "400 FSS.1091"},
      {{{"additional_version_weights", {{"latest", 10}}}}, "400 FSS.1091"},
      {{{"additional_version_weights", {{"v1", 10}, {"latest", 10}}}}, "400 FSS.1091"},
      {{{"additional_version_weights", {{"v1", 101}}}}, "400 FSS.1092"},
      {{{"additional_version_weights", {{"v1", -1}}}}, "400 FSS.1092"},
      {{{"additional_version_weights", {{"v1", "10"}}}}, "400 FSS.0400"},
      {{{"additional_version_strategy", strategy("in")}}, "200"},
      {{{"additional_version_strategy", strategy("!=")}}, "400 FSS.0400"},
      {{{"additional_version_strategy", {{"v1", 1}}}}, "400 FSS.0400"},
  };
  for (const auto& row : rows) {
    INFO(row.change);
    WithVersions service;
    auto body = alias_body();
    body.update(row.change);
    CHECK(service.post(kAliases, body).outcome() == row.outcome);
  }
}

TEST_CASE("alias: an existing name is refused") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.post(kAliases, alias_body("prod", "v2")).outcome() == "409 FSS.1063");
}

TEST_CASE("alias: a version carries only one") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.post(kAliases, alias_body("beta", "v1")).outcome() == "409 FSS.1066");
}

TEST_CASE("alias: over the quota is refused") {
  fgsync::emulator::ServiceOptions options;
  options.max_aliases = 1;
  WithVersions service(options);
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.post(kAliases, alias_body("beta", "v2")).outcome() == "403 FSS.1043");
}

TEST_CASE("alias: an update moves it and replaces weights and strategy") {
  WithVersions service;
  auto body = alias_body();
  body["additional_version_weights"] = {{"v1", 10}};
  body["additional_version_strategy"] = strategy();
  REQUIRE(service.post(kAliases, body).outcome() == "200");
  REQUIRE(service.put(kAliases + "/prod", Json{{"version", "v1"}}).outcome() == "200");
  const auto alias = service.get(kAliases + "/prod").json();
  CHECK(alias["version"] == "v1");
  CHECK_FALSE(alias.contains("additional_version_weights"));
  CHECK_FALSE(alias.contains("additional_version_strategy"));
}

TEST_CASE("alias: an update may keep the version") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.put(kAliases + "/prod", Json{{"version", "v1"}, {"description", "d"}}).outcome() == "200");
  CHECK(service.put(kAliases + "/prod", Json{{"version", "v9"}}).outcome() == "404 FSS.1052");
}

TEST_CASE("alias: an update onto another alias's version is refused") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  service.post(kAliases, alias_body("beta", "v2"));
  CHECK(service.put(kAliases + "/beta", Json{{"version", "v1"}}).outcome() == "409 FSS.1066");
}

TEST_CASE("alias: a missing one is not found") {
  WithVersions service;
  CHECK(service.get(kAliases + "/none").outcome() == "404 FSS.1053");
  CHECK(service.put(kAliases + "/none", Json{{"version", "v1"}}).outcome() == "404 FSS.1053");
  CHECK(service.remove(kAliases + "/none").outcome() == "404 FSS.1053");
  CHECK(service.get(kUrn + ":!none/config").outcome() == "404 FSS.1053");
  CHECK(service.remove(kUrn + ":!none").outcome() == "404 FSS.1053");
}

TEST_CASE("alias: deleting it keeps the version") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.remove(kAliases + "/prod").outcome() == "204");
  CHECK(service.get(kUrn + ":v1/config").outcome() == "200");
}

TEST_CASE("alias: DELETE of a function's URN with an alias deletes only the alias") {
  WithVersions service;
  service.post(kAliases, alias_body("prod", "v1"));
  CHECK(service.remove(kUrn + ":!prod").outcome() == "204");
  CHECK(service.get(kAliases).body == "[]");
  CHECK(service.get(kUrn + ":v1/config").outcome() == "200");
}

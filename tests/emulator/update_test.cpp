#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::sha512_hex;

namespace {

const std::string kCode = "/" + Emulated::urn() + "/code";
const std::string kConfig = "/" + Emulated::urn() + "/config";

struct WithFunction : Emulated {
  WithFunction() { REQUIRE(post("", create_body()).outcome() == "200"); }

  std::string image_name() { return get(kConfig).json()["image_name"]; }
};

}  // namespace

TEST_CASE("code: other code replaces latest's") {
  WithFunction service;
  const auto reply = service.put(kCode, code_body("x = 2"));
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["digest"] == sha512_hex(code_zip("x = 2")));
  CHECK(service.get(kCode).json()["digest"] == sha512_hex(code_zip("x = 2")));
}

TEST_CASE("code: identical code is a conflict and changes nothing") {
  WithFunction service;
  const auto before = service.get(kConfig).body;
  service.now += std::chrono::hours(1);
  const auto reply = service.put(kCode, code_body("def handler(event, context): return 1\n"));
  CHECK(reply.outcome() == "409 FSS.0409");
  CHECK(reply.json()["error_msg"] == "The specified resource already exists.");
  CHECK(service.get(kConfig).body == before);
}

TEST_CASE("code: a change renames the image even within the same second") {
  WithFunction service;
  const auto before = service.image_name();
  service.put(kCode, code_body("x = 2"));
  CHECK(service.image_name() != before);
}

TEST_CASE("code: the stored code is not returned") {
  WithFunction service;
  const auto answer = service.get(kCode).json();
  CHECK(answer["func_code"] == Json{{"file", ""}, {"link", ""}});
}

TEST_CASE("code: a list of dependencies replaces the old one, and none keeps it") {
  WithFunction service;
  auto body = code_body("x = 2");
  body["depend_version_list"] = {"d1"};
  service.put(kCode, body);
  service.put(kCode, code_body("x = 3"));
  CHECK(service.get(kCode).json()["depend_version_list"] == Json{"d1"});
}

TEST_CASE("code: the same code with other dependencies is a change") {
  WithFunction service;
  auto body = code_body("def handler(event, context): return 1\n");
  body["depend_version_list"] = {"d1"};
  CHECK(service.put(kCode, body).outcome() == "200");
  CHECK(service.put(kCode, body).outcome() == "409 FSS.0409");
}

TEST_CASE("code: code type and code are required") {
  WithFunction service;
  CHECK(service.put(kCode, Json{{"func_code", {{"file", "UEs="}}}}).outcome() == "400 FSS.1006");
  CHECK(service.put(kCode, Json{{"code_type", "zip"}}).outcome() == "400 FSS.1012");
  CHECK(service.put(kCode, Json{{"code_type", "zip"}, {"func_code", Json::object()}}).outcome() == "400 FSS.1011");
}

TEST_CASE("config: an update replaces the whole configuration") {
  WithFunction service;
  auto first = config_body();
  first["description"] = "first";
  first["xrole"] = "agency";
  first["user_data"] = R"({"A":"b"})";
  first["strategy_config"] = {{"concurrency", 5}};
  service.put(kConfig, first);
  auto second = config_body();
  second["timeout"] = 60;
  REQUIRE(service.put(kConfig, second).outcome() == "200");

  const auto config = service.get(kConfig).json();
  CHECK(config["timeout"] == 60);
  CHECK_FALSE(config.contains("description"));
  CHECK_FALSE(config.contains("xrole"));
  CHECK_FALSE(config.contains("user_data"));
  CHECK(config["strategy_config"] == Json{{"concurrency", -1}, {"concurrent_num", 1}});
}

TEST_CASE("config: an update keeps code, dependencies and type") {
  Emulated service;
  auto body = create_body();
  body["type"] = "v1";
  body["depend_version_list"] = {"d1"};
  const auto created = service.post("", body).json();
  auto update = config_body();
  update["timeout"] = 60;
  service.put(kConfig, update);
  const auto config = service.get(kConfig).json();
  CHECK(config["type"] == "v1");
  CHECK(config["depend_version_list"] == Json{"d1"});
  CHECK(config["digest"] == created["digest"]);
}

TEST_CASE("config: a change renames the image and moves the time") {
  WithFunction service;
  const auto before = service.image_name();
  service.now += std::chrono::seconds(1);
  auto body = config_body();
  body["timeout"] = 31;
  service.put(kConfig, body);
  CHECK(service.image_name() != before);
  CHECK(service.get(kConfig).json()["last_modified"] == "2019-10-25 15:37:28");
}

TEST_CASE("config: the same configuration again is accepted and is no new build") {
  WithFunction service;
  const auto before = service.image_name();
  service.now += std::chrono::seconds(1);
  CHECK(service.put(kConfig, config_body()).outcome() == "200");
  CHECK(service.image_name() == before);
}

TEST_CASE("config: another runtime is refused") {
  WithFunction service;
  auto body = config_body();
  body["runtime"] = "Python3.10";
  CHECK(service.put(kConfig, body).outcome() == "400 FSS.1005");
}

TEST_CASE("config: another name is refused") {
  WithFunction service;
  auto body = config_body();
  body["func_name"] = "other";
  CHECK(service.put(kConfig, body).outcome() == "400 FSS.1002");
}

TEST_CASE("config: required fields are required") {
  for (const auto& [field, outcome] :
       std::vector<std::pair<std::string, std::string>>{{"func_name", "400 FSS.1002"},
                                                        {"runtime", "400 FSS.1005"},
                                                        {"timeout", "400 FSS.1008"},
                                                        {"handler", "400 FSS.1003"},
                                                        {"memory_size", "400 FSS.1007"}}) {
    INFO(field);
    WithFunction service;
    auto body = config_body();
    body.erase(field);
    CHECK(service.put(kConfig, body).outcome() == outcome);
  }
}

TEST_CASE("update: an unknown version is not found, a published one cannot be changed") {
  WithFunction service;
  service.publish("v1");
  service.post("/" + Emulated::urn() + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  const auto urn = "/" + Emulated::urn();
  CHECK(service.put(urn + ":v9/code", code_body("x")).outcome() == "404 FSS.1052");
  CHECK(service.put(urn + ":v1/code", code_body("x")).outcome() == "400 FSS.1015");
  CHECK(service.put(urn + ":v1/config", config_body()).outcome() == "400 FSS.1015");
  CHECK(service.put(urn + ":!prod/config", config_body()).outcome() == "400 FSS.1015");
  CHECK(service.put(urn + ":latest/code", code_body("x")).outcome() == "200");
}

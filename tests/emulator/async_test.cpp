#include "emulated.hpp"

using namespace fgsync::emulator::test;

namespace {

const std::string kUrn = "/" + Emulated::urn();

Json config_of(int age, int retries) {
  return Json{{"max_async_event_age_in_seconds", age}, {"max_async_retry_attempts", retries}};
}

Emulated with_alias() {
  Emulated service;
  service.post("", create_body());
  service.publish("v1");
  service.post(kUrn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  return service;
}

std::string outcome_of(const Json& body) {
  Emulated service = with_alias();
  return service.put(kUrn + "/async-invoke-config", body).outcome();
}

}  // namespace

TEST_CASE("async configuration: none is a 404, for reading and for deleting") {
  Emulated service = with_alias();
  CHECK(service.get(kUrn + "/async-invoke-config").outcome() == "404 FSS.0404");
  CHECK(service.remove(kUrn + "/async-invoke-config").outcome() == "404 FSS.0404");
  CHECK(service.get("/" + Emulated::urn("other") + "/async-invoke-config").outcome() == "404 FSS.1051");
}

TEST_CASE("async configuration: what is set is answered with all documented fields") {
  Emulated service = with_alias();
  auto body = config_of(60, 2);
  body["destination_config"] = {{"on_failure", {{"destination", "SMN"}, {"param", R"({"topic_urn":"t"})"}}}};
  body["enable_async_status_log"] = true;
  const auto reply = service.put(kUrn + "/async-invoke-config", body);
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json() == Json{{"func_urn", Emulated::urn() + ":latest"},
                             {"max_async_event_age_in_seconds", 60},
                             {"max_async_retry_attempts", 2},
                             {"destination_config", body["destination_config"]},
                             {"created_time", "2019-10-25 15:37:27"},
                             {"last_modified", "2019-10-25 15:37:27"},
                             {"enable_async_status_log", true}});
  CHECK(service.get(kUrn + "/async-invoke-config").json() == reply.json());
}

TEST_CASE("async configuration: what is left out has the documented default") {
  Emulated service = with_alias();
  const auto answer = service.put(kUrn + "/async-invoke-config", Json::object()).json();
  CHECK(answer["max_async_event_age_in_seconds"] == 3600);
  CHECK(answer["max_async_retry_attempts"] == 1);
  CHECK(answer["enable_async_status_log"] == false);
}

TEST_CASE("async configuration: values keep their ranges") {
  CHECK(outcome_of(config_of(1, 0)) == "200");
  CHECK(outcome_of(config_of(86400, 3)) == "200");
  for (const auto& body : {config_of(0, 0), config_of(86401, 0), config_of(60, -1), config_of(60, 4)}) {
    INFO(body);
    CHECK(outcome_of(body) == "400 FSS.0400");
  }
  const auto to = [](const Json& destination) { return Json{{"destination_config", {{"on_success", destination}}}}; };
  for (const auto* destination : {"OBS", "SMN", "DIS", "FunctionGraph"}) {
    CHECK(outcome_of(to({{"destination", destination}, {"param", "{}"}})) == "200");
  }
  CHECK(outcome_of(to({{"destination", "FTP"}, {"param", "{}"}})) == "400 FSS.0400");
  CHECK(outcome_of(to({{"destination", "OBS"}, {"param", "bucket"}})) == "400 FSS.0400");
  CHECK(outcome_of(to("OBS")) == "400 FSS.0400");
  CHECK(outcome_of(Json{{"max_async_retry_attempts", "1"}}) == "400 FSS.0400");
}

TEST_CASE("async configuration: an update keeps the time of creation") {
  Emulated service = with_alias();
  service.put(kUrn + "/async-invoke-config", config_of(60, 1));
  service.now += std::chrono::hours(1);
  const auto answer = service.put(kUrn + "/async-invoke-config", config_of(61, 1)).json();
  CHECK(answer["created_time"] == "2019-10-25 15:37:27");
  CHECK(answer["last_modified"] == "2019-10-25 16:37:27");
}

TEST_CASE("async configuration: latest, versions and aliases have their own") {
  Emulated service = with_alias();
  service.put(kUrn + "/async-invoke-config", config_of(60, 1));
  service.put(kUrn + ":v1/async-invoke-config", config_of(61, 1));
  service.put(kUrn + ":!prod/async-invoke-config", config_of(62, 1));
  CHECK(service.get(kUrn + ":v1/async-invoke-config").json()["max_async_event_age_in_seconds"] == 61);
  CHECK(service.get(kUrn + ":!prod/async-invoke-config").json()["func_urn"] == Emulated::urn() + ":!prod");

  const auto list = service.get(kUrn + "/async-invoke-configs").json();
  CHECK(names_of(list) == std::set<std::string>{"async_invoke_configs", "count", "page_info"});
  CHECK(list["async_invoke_configs"].size() == 3);
  CHECK(list["count"] == 3);
  CHECK(list["page_info"] == Json{{"next_marker", 0}, {"previous_marker", 0}, {"current_count", 3}});
}

TEST_CASE("async configuration: the list has pages of ten") {
  fgsync::emulator::ServiceOptions options;
  Emulated service(options);
  service.post("", create_body());
  for (int i = 0; i < 12; ++i) {
    service.put(kUrn + "/code", code_body("x = " + std::to_string(i)));
    const auto version = "v" + std::to_string(i);
    service.publish(version);
    service.put(kUrn + ":" + version + "/async-invoke-config", Json::object());
  }
  const auto first = service.get(kUrn + "/async-invoke-configs").json();
  CHECK(first["async_invoke_configs"].size() == 10);
  CHECK(first["page_info"]["next_marker"] == 10);
  const auto second = service.get(kUrn + "/async-invoke-configs?marker=10").json();
  CHECK(second["async_invoke_configs"].size() == 2);
  CHECK(second["page_info"]["next_marker"] == 0);
  CHECK(service.get(kUrn + "/async-invoke-configs?limit=3&marker=3").json()["page_info"]["next_marker"] == 6);
  CHECK(service.get(kUrn + "/async-invoke-configs?limit=-1").outcome() == "400 FSS.1001");
}

TEST_CASE("async configuration: the list of versions shows it, as long as it is there") {
  Emulated service = with_alias();
  service.put(kUrn + ":v1/async-invoke-config", config_of(61, 2));
  const auto shown = [&service] { return service.get(kUrn + "/versions").json()["versions"][1]; };
  CHECK(shown()["function_async_config"]["max_async_event_age_in_seconds"] == 61);
  CHECK(names_of(shown()["function_async_config"]) ==
        std::set<std::string>{"max_async_event_age_in_seconds", "max_async_retry_attempts", "destination_config",
                              "created_time", "last_modified"});
  CHECK(service.remove(kUrn + ":v1/async-invoke-config").outcome() == "204");
  CHECK_FALSE(shown().contains("function_async_config"));
}

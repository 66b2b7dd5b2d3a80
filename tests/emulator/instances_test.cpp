#include <map>

#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::emulator::ReservedUpdates;
using fgsync::emulator::ServiceOptions;

namespace {

const std::string kUrn = "/" + Emulated::urn();

Emulated with_alias(ServiceOptions options = {}) {
  Emulated service(std::move(options));
  service.post("", create_body());
  service.publish("v1");
  service.post(kUrn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  return service;
}

Reply reserve(Emulated& service, int count, const std::string& qualifier = "") {
  return service.put(kUrn + qualifier + "/reservedinstances", Json{{"count", count}});
}

}  // namespace

TEST_CASE("max instances: the number becomes the strategy's concurrency, in a new build") {
  Emulated service = with_alias();
  const auto before = service.get(kUrn + "/config").json();
  const auto reply = service.put(kUrn + "/config-max-instance", Json{{"max_instance_num", 7}});
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["strategy_config"] == Json{{"concurrency", 7}, {"concurrent_num", 1}});
  CHECK(reply.json()["image_name"] != before["image_name"]);
  CHECK(service.get(kUrn + "/config").json() == reply.json());
}

TEST_CASE("max instances: no number changes nothing") {
  Emulated service = with_alias();
  const auto before = service.get(kUrn + "/config").json();
  CHECK(service.put(kUrn + "/config-max-instance", Json::object()).json() == before);
  CHECK(service.put(kUrn + "/config-max-instance", Json{{"max_instance_num", -1}}).json() == before);
}

TEST_CASE("max instances: the number has its range, and only latest has one") {
  Emulated service = with_alias();
  const auto outcome = [&service](const Json& number) {
    return service.put(kUrn + "/config-max-instance", Json{{"max_instance_num", number}}).outcome();
  };
  CHECK(outcome(0) == "200");
  CHECK(outcome(1000) == "200");
  CHECK(outcome(1001) == "400 FSS.1026");
  CHECK(outcome(-2) == "400 FSS.1026");
  CHECK(outcome("1") == "400 FSS.0400");
  CHECK(service.put(kUrn + ":v1/config-max-instance", Json::object()).outcome() == "400 FSS.1015");
}

TEST_CASE("reserved instances: an update is answered as documented") {
  Emulated service = with_alias();
  const Json body{{"count", 3},
                  {"idle_mode", true},
                  {"tactics_config",
                   {{"cron_configs",
                     {{{"name", "c"}, {"cron", "0 1 * * * *"}, {"count", 5}, {"start_time", 1}, {"expired_time", 2}}}},
                    {"metric_configs", {{{"name", "m"}, {"type", "Concurrency"}, {"threshold", 60}, {"min", 1}}}}}}};
  CHECK(service.put(kUrn + "/reservedinstances", body).json() == body);
  CHECK(reserve(service, 2).json() == Json{{"count", 2}, {"idle_mode", false}});
}

TEST_CASE("reserved instances: a wrong body is refused") {
  Emulated service = with_alias();
  const auto outcome = [&service](const Json& body) {
    return service.put(kUrn + "/reservedinstances", body).outcome();
  };
  CHECK(outcome(Json::object()) == "400 FSS.0400");
  CHECK(outcome({{"count", -1}}) == "400 FSS.0400");
  CHECK(outcome({{"count", 1}, {"idle_mode", "yes"}}) == "400 FSS.0400");
  CHECK(outcome({{"count", 1}, {"tactics_config", {{"cron_configs", {{{"count", "5"}}}}}}}) == "400 FSS.0400");
}

TEST_CASE("reserved instances: a project has so many at most") {
  ServiceOptions options;
  options.max_reserved_instances = 10;
  Emulated service = with_alias(options);
  CHECK(reserve(service, 10).outcome() == "200");
  CHECK(reserve(service, 1, ":v1").outcome() == "400 FSS.1076");
  CHECK(reserve(service, 9).outcome() == "200");
  CHECK(reserve(service, 1, ":v1").outcome() == "200");
}

TEST_CASE("reserved instances: the list of configurations names version or alias") {
  Emulated service = with_alias();
  reserve(service, 1);
  reserve(service, 2, ":v1");
  reserve(service, 3, ":!prod");
  const auto list = service.get("/reservedinstanceconfigs").json();
  CHECK(list["count"] == 3);
  CHECK(list["page_info"] == Json{{"next_marker", 0}, {"previous_marker", 0}, {"current_count", 3}});
  CHECK(list["reserved_instances"] == Json::array({Json{{"function_urn", Emulated::urn() + ":!prod"},
                                                        {"qualifier_type", "alias"},
                                                        {"qualifier_name", "prod"},
                                                        {"min_count", 3},
                                                        {"idle_mode", false}},
                                                   Json{{"function_urn", Emulated::urn() + ":latest"},
                                                        {"qualifier_type", "version"},
                                                        {"qualifier_name", "latest"},
                                                        {"min_count", 1},
                                                        {"idle_mode", false}},
                                                   Json{{"function_urn", Emulated::urn() + ":v1"},
                                                        {"qualifier_type", "version"},
                                                        {"qualifier_name", "v1"},
                                                        {"min_count", 2},
                                                        {"idle_mode", false}}}));
}

TEST_CASE("reserved instances: lists can be of one function and have pages") {
  Emulated service = with_alias();
  service.post("", create_body("other"));
  reserve(service, 1);
  service.put("/" + Emulated::urn("other") + "/reservedinstances", Json{{"count", 2}});
  CHECK(service.get("/reservedinstanceconfigs?function_urn=" + Emulated::urn("other")).json()["count"] == 1);
  CHECK(service.get("/reservedinstances?urn=" + Emulated::urn("other")).json()["reservedinstances"] ==
        Json::array({Json{{"func_urn", Emulated::urn("other") + ":latest"}, {"count", 2}}}));
  CHECK(service.get("/reservedinstanceconfigs?limit=1").json()["page_info"]["next_marker"] == 1);
  CHECK(service.get("/reservedinstances?limit=1&marker=1").json()["page_info"]["next_marker"] == 0);
  CHECK(service.get("/reservedinstances?urn=" + Emulated::urn("none")).outcome() == "404 FSS.1051");
  CHECK(service.get("/reservedinstances?limit=-1").outcome() == "400 FSS.1001");
}

TEST_CASE("reserved instances: none left, none listed; without tactics") {
  Emulated service = with_alias();
  reserve(service, 1);
  reserve(service, 0);
  CHECK(service.get("/reservedinstances").json()["count"] == 0);
}

TEST_CASE("reserved instances: the configuration shows them") {
  Emulated service = with_alias();
  service.put(kUrn + "/reservedinstances", Json{{"count", 1}, {"idle_mode", true}});
  const auto config = service.get(kUrn + "/config").json();
  CHECK(config["reserved_instance_count"] == 1);
  CHECK(config["reserved_instance_idle_mode"] == true);
}

TEST_CASE("reserved instances: go with their version") {
  Emulated service = with_alias();
  reserve(service, 1, ":v1");
  reserve(service, 1, ":!prod");
  service.remove(kUrn + ":v1");
  CHECK(service.get("/reservedinstances").json()["count"] == 0);
}

TEST_CASE("reserved instances: updates go on with them, unless the older rule is wanted") {
  Emulated lenient = with_alias();
  reserve(lenient, 1);
  CHECK(lenient.put(kUrn + "/code", code_body("x = 2")).outcome() == "200");

  ServiceOptions options;
  options.reserved_updates = ReservedUpdates::refused;
  Emulated strict = with_alias(options);
  reserve(strict, 1);
  CHECK(strict.put(kUrn + "/code", code_body("x = 2")).outcome() == "400 FSS.1077");
  CHECK(strict.put(kUrn + "/config", config_body()).outcome() == "400 FSS.1077");
  reserve(strict, 0);
  CHECK(strict.put(kUrn + "/config", config_body()).outcome() == "200");
}

TEST_CASE("quotas: limits and what is used of them") {
  Emulated service = with_alias();
  reserve(service, 4);
  const auto reply = service.send(fgsync::http::Method::get, "/v2/p1/fgs/quotas");
  REQUIRE(reply.outcome() == "200");
  const auto body = reply.json();
  std::map<std::string, Json> quotas;
  for (const auto& quota : body["quotas"]["resources"]) quotas[quota["type"]] = quota;
  CHECK(quotas["fgs_func_num"] == Json{{"quota", 400}, {"used", 1}, {"type", "fgs_func_num"}});
  CHECK(quotas["fgs_func_code_size"] ==
        Json{{"quota", 10240}, {"used", 1}, {"type", "fgs_func_code_size"}, {"unit", "MB"}});
  CHECK(quotas["fgs_func_occurs"] == Json{{"quota", 100}, {"used", 4}, {"type", "fgs_func_occurs"}});
  CHECK(quotas.size() == 8);
}

TEST_CASE("quotas: code over the limit of a project is refused") {
  ServiceOptions options;
  options.max_code_mb = 1;
  Emulated service(options);
  const std::string large(700 * 1024, '#');
  auto body = create_body("one");
  body["func_code"]["file"] = fgsync::base64_encode(code_zip(large));
  CHECK(service.post("", body).outcome() == "200");
  body["func_name"] = "two";
  CHECK(service.post("", body).outcome() == "403 FSS.1042");
  service.post("", create_body("three"));
  CHECK(service.put("/" + Emulated::urn("three") + "/code", code_body(large)).outcome() == "403 FSS.1042");
  CHECK(service.put("/" + Emulated::urn("one") + "/code", code_body(large + "#")).outcome() == "200");
}

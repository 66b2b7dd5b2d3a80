#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::http::Method;

namespace {

Json timer_body(const std::string& name = "every-3m") {
  return Json{{"trigger_type_code", "TIMER"},
              {"event_data", {{"name", name}, {"schedule_type", "Rate"}, {"schedule", "3m"}}}};
}

Json kafka_body() {
  return Json{{"trigger_type_code", "KAFKA"},
              {"event_data", {{"instance_id", "k1"}, {"topic_ids", {"t1"}}, {"batch_size", 100}}}};
}

std::string path(const std::string& qualifier = "") {
  return "/triggers/" + Emulated::urn() + qualifier;
}

std::string path_of(const Json& trigger, const std::string& qualifier = "") {
  return path(qualifier) + "/" + trigger["trigger_type_code"].get<std::string>() + "/" +
         trigger["trigger_id"].get<std::string>();
}

/// A service with a function, its version v1 and the alias prod.
Emulated with_alias() {
  Emulated service;
  service.post("", create_body());
  service.publish("v1");
  service.post("/" + Emulated::urn() + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  return service;
}

std::size_t count(Emulated& service, const std::string& qualifier) {
  return service.ask(Method::get, path(qualifier)).json().size();
}

std::string outcome_of(const Json& body) {
  Emulated service = with_alias();
  return service.ask(Method::post, path(), body).outcome();
}

}  // namespace

TEST_CASE("triggers: a created one is answered with 201 and all documented fields") {
  Emulated service = with_alias();
  const auto reply = service.ask(Method::post, path(), timer_body());
  REQUIRE(reply.status == 201);
  const auto trigger = reply.json();
  CHECK(names_of(trigger) == std::set<std::string>{"trigger_id", "trigger_type_code", "trigger_status", "event_data",
                                                   "last_updated_time", "created_time"});
  CHECK_THAT(trigger["trigger_id"].get<std::string>(),
             Catch::Matchers::Matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
  CHECK(trigger["trigger_type_code"] == "TIMER");
  CHECK(trigger["event_data"] == timer_body()["event_data"]);
  CHECK(trigger["created_time"] == "2019-10-25 15:37:27");
  CHECK(trigger["last_updated_time"] == "2019-10-25 15:37:27");
}

TEST_CASE("triggers: Kafka and DDS begin disabled, the others active") {
  Emulated service = with_alias();
  CHECK(service.ask(Method::post, path(), timer_body()).json()["trigger_status"] == "ACTIVE");
  CHECK(service.ask(Method::post, path(), kafka_body()).json()["trigger_status"] == "DISABLED");
  auto active = kafka_body();
  active["trigger_status"] = "ACTIVE";
  CHECK(service.ask(Method::post, path(), active).json()["trigger_status"] == "ACTIVE");
}

TEST_CASE("triggers: every documented type is taken with what it requires") {
  const std::vector<std::pair<std::string, Json>> types{
      {"TIMER", {{"name", "t"}, {"schedule_type", "Cron"}, {"schedule", "0 0/30 * * * ?"}}},
      {"TIMER", {{"name", "t"}, {"schedule_type", "Cron"}, {"schedule", "@every 30m"}}},
      {"APIG", {{"name", "a"}, {"group_id", "g"}, {"env_id", "e"}, {"func_info", {{"timeout", 5000}}}, {"type", 1}}},
      {"DEDICATEDGATEWAY", {{"name", "a"}, {"group_id", "g"}, {"env_id", "e"}, {"instance_id", "i"}}},
      {"OBS", {{"bucket", "b"}, {"events", {"ObjectCreated"}}, {"prefix", "in/"}}},
      {"SMN", {{"topic_urn", "urn:smn:x"}}},
      {"CTS", {{"name", "c"}, {"operations", {"FGS:Functions:createFunction"}}}},
      {"DIS", {{"stream_name", "s"}, {"is_serial", "true"}, {"max_fetch_bytes", 1024}}},
      {"DMS", {{"queue_id", "q"}, {"consumer_group_id", "g"}}},
      {"LTS", {{"log_group_id", "g"}, {"log_topic_id", "t"}}},
      {"DDS", {{"instance_id", "i"}, {"db_name", "d"}, {"collection_name", "c"}, {"db_password", "p"}}},
      {"KAFKA", {{"instance_id", "k"}, {"kafka_ssl_enable", true}}},
      {"OPENSOURCEKAFKA", {{"kafka_connect_address", "10.0.0.1:9092"}}},
      {"GAUSSMONGO", {{"instance_id", "i"}}},
      {"RABBITMQ", {{"instance_id", "i"}, {"vhost", "/"}, {"ssl_enable", false}}},
      {"ROCKETMQ", {{"instance_id", "i"}}},
      {"APIC", Json::object()},
      {"EVENTGRID", {{"channel_id", "c"}, {"event_types", {"a"}}, {"Key_encode", false}}},
      {"IOTDA", Json::object()},
  };
  for (const auto& [type, event_data] : types) {
    INFO(type);
    CHECK(outcome_of(Json{{"trigger_type_code", type}, {"event_data", event_data}}) == "201");
  }
}

TEST_CASE("triggers: each broken rule has the documented code of its type") {
  struct Row {
    std::string type;
    Json event_data;
    std::string outcome;
  };
  const Json timer = timer_body()["event_data"];
  const auto timer_with = [&timer](const std::string& name, const Json& value) {
    Json changed = timer;
    changed[name] = value;
    return changed;
  };
  const std::vector<Row> rows{
      {"CRON", timer, "400 FSS.1101"},
      {"", timer, "400 FSS.1101"},
      {"TIMER", Json(), "400 FSS.0400"},
      {"TIMER", Json::object(), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "61m"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "60m"), "201"},
      {"TIMER", timer_with("schedule", "25h"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "31d"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "0m"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "m"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule", "3 m"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule_type", "Cron"), "400 FSS.1109"},
      {"TIMER", timer_with("schedule_type", "Daily"), "400 FSS.1109"},
      {"TIMER", timer_with("name", "9lives"), "400 FSS.1109"},
      {"TIMER", timer_with("name", std::string(64, 'a')), "201"},
      {"TIMER", timer_with("name", std::string(65, 'a')), "400 FSS.1109"},
      {"TIMER", timer_with("batch_size", "many"), "400 FSS.0400"},
      {"APIG", Json::object(), "400 FSS.1107"},
      {"DEDICATEDGATEWAY", {{"name", "a"}, {"group_id", "g"}, {"env_id", "e"}}, "400 FSS.1417"},
      {"OBS", Json::object(), "400 FSS.1106"},
      {"SMN", Json::object(), "400 FSS.1102"},
      {"CTS", Json::object(), "400 FSS.1305"},
      {"DIS", Json::object(), "400 FSS.1104"},
      {"DMS", Json::object(), "400 FSS.1103"},
      {"LTS", Json::object(), "400 FSS.1110"},
      {"DDS", Json::object(), "400 FSS.1164"},
      {"KAFKA", Json::object(), "400 FSS.1112"},
  };
  for (const auto& row : rows) {
    INFO(row.type << " " << row.event_data);
    CHECK(outcome_of(Json{{"trigger_type_code", row.type}, {"event_data", row.event_data}}) == row.outcome);
  }
}

TEST_CASE("triggers: only some types can be disabled") {
  auto body = timer_body();
  body["trigger_status"] = "DISABLED";
  CHECK(outcome_of(body) == "201");
  body["trigger_status"] = "PAUSED";
  CHECK(outcome_of(body) == "400 FSS.0400");
  Json topic{{"trigger_type_code", "SMN"}, {"trigger_status", "DISABLED"}, {"event_data", {{"topic_urn", "t"}}}};
  CHECK(outcome_of(topic) == "400 FSS.1102");
}

TEST_CASE("triggers: a second one of the same source is refused") {
  Emulated service = with_alias();
  service.ask(Method::post, path(), timer_body());
  CHECK(service.ask(Method::post, path(), timer_body()).outcome() == "409 FSS.1148");
  CHECK(service.ask(Method::post, path(), timer_body("other")).outcome() == "201");
  CHECK(service.ask(Method::post, path(":!prod"), timer_body()).outcome() == "201");
}

TEST_CASE("triggers: ten hang on one version at most") {
  Emulated service = with_alias();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(service.ask(Method::post, path(), timer_body("t" + std::to_string(i))).status == 201);
  }
  CHECK(service.ask(Method::post, path(), timer_body("t10")).outcome() == "400 FSS.1306");
  CHECK(service.ask(Method::post, path(":v1"), timer_body("t10")).outcome() == "201");
}

TEST_CASE("triggers: a list is a bare array of those that the URN names") {
  Emulated service = with_alias();
  const auto latest = service.ask(Method::post, path(), timer_body("a")).json();
  const auto second = service.ask(Method::post, path(), timer_body("b")).json();
  const auto prod = service.ask(Method::post, path(":!prod"), timer_body("c")).json();
  CHECK(service.ask(Method::get, path()).json() == Json::array({latest, second}));
  CHECK(service.ask(Method::get, path(":latest")).json() == Json::array({latest, second}));
  CHECK(service.ask(Method::get, path(":!prod")).json() == Json::array({prod}));
  CHECK(service.ask(Method::get, path(":v1")).json() == Json::array());
}

TEST_CASE("triggers: those of a whole project are listed with the URNs that they call") {
  Emulated service = with_alias();
  service.post("", create_body("other"));
  service.ask(Method::post, path(), timer_body("a"));
  service.ask(Method::post, path(":!prod"), kafka_body());
  service.ask(Method::post, "/triggers/" + Emulated::urn("other"), timer_body("b"));
  const auto all = service.ask(Method::get, "/triggers?maxitems=500").json();
  CHECK(all["count"] == 3);
  CHECK(all["next_marker"] == 0);
  std::vector<std::string> urns;
  for (const auto& trigger : all["triggers"]) urns.push_back(trigger["func_urn"]);
  CHECK(urns == std::vector<std::string>{Emulated::urn() + ":latest", Emulated::urn() + ":!prod",
                                         Emulated::urn("other") + ":latest"});
  auto trigger = all["triggers"][0];
  trigger.erase("func_urn");
  CHECK(trigger == service.ask(Method::get, path()).json()[0]);

  CHECK(service.ask(Method::get, "/triggers?trigger_type=KAFKA").json()["triggers"].size() == 1);
  const auto page = service.ask(Method::get, "/triggers?marker=1&maxitems=1").json();
  CHECK(page["triggers"][0]["trigger_type_code"] == "KAFKA");
  CHECK(page["next_marker"] == 2);
  CHECK(service.send(Method::get, "/v2/p2/fgs/triggers").json()["triggers"].empty());
  CHECK(service.ask(Method::get, "/triggers?maxitems=-1").outcome() == "400 FSS.1001");
}

TEST_CASE("triggers: one is shown under its type and id, and not under another version's URN") {
  Emulated service = with_alias();
  const auto trigger = service.ask(Method::post, path(":!prod"), timer_body()).json();
  CHECK(service.ask(Method::get, path_of(trigger, ":!prod")).json() == trigger);
  CHECK(service.ask(Method::get, path_of(trigger)).json() == trigger);
  CHECK(service.ask(Method::get, path_of(trigger, ":v1")).outcome() == "404 FSS.1131");
}

TEST_CASE("triggers: what is not there has its documented code") {
  Emulated service = with_alias();
  const auto trigger = service.ask(Method::post, path(), timer_body()).json();
  const auto id = trigger["trigger_id"].get<std::string>();
  for (const auto method : {Method::get, Method::put, Method::del}) {
    const Json body = method == Method::put ? Json{{"trigger_status", "ACTIVE"}} : Json();
    CHECK(service.ask(method, path() + "/TIMER/none", body).outcome() == "404 FSS.1131");
    CHECK(service.ask(method, path() + "/SMN/" + id, body).outcome() == "404 FSS.1131");
    CHECK(service.ask(method, path() + "/CRON/" + id, body).outcome() == "404 FSS.1137");
    CHECK(service.ask(method, path(":v2") + "/TIMER/" + id, body).outcome() == "404 FSS.1052");
    CHECK(service.ask(method, "/triggers/" + Emulated::urn("other") + "/TIMER/" + id, body).outcome() ==
          "404 FSS.1051");
  }
  CHECK(service.ask(Method::get, path(":!none")).outcome() == "404 FSS.1053");
}

TEST_CASE("triggers: an update changes the status and the fields that it names") {
  Emulated service = with_alias();
  const auto trigger = service.ask(Method::post, path(), kafka_body()).json();
  service.now += std::chrono::hours(1);
  const Json change{{"trigger_status", "ACTIVE"},
                    {"event_data", Json::array({Json{{"is_serial", true}, {"polling_interval", 30}}})}};
  const auto reply = service.ask(Method::put, path_of(trigger), change);
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["trigger_status"] == "ACTIVE");
  CHECK(reply.json()["event_data"] == Json{{"instance_id", "k1"},
                                           {"topic_ids", {"t1"}},
                                           {"batch_size", 100},
                                           {"is_serial", true},
                                           {"polling_interval", 30}});
  CHECK(reply.json()["created_time"] == "2019-10-25 15:37:27");
  CHECK(reply.json()["last_updated_time"] == "2019-10-25 16:37:27");
  CHECK(service.ask(Method::get, path_of(trigger)).json() == reply.json());
}

TEST_CASE("triggers: a wrong update is refused and changes nothing") {
  Emulated service = with_alias();
  const auto trigger = service.ask(Method::post, path(), timer_body()).json();
  for (const Json& change : {Json{{"trigger_status", "OFF"}}, Json{{"event_data", {{"a", 1}}}},
                             Json{{"event_data", Json::array({Json{{"polling_interval", "30"}}})}}}) {
    INFO(change);
    CHECK(service.ask(Method::put, path_of(trigger), change).outcome() == "400 FSS.0400");
  }
  CHECK(service.ask(Method::get, path_of(trigger)).json() == trigger);
}

TEST_CASE("triggers: a deleted one is gone") {
  Emulated service = with_alias();
  const auto trigger = service.ask(Method::post, path(), timer_body()).json();
  const auto reply = service.ask(Method::del, path_of(trigger));
  CHECK(reply.status == 204);
  CHECK(reply.body.empty());
  CHECK(service.ask(Method::get, path_of(trigger)).outcome() == "404 FSS.1131");
}

TEST_CASE("triggers: deleting all is bounded by a version or an alias, not by latest") {
  for (const auto& [qualifier, left] : std::vector<std::pair<std::string, std::vector<std::size_t>>>{
           {"", {0, 0, 0}}, {":latest", {0, 0, 0}}, {":v1", {1, 0, 1}}, {":!prod", {1, 1, 0}}}) {
    INFO(qualifier);
    Emulated service = with_alias();
    for (const auto* each : {"", ":v1", ":!prod"}) service.ask(Method::post, path(each), timer_body());
    CHECK(service.ask(Method::del, path(qualifier)).status == 204);
    CHECK(std::vector{count(service, ""), count(service, ":v1"), count(service, ":!prod")} == left);
  }
}

TEST_CASE("triggers: an alias that has one cannot be deleted") {
  Emulated service = with_alias();
  service.ask(Method::post, path(":!prod"), timer_body());
  const auto reply = service.remove("/" + Emulated::urn() + "/aliases/prod");
  CHECK(reply.outcome() == "403 FSS.1154");
  CHECK(reply.json()["error_msg"] == "Aliases of a function bound with triggers cannot be deleted.");
  CHECK(service.remove("/" + Emulated::urn() + ":!prod").outcome() == "403 FSS.1154");
  service.ask(Method::del, path(":!prod"));
  CHECK(service.remove("/" + Emulated::urn() + "/aliases/prod").outcome() == "204");
}

TEST_CASE("triggers: deleting a version removes its own and those of its alias") {
  Emulated service = with_alias();
  for (const auto* each : {"", ":v1", ":!prod"}) service.ask(Method::post, path(each), timer_body());
  service.remove("/" + Emulated::urn() + ":v1");
  service.put("/" + Emulated::urn() + "/code", code_body("x = 2"));
  service.publish("v1");
  service.post("/" + Emulated::urn() + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  CHECK(std::vector{count(service, ""), count(service, ":v1"), count(service, ":!prod")} ==
        std::vector<std::size_t>{1, 0, 0});
}

TEST_CASE("triggers: deleting a function removes its own, and a new one of that name has none") {
  Emulated service = with_alias();
  service.ask(Method::post, path(), timer_body());
  service.remove("/" + Emulated::urn());
  service.post("", create_body());
  CHECK(count(service, "") == 0);
}

TEST_CASE("triggers: a published version has none of latest's") {
  Emulated service;
  service.post("", create_body());
  service.ask(Method::post, path(), timer_body());
  service.publish("v1");
  CHECK(count(service, ":v1") == 0);
}

// What belongs to functions: asynchronous calls, tags, reserved instances, quotas, triggers, dependencies, invocations.
#include "functiongraph/codec.hpp"
#include "tests/functiongraph/codec_cases.hpp"
#include "tests/support/all_bytes.hpp"

namespace fgsync::functiongraph::cases {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

// ----- asynchronous calls

TEST_CASE("codec: reads how asynchronous calls are made") {
  const auto config = value_of(read_async_config(async_answer().dump()));
  CHECK(config.func_urn == "urn:fss:r:p:function:default:test:latest");
  CHECK(config.max_event_age == seconds(3600));
  CHECK(config.max_retry_attempts == 0);
  REQUIRE(config.on_success);
  CHECK(*config.on_success == AsyncDestination{"OBS", R"({"bucket":"b"})"});
  CHECK_FALSE(config.on_failure);
  CHECK(config.enable_async_status_log == true);
  CHECK(config.created_time.text == "2022-06-24 16:24:30");
  CHECK(config.last_modified.at);
}

TEST_CASE("codec: reads a page of asynchronous configurations") {
  const json page{{"async_invoke_configs", {async_answer(), async_answer()}}, {"count", 2}};
  CHECK(value_of(read_async_config_page(page.dump())).rows.size() == 2);
}

TEST_CASE("codec: settings of asynchronous calls must be of their type") {
  for (const auto* field : {"max_async_event_age_in_seconds", "max_async_retry_attempts"}) {
    json answer = async_answer();
    answer[field] = "3";
    CHECK(failure_of(read_async_config(answer.dump())) == std::string("the field ") + field + " is not a whole number");
  }
  json answer = async_answer();
  answer["destination_config"]["on_success"]["param"] = json::object({{"a", 1}});
  CHECK(failure_of(read_async_config(answer.dump())) ==
        "the field destination_config.on_success.param is not a string");
}

TEST_CASE("codec: writes how asynchronous calls are made, what is set of it") {
  AsyncConfig config;
  CHECK(write_async_config(config) == "{}");
  config.max_event_age = seconds(60);
  config.max_retry_attempts = 0;
  config.on_failure = AsyncDestination{"SMN", "{}"};
  config.enable_async_status_log = false;
  config.log = LogConfig{"g", "gn", "s", "sn"};
  CHECK(write_async_config(config) ==
        R"({"max_async_event_age_in_seconds":60,"max_async_retry_attempts":0,)"
        R"("destination_config":{"on_failure":{"destination":"SMN","param":"{}"}},"enable_async_status_log":false,)"
        R"("log_group_id":"g","log_stream_id":"s","log_group_name":"gn","log_stream_name":"sn"})");
}

// ----- tags

TEST_CASE("codec: reads tags, and the system's apart") {
  const auto tags = value_of(read_tags(
      R"({"tags": [{"key": "team", "value": "shop"}, {"key": "x"}], "sys_tags": [{"key": "_sys", "value": ""}]})"));
  CHECK(tags.tags == std::map<std::string, std::string>{{"team", "shop"}, {"x", ""}});
  CHECK(tags.system_tags == std::map<std::string, std::string>{{"_sys", ""}});
  CHECK(value_of(read_tags("{}")).tags.empty());
  CHECK(failure_of(read_tags(R"({"tags": [{"value": "v"}]})")) == "the field tags[0].key is missing");
}

TEST_CASE("codec: writes tags, with what is to be done with them") {
  CHECK(write_tags(TagAction::create, Tags{{{"team", "shop"}, {"x", ""}}, {}}) ==
        R"({"tags":[{"key":"team","value":"shop"},{"key":"x","value":""}],"action":"create"})");
  CHECK(write_tags(TagAction::create, Tags{{}, {{"_sys", "y"}}}) ==
        R"({"tags":[],"action":"create","sys_tags":[{"key":"_sys","value":"y"}]})");
  CHECK(write_tags(TagAction::del, {}) == R"({"tags":[],"action":"delete"})");
}

// ----- reserved instances

ReservedInstances some_reserved() {
  ReservedInstances instances;
  instances.count = 2;
  instances.idle_mode = true;
  instances.cron_configs = {{"day", "0 0 8 * * ?", 5, 1638169010, 1638172610}};
  instances.metric_configs = {{"busy", "Concurrency", 40, 1}};
  return instances;
}

TEST_CASE("codec: reads reserved instances") {
  CHECK(value_of(read_reserved_instances(reserved_answer().dump())) == some_reserved());
}

TEST_CASE("codec: reads a page of reserved instances") {
  const json page{{"reserved_instances", {reserved_row_answer()}}, {"page_info", {{"next_marker", 1}}}, {"count", 3}};
  const auto read = value_of(read_reserved_instances_page(page.dump()));
  REQUIRE(read.rows.size() == 1);
  CHECK(read.rows[0].function_urn == "urn:fss:r:p:function:default:test");
  CHECK(read.rows[0].qualifier_type == "version");
  CHECK(read.rows[0].qualifier_name == "v1");
  CHECK(read.rows[0].instances == some_reserved());
  CHECK(read.next_marker == "1");
}

TEST_CASE("codec: writes reserved instances as they are read") {
  CHECK(json::parse(write_reserved_instances(some_reserved())) == reserved_answer());
  CHECK(write_reserved_instances({}) == R"({"count":0})");
}

// ----- quotas

TEST_CASE("codec: reads quotas") {
  const auto quotas = value_of(read_quotas(
      R"({"quotas": {"resources": [{"type": "fgs_func_code_size", "unit": "MB", "quota": 10240, "used": 22}]}})"));
  REQUIRE(quotas.size() == 1);
  CHECK(quotas[0].type == "fgs_func_code_size");
  CHECK(quotas[0].unit == "MB");
  CHECK(quotas[0].quota == 10240);
  CHECK(quotas[0].used == 22);
  CHECK(failure_of(read_quotas(R"({"quotas": {"resources": [{"type": "t", "quota": "1", "used": 1}]}})")) ==
        "the field quotas.resources[0].quota is not a whole number");
}

// ----- triggers

TEST_CASE("codec: reads triggers, their event data as JSON") {
  const auto triggers = value_of(read_triggers(json::array({trigger_answer()}).dump()));
  REQUIRE(triggers.size() == 1);
  CHECK(triggers[0].id == "87b8b9e2");
  CHECK(triggers[0].type_code == "TIMER");
  CHECK(triggers[0].status == "ACTIVE");
  CHECK(json::parse(triggers[0].event_data) == trigger_answer()["event_data"]);
  CHECK(triggers[0].last_updated_time.at);
  CHECK(triggers[0].created_time.text == "2022-11-09 16:37:24");
}

TEST_CASE("codec: writes a trigger") {
  CHECK(value_of(write_trigger({"TIMER", "ACTIVE", "", R"({"schedule":"3m"})"})) ==
        R"({"trigger_type_code":"TIMER","trigger_status":"ACTIVE","event_data":{"schedule":"3m"}})");
  CHECK(value_of(write_trigger({"CTS", "", "LogCreated", "{}"})) ==
        R"({"trigger_type_code":"CTS","event_type_code":"LogCreated","event_data":{}})");
  CHECK(value_of(write_trigger_update({"DISABLED", ""})) == R"({"trigger_status":"DISABLED"})");
  CHECK(value_of(write_trigger_update({"", R"([{"is_serial":true}])"})) == R"({"event_data":[{"is_serial":true}]})");
}

TEST_CASE("codec: event data that is not JSON of its kind is refused, and not shown") {
  for (const auto* data : {"", "secret", "[]", R"({"password":"secret")", R"({},"trigger_status":"secret")"}) {
    const auto written = write_trigger({"KAFKA", "", "", data});
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::invalid);
    CHECK(written.error().message == "the event data of the KAFKA trigger is not a JSON object");
  }
  const auto written = write_trigger_update({"", R"({"password":"secret"})"});
  REQUIRE_FALSE(written);
  CHECK(written.error().message == "the trigger's event data is not a JSON list");
}

// ----- dependencies

TEST_CASE("codec: reads a version of a dependency") {
  const auto dependency = value_of(read_dependency(dependency_answer().dump()));
  CHECK(dependency.id == "0f1f3a4d");
  CHECK(dependency.dep_id == "5d1f7c1e");
  CHECK(dependency.name == "numpy");
  CHECK(dependency.runtime == "Python3.9");
  CHECK(dependency.owner == "me");
  CHECK(dependency.link == "https://obs.example/d.zip");
  CHECK(dependency.etag == "e");
  CHECK(dependency.description == "numbers");
  CHECK(dependency.file_name == "numpy.zip");
  CHECK(dependency.size == 123456);
  CHECK(dependency.version == 3);
  CHECK(dependency.last_modified == system_clock::time_point(seconds(1597393060)));
}

TEST_CASE("codec: the time of a dependency may count seconds or milliseconds") {
  const std::vector<std::pair<json, std::optional<system_clock::time_point>>> times{
      {1597393060000, system_clock::time_point(seconds(1597393060))},
      {0, std::nullopt},
      {-1, std::nullopt},
      {9223372036854775807, std::nullopt},
      {"1597393060", std::nullopt},
  };
  for (const auto& [value, time] : times) {
    INFO(value.dump());
    json answer = dependency_answer();
    answer["last_modified"] = value;
    CHECK(value_of(read_dependency(answer.dump())).last_modified == time);
  }
}

TEST_CASE("codec: a dependency's version must be a number where there is one") {
  json answer = dependency_answer();
  answer["version"] = "3";
  CHECK(failure_of(read_dependency(answer.dump())) == "the field version is not a whole number");
}

TEST_CASE("codec: writes a dependency with its zip, or with where it is") {
  const BodyWithCode zip = write_dependency({"numpy", "Python3.9", "numbers", bytes_in_memory("PK!"), ""});
  CHECK(zip.before ==
        R"({"name":"numpy","runtime":"Python3.9","description":"numbers","depend_type":"zip","depend_file":")");
  CHECK(test::all_bytes(*zip.bytes) == "PK!");
  CHECK(zip.after == R"("})");
  const BodyWithCode link = write_dependency({"numpy", "Python3.9", "", nullptr, "https://obs.example/d.zip"});
  CHECK(link.before ==
        R"({"name":"numpy","runtime":"Python3.9","depend_type":"obs","depend_link":"https://obs.example/d.zip"})");
  CHECK_FALSE(link.bytes);
}

// ----- invocations

TEST_CASE("codec: reads what a function returned, be it text or not") {
  const std::vector<std::pair<json, std::string>> results{
      {"text", "text"}, {R"({"a":1})", R"({"a":1})"}, {json::object({{"a", 1}}), R"({"a":1})"}, {nullptr, "null"}};
  for (const auto& [value, text] : results) {
    const json answer{{"request_id", "r"}, {"result", value}, {"log", "l"}, {"status", 200}};
    const auto result = value_of(read_invocation(answer.dump()));
    CHECK(result.request_id == "r");
    CHECK(result.result == text);
    CHECK(result.log == "l");
    CHECK(result.status == 200);
  }
}

TEST_CASE("codec: an event is sent as it is, if it is a JSON object") {
  Invocation invocation;
  invocation.event = R"({ "a" : 1 })";
  CHECK(value_of(write_event(invocation)) == invocation.event);
  for (const auto* event : {"", "[]", "text", "{"}) {
    invocation.event = event;
    const auto written = write_event(invocation);
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::invalid);
  }
}

TEST_CASE("codec: reads the state of a snapshot") {
  const auto state = value_of(read_snapshot(R"({"state": "fail", "code": "FSS.1", "x": 1})"));
  CHECK(state.state == "fail");
  CHECK(state.code == "FSS.1");
}

}  // namespace
}  // namespace fgsync::functiongraph::cases

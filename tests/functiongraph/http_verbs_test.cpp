// Every verb of the four ports: what it sends, how it is named in failures, and what it promises besides.
#include "functiongraph/error_map.hpp"
#include "tests/functiongraph/codec_cases.hpp"
#include "tests/functiongraph/http_cases.hpp"

namespace fgsync::functiongraph::cases {
namespace {

const std::string kFunction = "/v2/p1/fgs/functions/urn:fss:r:p1:function:default:hello";
const std::string kTriggers = "/v2/p1/fgs/triggers/urn:fss:r:p1:function:default:hello";
const std::string kTags = "/v2/p1/functions/urn:fss:r:p1:function:default:hello/tags";

VersionUrn version_urn() {
  return *VersionUrn::of(urn_of("hello"), "v1");
}
AliasUrn alias_urn() {
  return *AliasUrn::of(urn_of("hello"), "prod");
}
TriggerId trigger_id() {
  return *TriggerId::of(urn_of("hello"), "TIMER", "87b8");
}

struct Verb {
  std::string line;  ///< what is sent
  std::string body;  ///< with it
  int status;        ///< what the documents say it is answered with
  std::string answer;
  std::string name;  ///< how failures begin
  std::function<std::optional<Error>(Fixture&)> run;
};

std::vector<Verb> reads() {
  const std::string function = function_json("hello").dump();
  return {
      {"GET " + kFunction + "/config", "", 200, function, "show configuration: ",
       [](Fixture& f) { return failure_of(f.graph->show_config(urn_of("hello"), f.deadline())); }},
      {"GET " + kFunction + ":v1/config", "", 200, function, "show configuration: ",
       [](Fixture& f) { return failure_of(f.graph->show_config(version_urn(), f.deadline())); }},
      {"GET " + kFunction + ":!prod/config", "", 200, function,
       "show configuration: ", [](Fixture& f) { return failure_of(f.graph->show_config(alias_urn(), f.deadline())); }},
      {"GET " + kFunction + ":v1/code", "", 200, code_answer().dump(),
       "show code: ", [](Fixture& f) { return failure_of(f.graph->show_code(version_urn(), f.deadline())); }},
      {"GET " + kFunction + "/export?config=true&code=true", "", 200, "PK\x03\x04",
       "export: ", [](Fixture& f) { return failure_of(f.graph->export_function(urn_of("hello"), f.deadline())); }},
      {"GET " + kFunction + "/aliases", "", 200, "[]",
       "list aliases: ", [](Fixture& f) { return failure_of(f.graph->list_aliases(urn_of("hello"), f.deadline())); }},
      {"GET " + kFunction + "/aliases/prod", "", 200, alias_answer().dump(),
       "show alias prod: ", [](Fixture& f) { return failure_of(f.graph->show_alias(alias_urn(), f.deadline())); }},
      {"GET " + kFunction + ":v1/async-invoke-config", "", 200, async_answer().dump(),
       "show asynchronous configuration: ",
       [](Fixture& f) { return failure_of(f.graph->show_async_config(version_urn(), f.deadline())); }},
      {"GET " + kFunction + "/async-invoke-configs?limit=100", "", 200, R"({"async_invoke_configs":[]})",
       "list asynchronous configurations: ",
       [](Fixture& f) { return failure_of(f.graph->list_async_configs(urn_of("hello"), f.deadline())); }},
      {"GET " + kTags, "", 200, "{}",
       "list tags: ", [](Fixture& f) { return failure_of(f.graph->list_tags(urn_of("hello"), f.deadline())); }},
      {"GET /v2/p1/fgs/functions/reservedinstanceconfigs?limit=100", "", 200, R"({"reserved_instances":[]})",
       "list reserved instances: ",
       [](Fixture& f) { return failure_of(f.graph->list_reserved_instances(std::nullopt, f.deadline())); }},
      {"GET /v2/p1/fgs/functions/reservedinstances?limit=100", "", 200, R"({"reservedinstances":[]})",
       "list numbers of reserved instances: ",
       [](Fixture& f) { return failure_of(f.graph->list_reserved_counts(std::nullopt, f.deadline())); }},
      {"GET /v2/p1/fgs/quotas", "", 200, R"({"quotas":{"resources":[]}})",
       "list quotas: ", [](Fixture& f) { return failure_of(f.graph->list_quotas(f.deadline())); }},
      {"GET " + kTriggers + ":v1", "", 200, "[]", "list triggers: ",
       [](Fixture& f) { return failure_of(f.triggers->list_triggers(version_urn(), f.deadline())); }},
      {"GET " + kTriggers + "/TIMER/87b8", "", 200, trigger_answer().dump(), "show trigger 87b8: ",
       [](Fixture& f) { return failure_of(f.triggers->show_trigger(trigger_id(), f.deadline())); }},
      {"GET "
       "/v2/p1/fgs/dependencies?marker=0&maxitems=400&dependency_type=public&runtime=Node.js14.18&name=a%20b%2B%C3%A9",
       "", 200, R"({"dependencies":[]})", "list dependencies: ",
       [](Fixture& f) {
         const DependencyFilter filter{"a b+é", "Node.js14.18", "public"};
         return failure_of(f.dependencies->list_dependencies(filter, f.deadline()));
       }},
      {"GET /v2/p1/fgs/dependencies/5d1f/version?marker=0&maxitems=400", "", 200, R"({"dependencies":[]})",
       "list versions of a dependency: ",
       [](Fixture& f) { return failure_of(f.dependencies->list_dependency_versions("5d1f", f.deadline())); }},
      {"GET /v2/p1/fgs/dependencies/5d1f/version/3", "", 200, dependency_answer().dump(),
       "show version of a dependency: ",
       [](Fixture& f) { return failure_of(f.dependencies->show_dependency_version("5d1f", 3, f.deadline())); }},
      {"GET " + kFunction + ":v1/snapshots/enable", "", 200, R"({"state":"success"})", "show snapshot: ",
       [](Fixture& f) {
         return failure_of(f.invocations->show_snapshot(version_urn(), SnapshotAction::enable, f.deadline()));
       }},
  };
}

std::vector<Verb> mutations() {
  const std::string function = function_json("hello").dump();
  return {
      {"PUT " + kFunction + "/config-max-instance", R"({"max_instance_num":7})", 200, function,
       "update the most instances: ",
       [](Fixture& f) { return failure_of(f.graph->update_max_instances(urn_of("hello"), 7, f.deadline())); }},
      {"DELETE " + kFunction, "", 204, "", "delete function: ",
       [](Fixture& f) { return failure_of(f.graph->delete_function(urn_of("hello"), f.deadline())); }},
      {"DELETE " + kFunction + ":v1", "", 204, "", "delete version v1: ",
       [](Fixture& f) { return failure_of(f.graph->delete_version(version_urn(), f.deadline())); }},
      {"DELETE " + kFunction + "/aliases/prod", "", 204, "",
       "delete alias prod: ", [](Fixture& f) { return failure_of(f.graph->delete_alias(alias_urn(), f.deadline())); }},
      {"PUT " + kFunction + ":!prod/async-invoke-config", R"({"max_async_retry_attempts":1})", 200,
       async_answer().dump(), "update asynchronous configuration: ",
       [](Fixture& f) {
         AsyncConfig config;
         config.max_retry_attempts = 1;
         return failure_of(f.graph->update_async_config(alias_urn(), config, f.deadline()));
       }},
      {"DELETE " + kFunction + "/async-invoke-config", "", 204, "", "delete asynchronous configuration: ",
       [](Fixture& f) { return failure_of(f.graph->delete_async_config(urn_of("hello"), f.deadline())); }},
      {"POST " + kTags + "/create", R"({"tags":[{"key":"k","value":"v"}],"action":"create"})", 204, "", "create tags: ",
       [](Fixture& f) {
         return failure_of(f.graph->create_tags(urn_of("hello"), tagged({{"k", "v"}}), f.deadline()));
       }},
      {"DELETE " + kTags + "/delete", R"({"tags":[{"key":"k","value":"v"}],"action":"delete"})", 204, "",
       "delete tags: ",
       [](Fixture& f) {
         return failure_of(f.graph->delete_tags(urn_of("hello"), tagged({{"k", "v"}}), f.deadline()));
       }},
      {"PUT " + kFunction + ":v1/reservedinstances", R"({"count":2})", 200, R"({"count":2})",
       "update reserved instances: ",
       [](Fixture& f) {
         ReservedInstances instances;
         instances.count = 2;
         return failure_of(f.graph->update_reserved_instances(version_urn(), instances, f.deadline()));
       }},
      {"POST " + kTriggers, R"({"trigger_type_code":"TIMER","event_data":{}})", 201, trigger_answer().dump(),
       "create TIMER trigger: ",
       [](Fixture& f) {
         const TriggerRequest request{"TIMER", "", "", "{}"};
         return failure_of(f.triggers->create_trigger(urn_of("hello"), request, f.deadline()));
       }},
      {"PUT " + kTriggers + "/TIMER/87b8", R"({"trigger_status":"DISABLED"})", 200, trigger_answer().dump(),
       "update trigger 87b8: ",
       [](Fixture& f) {
         const TriggerUpdate update{"DISABLED", ""};
         return failure_of(f.triggers->update_trigger(trigger_id(), update, f.deadline()));
       }},
      {"DELETE " + kTriggers + "/TIMER/87b8", "", 204, "", "delete trigger 87b8: ",
       [](Fixture& f) { return failure_of(f.triggers->delete_trigger(trigger_id(), f.deadline())); }},
      {"POST /v2/p1/fgs/dependencies/version",
       R"({"name":"numpy","runtime":"Python3.9","depend_type":"zip","depend_file":"UEsh"})", 200,
       dependency_answer().dump(), "create version of numpy: ",
       [](Fixture& f) {
         const DependencyUpload upload{"numpy", "Python3.9", "", bytes_in_memory("PK!"), ""};
         return failure_of(f.dependencies->create_dependency_version(upload, f.deadline()));
       }},
      {"DELETE /v2/p1/fgs/dependencies/5d1f/version/3", "", 204, "", "delete version of a dependency: ",
       [](Fixture& f) { return failure_of(f.dependencies->delete_dependency_version("5d1f", 3, f.deadline())); }},
      {"POST " + kFunction + "/invocations", R"({"a":1})", 200, R"({"status":200})", "invoke: ",
       [](Fixture& f) {
         Invocation invocation;
         invocation.event = R"({"a":1})";
         return failure_of(f.invocations->invoke(urn_of("hello"), invocation, f.deadline()));
       }},
      {"POST " + kFunction + ":!prod/invocations-async", "{}", 202, R"({"request_id":"r"})", "invoke asynchronously: ",
       [](Fixture& f) { return failure_of(f.invocations->invoke_async(alias_urn(), {}, f.deadline())); }},
      {"POST " + kFunction + ":v1/snapshots/disable", "", 200, "", "disable snapshot: ",
       [](Fixture& f) {
         return failure_of(f.invocations->update_snapshot(version_urn(), SnapshotAction::disable, f.deadline()));
       }},
  };
}

std::vector<Verb> all_verbs() {
  auto verbs = reads();
  for (auto& verb : mutations()) verbs.push_back(std::move(verb));
  return verbs;
}

TEST_CASE("verbs: each sends what the documents say, and takes their answer") {
  for (const auto& verb : all_verbs()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.answer(verb.status, verb.answer);
    const auto failure = verb.run(fixture);
    if (failure) FAIL(failure->describe());
    CHECK(fixture.targets() == Names{verb.line});
    CHECK(fixture.last_body() == verb.body);
  }
}

TEST_CASE("verbs: a refusal is told with what was being done") {
  for (const auto& verb : all_verbs()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.answer(400, R"({"error_code":"FSS.0400","error_msg":"no"})");
    const auto failure = verb.run(fixture);
    REQUIRE(failure);
    CHECK(failure->kind == ErrorKind::invalid);
    CHECK(failure->describe() == verb.name + "no (HTTP 400, FSS.0400)");
  }
}

TEST_CASE("verbs: reads are tried again, mutations never") {
  for (const auto& verb : reads()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.failure(test::lost_answer()).answer(verb.status, verb.answer);
    CHECK_FALSE(verb.run(fixture));
  }
  for (const auto& verb : mutations()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.failure(test::lost_answer());
    const auto failure = verb.run(fixture);
    REQUIRE(failure);
    CHECK(failure->kind == ErrorKind::unknown_effect);
    CHECK(fixture.client.requests().size() == 1);
  }
}

TEST_CASE("verbs: an answer without sense is corrupt for a read, of unknown effect for a mutation") {
  for (const auto& verb : all_verbs()) {
    if (verb.answer.empty()) continue;
    INFO(verb.line);
    Fixture fixture;
    fixture.client.answer(verb.status, "<html>");
    const auto failure = verb.run(fixture);
    REQUIRE(failure);
    CHECK(failure->kind == (verb.line.starts_with("GET") ? ErrorKind::corrupt : ErrorKind::unknown_effect));
  }
}

TEST_CASE("verbs: what would be a success is of unknown effect when it does not come from the service") {
  struct Row {
    std::string what;
    int status;
    std::string body;
  };
  const std::vector<Row> rows{
      {"a portal's page", 200, "<html>Log in</html>"},
      {"a proxy's word", 200, "OK"},
      {"a portal's page, as another success", 202, "<html>"},
      {"JSON that is cut off", 200, R"({"a":)"},
      {"a redirect to a portal", 302, "<html>"},
      {"a redirect without a word", 307, ""},
      {"a redirect with JSON", 308, "{}"},
      {"no change", 304, ""},
      {"a success that has no body, with one", 204, "<html>"},
      {"a part", 206, ""},
  };
  for (const auto& verb : mutations()) {
    for (const auto& row : rows) {
      INFO(verb.line << ", " << row.what);
      Fixture fixture;
      fixture.client.answer(row.status, row.body);
      const auto failure = verb.run(fixture);
      REQUIRE(failure);
      CHECK(failure->kind == ErrorKind::unknown_effect);
      CHECK_THAT(failure->describe(), Catch::StartsWith(verb.name));
      CHECK_THAT(failure->describe(), Catch::Contains("heck"));
      CHECK(fixture.client.requests().size() == 1);
    }
  }
}

TEST_CASE("verbs: with nothing to read the documented success is one, be its body empty or JSON") {
  for (const auto& verb : mutations()) {
    if (!verb.answer.empty()) continue;
    for (const auto* body : {"", "{}", "[]", "null", "\r\n", R"({"count":1})"}) {
      INFO(verb.line << ", " << body);
      Fixture fixture;
      fixture.client.answer(verb.status, body);
      CHECK_FALSE(verb.run(fixture));
    }
    for (const int status : {200, 201, 202, 204}) {
      if (status == verb.status) continue;
      INFO(verb.line << ", " << status);
      Fixture fixture;
      fixture.client.answer(status, "");
      const auto failure = verb.run(fixture);
      REQUIRE(failure);
      CHECK(failure->kind == ErrorKind::unknown_effect);
      CHECK_THAT(failure->message, Catch::Contains("it is HTTP " + std::to_string(status) + " instead of " +
                                                   std::to_string(verb.status)));
    }
  }
}

// ----- what single verbs promise

TEST_CASE("export: the package itself, or where it is") {
  Fixture fixture;
  fixture.client.answer(200, std::string("PK\x03\x04\0\xff", 6)).answer(200, R"({"file_name":"f.zip","code_url":"u"})");
  const auto package = test::run(fixture.graph->export_function(urn_of("hello"), fixture.deadline()));
  REQUIRE(package);
  CHECK(package->package == std::string("PK\x03\x04\0\xff", 6));
  CHECK(package->link.empty());
  const auto link = test::run(fixture.graph->export_function(urn_of("hello"), fixture.deadline()));
  REQUIRE(link);
  CHECK(link->package.empty());
  CHECK(link->link == "u");
  CHECK(link->file_name == "f.zip");
}

TEST_CASE("asynchronous configuration: not set is nothing, a missing function is a failure") {
  const std::vector<std::pair<std::string, bool>> refusals{
      {"FSS.0404", true},  {"FSS.0410", true},  {"FSS.9999", false}, {"", false},         {"FSS.1051", false},
      {"FSS.1052", false}, {"FSS.1053", false}, {"FSS.1056", false}, {"FSS.1131", false}, {"APIGW.0101", false},
  };
  for (const auto& [code, is_nothing] : refusals) {
    INFO(code);
    Fixture fixture;
    fixture.client.answer(404, json{{"error_code", code}, {"error_msg", "x"}}.dump());
    const auto config = test::run(fixture.graph->show_async_config(urn_of("hello"), fixture.deadline()));
    CHECK(config.has_value() == is_nothing);
    if (config) CHECK_FALSE(config->has_value());
  }
}

TEST_CASE(
    "dependencies: what is missing is the dependency that was asked for; in a function's request it is a mistake") {
  const std::string refusal = R"({"error_code":"FSS.1056","error_msg":"The dependency does not exist."})";
  for (const auto& verb : all_verbs()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.answer(404, refusal);
    const auto failure = verb.run(fixture);
    REQUIRE(failure);
    const bool is_about_one = verb.line.find("/fgs/dependencies/5d1f/") != std::string::npos;
    CHECK(failure->kind == (is_about_one ? ErrorKind::not_found : ErrorKind::invalid));
  }
}

TEST_CASE("verbs: a 404 that is not the service's is no absence, whatever was asked or deleted") {
  for (const auto& verb : all_verbs()) {
    INFO(verb.line);
    Fixture fixture;
    fixture.client.answer(404, "<html>404 Not Found</html>");
    const auto failure = verb.run(fixture);
    REQUIRE(failure);
    CHECK(failure->kind == ErrorKind::corrupt);
  }
}

TEST_CASE("reserved instances: those of one function are asked for by its URN") {
  Fixture fixture;
  fixture.client.answer(200, R"({"reserved_instances":[]})");
  REQUIRE(test::run(fixture.graph->list_reserved_instances(urn_of("hello"), fixture.deadline())));
  CHECK(fixture.targets() == Names{"GET /v2/p1/fgs/functions/reservedinstanceconfigs?limit=100&function_urn=" +
                                   std::string("urn%3Afss%3Ar%3Ap1%3Afunction%3Adefault%3Ahello")});
}

TEST_CASE("invoke: asks for the answer as JSON, and for the log's tail and memory when they are wanted") {
  Fixture fixture;
  fixture.client.answer(200, R"({"request_id":"r","result":"x","log":"l","status":500})");
  Invocation invocation;
  invocation.wants_log_tail = true;
  invocation.instance_memory = 512;
  const auto result = test::run(fixture.invocations->invoke(urn_of("hello"), invocation, fixture.deadline()));
  REQUIRE(result);
  CHECK(result->status == 500);
  const http::Headers& headers = fixture.client.requests().back().headers;
  CHECK(http::find_header(headers, "X-CFF-Request-Version") == "v1");
  CHECK(http::find_header(headers, "X-Cff-Log-Type") == "tail");
  CHECK(http::find_header(headers, "X-Cff-Instance-Memory") == "512");

  fixture.client.answer(200, R"({"status":200})");
  REQUIRE(test::run(fixture.invocations->invoke(urn_of("hello"), {}, fixture.deadline())));
  CHECK(fixture.client.requests().back().headers.size() == 2);
}

TEST_CASE("invoke: the request's id is in a header when it is not in the answer") {
  Fixture fixture;
  fixture.client.answer(200, R"({"status":200})", {{"X-Cff-Request-Id", "from the header"}});
  const auto result = test::run(fixture.invocations->invoke(urn_of("hello"), {}, fixture.deadline()));
  REQUIRE(result);
  CHECK(result->request_id == "from the header");
}

TEST_CASE("verbs: what would change a path, or is no JSON, is refused without a call") {
  const AliasRequest bad_alias{"../config", "v1", ""};
  Invocation bad_event;
  bad_event.event = "text";
  const TriggerRequest bad_trigger{"TIMER", "", "", "text"};
  const TriggerUpdate bad_update{"", "text"};
  const std::vector<std::function<std::optional<Error>(Fixture&)>> calls{
      [&](Fixture& f) { return failure_of(f.graph->update_alias(urn_of("hello"), bad_alias, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.dependencies->list_dependency_versions("../x", f.deadline())); },
      [&](Fixture& f) { return failure_of(f.dependencies->show_dependency_version("", 1, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.dependencies->delete_dependency_version("a/b", 1, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.invocations->invoke(urn_of("hello"), bad_event, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.invocations->invoke_async(urn_of("hello"), bad_event, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.triggers->create_trigger(urn_of("hello"), bad_trigger, f.deadline())); },
      [&](Fixture& f) { return failure_of(f.triggers->update_trigger(trigger_id(), bad_update, f.deadline())); },
  };
  for (const auto& call : calls) {
    Fixture fixture;
    const auto failure = call(fixture);
    REQUIRE(failure);
    CHECK(failure->kind == ErrorKind::invalid);
    CHECK(fixture.client.requests().empty());
  }
}

// ----- lists that go on at a mark

std::string async_page(int rows, const json& next_marker, const json& count) {
  json page{{"async_invoke_configs", json::array()}, {"page_info", {{"next_marker", next_marker}}}, {"count", count}};
  for (int i = 0; i < rows; ++i) page["async_invoke_configs"].push_back(async_answer());
  return page.dump();
}

Result<std::vector<AsyncConfig>> list_async(Fixture& fixture) {
  return test::run(fixture.graph->list_async_configs(urn_of("hello"), fixture.deadline()));
}

TEST_CASE("list by marks: pages are followed to the one without a mark") {
  Fixture fixture;
  fixture.client.answer(200, async_page(2, 100, 5)).answer(200, async_page(2, "b c", 5));
  fixture.client.answer(200, async_page(1, nullptr, 5));
  const auto configs = list_async(fixture);
  REQUIRE(configs);
  CHECK(configs->size() == 5);
  const std::string path = "GET " + kFunction + "/async-invoke-configs?";
  CHECK(fixture.targets() == Names{path + "limit=100", path + "marker=100&limit=100", path + "marker=b%20c&limit=100"});
}

TEST_CASE("list by marks: an empty page is the last, whatever mark it has") {
  Fixture fixture;
  fixture.client.answer(200, async_page(1, "a", nullptr)).answer(200, async_page(0, "b", nullptr));
  const auto configs = list_async(fixture);
  REQUIRE(configs);
  CHECK(configs->size() == 1);
}

TEST_CASE("list by marks: fewer rows than the service counts are an error") {
  Fixture fixture;
  fixture.client.answer(200, async_page(1, nullptr, 2));
  const auto configs = list_async(fixture);
  REQUIRE_FALSE(configs);
  CHECK(configs.error().message ==
        "list asynchronous configurations: the service says there are 2 but listed only 1; nothing was decided on it");
}

TEST_CASE("list by marks: a mark that comes again is an error, not a hang") {
  Fixture fixture;
  fixture.client.answer(200, async_page(1, "a", nullptr)).answer(200, async_page(1, "b", nullptr));
  fixture.client.answer(200, async_page(1, "a", nullptr));
  const auto configs = list_async(fixture);
  REQUIRE_FALSE(configs);
  CHECK(configs.error().kind == ErrorKind::corrupt);
  CHECK(configs.error().message ==
        "list asynchronous configurations: the list comes back to a page that was there already");
}

TEST_CASE("list by marks: one without end is an error, not a hang") {
  Fixture fixture;
  for (int i = 1; i <= 1000; ++i) fixture.client.answer(200, async_page(1, i, nullptr));
  const auto configs = list_async(fixture);
  REQUIRE_FALSE(configs);
  CHECK(configs.error().message == "list asynchronous configurations: the list does not end after 1000 pages");
}

}  // namespace
}  // namespace fgsync::functiongraph::cases

#include <sqlite3.h>

#include "emulated.hpp"
#include "emulator/base64_decode.hpp"
#include "temporary_folder.hpp"

using namespace fgsync::emulator::test;
using fgsync::http::find_header;
using fgsync::http::Headers;
using fgsync::http::Method;

namespace {

const std::string kUrn = "/" + Emulated::urn();

Emulated with_function(const std::string& state = ":memory:") {
  Emulated service({}, state);
  service.post("", create_body());
  service.publish("v1");
  service.post(kUrn + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  return service;
}

Reply invoke(Emulated& service, const std::string& event, Headers headers = {}, const std::string& qualifier = "") {
  return service.send(Method::post, service.base + kUrn + qualifier + "/invocations", event, std::move(headers));
}

Reply invoke_async(Emulated& service, const std::string& event) {
  return service.send(Method::post, service.base + kUrn + "/invocations-async", event);
}

/// The rows of the table of invocations, a line each.
std::string recorded(const std::string& file) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
  std::string lines;
  auto take = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) += std::string(values[0]) + "\n";
    return 0;
  };
  const char* sql = "SELECT kind || ' ' || version || ' ' || event FROM invocations ORDER BY id";
  const int code = sqlite3_exec(database, sql, take, &lines, nullptr);
  sqlite3_close(database);
  REQUIRE(code == SQLITE_OK);
  return lines;
}

}  // namespace

TEST_CASE("invocations: v1 answers the event as the result, in JSON") {
  Emulated service = with_function();
  const auto reply = invoke(service, R"({"k":"v"})", {{"X-CFF-Request-Version", "v1"}});
  REQUIRE(reply.status == 200);
  const auto answer = reply.json();
  CHECK(names_of(answer) == std::set<std::string>{"request_id", "result", "log", "status"});
  CHECK(answer["result"] == R"({"k":"v"})");
  CHECK(answer["status"] == 200);
  CHECK(answer["log"] == "");
  CHECK(answer["request_id"] == std::string(find_header(reply.headers, "X-Cff-Request-Id")));
  CHECK(find_header(reply.headers, "X-Cff-Response-Version") == "v1");
}

TEST_CASE("invocations: v0 is the default and answers text, with the documented headers") {
  Emulated service = with_function();
  const auto reply = invoke(service, R"({"k":"v"})");
  REQUIRE(reply.status == 200);
  CHECK(reply.body == R"({"k":"v"})");
  CHECK(find_header(reply.headers, "Content-Type") == "text/plain; charset=utf-8");
  CHECK(find_header(reply.headers, "X-Cff-Response-Version") == "v0");
  CHECK(find_header(reply.headers, "X-Func-Err-Code") == "0");
  CHECK(find_header(reply.headers, "X-Is-Func-Err") == "false");
  for (const auto* name : {"X-Cff-Request-Id", "X-Cff-Invoke-Summary", "X-CFF-Billing-Duration", "X-Request-Id"}) {
    INFO(name);
    CHECK_FALSE(find_header(reply.headers, name).empty());
  }
  CHECK(find_header(reply.headers, "X-Cff-Function-Log").empty());
}

TEST_CASE("invocations: the log's tail comes when asked for, and names the version that an alias leads to") {
  Emulated service = with_function();
  const auto reply = invoke(service, "{}", {{"X-CFF-Request-Version", "v1"}, {"X-Cff-Log-Type", "tail"}}, ":!prod");
  const auto log = reply.json()["log"].get<std::string>();
  const auto id = reply.json()["request_id"].get<std::string>();
  CHECK_THAT(log, Catch::Matchers::StartsWith("2019-10-25T07:37:27Z Start invoke request '" + id + "', version: v1\n"));
  CHECK_THAT(log, Catch::Matchers::EndsWith("billing memory: 128MB"));
  CHECK(fgsync::emulator::base64_decode(find_header(reply.headers, "X-Cff-Function-Log")) == log);
}

TEST_CASE("invocations: an asynchronous one is accepted with 202 and an id") {
  Emulated service = with_function();
  const auto reply = invoke_async(service, R"({"k":"v"})");
  CHECK(reply.status == 202);
  CHECK(names_of(reply.json()) == std::set<std::string>{"request_id"});
  CHECK(reply.json()["request_id"] == std::string(find_header(reply.headers, "X-Cff-Request-Id")));
}

TEST_CASE("invocations: events have the documented limits") {
  Emulated service = with_function();
  const auto event_of = [](std::size_t bytes) { return R"({"k":")" + std::string(bytes - 8, 'x') + "\"}"; };
  CHECK(invoke(service, event_of(6U << 20U)).status == 200);
  CHECK(invoke(service, event_of((6U << 20U) + 1)).outcome() == "413 FSS.1201");
  CHECK(invoke_async(service, event_of(256U << 10U)).status == 202);
  CHECK(invoke_async(service, event_of((256U << 10U) + 1)).outcome() == "413 FSS.1201");
}

TEST_CASE("invocations: an event is a JSON object; none is an empty one") {
  Emulated service = with_function();
  CHECK(invoke(service, "").body == "{}");
  CHECK(invoke(service, "[1]").outcome() == "400 FSS.0400");
  CHECK(invoke(service, "hello").outcome() == "400 FSS.0400");
  CHECK(invoke_async(service, "\"hello\"").outcome() == "400 FSS.0400");
}

TEST_CASE("invocations: headers with other values than documented are refused") {
  Emulated service = with_function();
  CHECK(invoke(service, "{}", {{"X-CFF-Request-Version", "v2"}}).outcome() == "400 FSS.0400");
  CHECK(invoke(service, "{}", {{"X-Cff-Log-Type", "all"}}).outcome() == "400 FSS.0400");
  CHECK(invoke(service, "{}", {{"X-Cff-Instance-Memory", "100"}}).outcome() == "400 FSS.1007");
  CHECK(invoke(service, "{}", {{"X-Cff-Instance-Memory", "512"}, {"X-Cff-Log-Type", "null"}}).status == 200);
}

TEST_CASE("invocations: what is not there or disabled is not called") {
  Emulated service = with_function();
  CHECK(invoke(service, "{}", {}, ":v2").outcome() == "404 FSS.1052");
  CHECK(invoke(service, "{}", {}, ":!none").outcome() == "404 FSS.1053");
  service.put(kUrn + "/config-max-instance", Json{{"max_instance_num", 0}});
  CHECK(invoke(service, "{}").outcome() == "403 FSS.0403");
  CHECK(invoke_async(service, "{}").outcome() == "403 FSS.0403");
  CHECK(invoke(service, "{}", {}, ":v1").status == 200);
}

TEST_CASE("invocations: the newest twenty of a function are in the state") {
  const TemporaryFolder folder;
  const auto file = folder.file("state.db");
  Emulated service = with_function(file);
  invoke(service, R"({"n":0})", {}, ":!prod");
  invoke_async(service, R"({"n":1})");
  CHECK(recorded(file) == "sync v1 {\"n\":0}\nasync latest {\"n\":1}\n");
  for (int i = 2; i < 22; ++i) invoke(service, R"({"n":)" + std::to_string(i) + "}");
  const auto lines = recorded(file);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 20);
  CHECK_THAT(lines, Catch::Matchers::StartsWith("sync latest {\"n\":2}\n"));
}

TEST_CASE("snapshots: are for published versions of Java functions") {
  Emulated service;
  auto body = create_body();
  body["runtime"] = "Java17";
  service.post("", body);
  service.publish("v1");
  const auto act = [&service](Method method, const std::string& target) {
    return service.send(method, service.base + "/" + Emulated::urn() + target);
  };
  CHECK(act(Method::get, ":v1/snapshots/state").json() == Json{{"state", "disable"}, {"code", ""}});
  CHECK(act(Method::post, ":v1/snapshots/enable").outcome() == "200");
  CHECK(act(Method::get, ":v1/snapshots/enableSnapshot").json()["state"] == "enable");
  CHECK(act(Method::post, ":v1/snapshots/disable").outcome() == "200");
  CHECK(act(Method::get, ":v1/snapshots/state").json()["state"] == "disable");

  CHECK(act(Method::post, "/snapshots/enable").outcome() == "400 FSS.1015");
  CHECK(act(Method::post, ":v2/snapshots/enable").outcome() == "404 FSS.1052");
  CHECK(act(Method::post, ":v1/snapshots/state").outcome() == "400 FSS.0400");
  CHECK(act(Method::get, ":v1/snapshots/size").outcome() == "400 FSS.0400");

  Emulated python = with_function();
  CHECK(python.send(Method::post, python.base + kUrn + ":v1/snapshots/enable").outcome() == "400 FSS.1005");
}

// Calls of a service whose functions can run: what it wants run, and the answers that are made of outcomes.
#include "emulated.hpp"
#include "emulator/alias_choice.hpp"
#include "emulator/base64_decode.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using fgsync::http::find_header;
using fgsync::http::Headers;
using fgsync::http::Method;

namespace {

const std::string kCalled = "/" + Emulated::urn();

ServiceOptions running() {
  ServiceOptions options;
  options.why_not_run = [](const std::string& runtime) -> std::optional<std::string> {
    if (runtime == "Java17") return "no Java here";
    return std::nullopt;
  };
  return options;
}

/// A service that runs functions, with one of them.
class Running {
 public:
  Running() : service(running()) {
    auto body = create_body();
    body["user_data"] = R"({"A":"1"})";
    body["encrypted_user_data"] = R"({"B":"2"})";
    body["initializer_handler"] = "index.init";
    body["initializer_timeout"] = 7;
    REQUIRE(service.post("", body).status == 200);
  }

  Reply call(const std::string& qualifier = "", Headers headers = {}, const std::string& kind = "invocations") {
    return service.send(Method::post, service.base + kCalled + qualifier + "/" + kind, R"({"k":"v"})",
                        std::move(headers));
  }
  PendingExecution pending(const std::string& qualifier = "", Headers headers = {}) {
    REQUIRE(call(qualifier, std::move(headers)).status == 200);
    auto taken = service.take_execution();
    REQUIRE(taken);
    return std::move(*taken);
  }

  Emulated service;
};

}  // namespace

TEST_CASE("run calls: a call says all that a process has to know") {
  Running world;
  const auto pending = world.pending("", {{"X-Cff-Instance-Memory", "512"}, {"X-CFF-Request-Version", "v1"}});
  CHECK(pending.kind == CallKind::synchronous);
  CHECK(pending.form.is_json);
  CHECK_FALSE(pending.form.wants_log);
  CHECK(pending.max_at_once == -1);
  const auto& execution = pending.execution;
  CHECK(execution.request_id.size() == 36);
  CHECK(execution.function.name == "hello");
  CHECK(execution.version == "latest");
  CHECK(execution.runtime == "Python3.9");
  CHECK(execution.handler == "index.handler");
  CHECK(execution.initializer == "index.init");
  CHECK(execution.timeout == std::chrono::seconds(30));
  CHECK(execution.initializer_timeout == std::chrono::seconds(7));
  CHECK(execution.memory_mb == 512);
  CHECK(execution.storage_mb == 512);
  CHECK(Json::parse(execution.user_data) == Json{{"A", "1"}, {"B", "2"}});
  CHECK(execution.event == R"({"k":"v"})");
  CHECK_FALSE(world.service.take_execution());
  CHECK(world.service.find_code(execution.code.digest) == code_zip());
  CHECK_FALSE(world.service.find_code("none"));
}

TEST_CASE("run calls: other requests and refused calls want nothing run") {
  Running world;
  world.call();
  world.service.get("");
  CHECK_FALSE(world.service.take_execution());
  CHECK(world.call(":v9").outcome() == "404 FSS.1052");
  CHECK_FALSE(world.service.take_execution());
}

TEST_CASE("run calls: runtimes that cannot run are refused, also in the background") {
  Running world;
  auto body = create_body("java");
  body["runtime"] = "Java17";
  REQUIRE(world.service.post("", body).status == 200);
  for (const auto* kind : {"/invocations", "/invocations-async"}) {
    const auto reply = world.service.post("/" + Emulated::urn("java") + kind, Json::object());
    CHECK(reply.outcome() == "400 FSS.1005");
    CHECK(reply.json()["error_msg"] == "no Java here");
    CHECK_FALSE(world.service.take_execution());
  }
}

TEST_CASE("run calls: as many at once as instances take") {
  Running world;
  auto config = config_body();
  config["strategy_config"] = Json{{"concurrency", 3}, {"concurrent_num", 5}};
  REQUIRE(world.service.put(kCalled + "/config", config).status == 200);
  CHECK(world.pending().max_at_once == 15);
}

TEST_CASE("run calls: in the background, as the asynchronous configuration of what was called says") {
  Running world;
  const auto background = [&world](const std::string& qualifier) {
    REQUIRE(world.call(qualifier, {}, "invocations-async").status == 202);
    auto taken = world.service.take_execution();
    REQUIRE(taken);
    CHECK(taken->kind == CallKind::asynchronous);
    return std::move(*taken);
  };
  const auto by_default = background("");
  CHECK(by_default.retries == 1);
  CHECK(by_default.max_age == std::chrono::hours(1));
  world.service.publish("v1");
  world.service.post(kCalled + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  const Json destination{{"destination", "SMN"}, {"param", "{}"}};
  REQUIRE(world.service
              .put(kCalled + ":!prod/async-invoke-config", Json{{"max_async_event_age_in_seconds", 60},
                                                                {"max_async_retry_attempts", 3},
                                                                {"destination_config", {{"on_failure", destination}}}})
              .status == 200);
  const auto configured = background(":!prod");
  CHECK(configured.retries == 3);
  CHECK(configured.max_age == std::chrono::seconds(60));
  CHECK(configured.on_success.empty());
  CHECK(Json::parse(configured.on_failure) == destination);
  CHECK(configured.execution.alias == "prod");
  CHECK(configured.execution.version == "v1");
  CHECK(background(":v1").retries == 1);
}

TEST_CASE("run calls: the answer to a success, and to a failure") {
  Running world;
  const auto pending = world.pending("", {{"X-CFF-Request-Version", "v1"}, {"X-Cff-Log-Type", "tail"}});
  ExecutionOutcome outcome;
  outcome.result = "{\"a\": 1}";
  outcome.log = "hello\n";
  outcome.duration = std::chrono::microseconds(65828);
  outcome.memory_bytes = 22516072;
  fgsync::http::Response draft;
  draft.headers = {{"X-Request-Id", "id-of-the-api"}};
  const auto answer = answer_of(pending, outcome, draft, kNow, kNow + std::chrono::seconds(1));
  CHECK(answer.status == 200);
  CHECK(find_header(answer.headers, "X-Request-Id") == "id-of-the-api");
  CHECK(find_header(answer.headers, "X-Cff-Request-Id") == pending.execution.request_id);
  CHECK(find_header(answer.headers, "X-Func-Err-Code") == "0");
  CHECK(find_header(answer.headers, "X-Is-Func-Err") == "false");
  CHECK(find_header(answer.headers, "X-CFF-Billing-Duration") == "66");
  CHECK(find_header(answer.headers, "X-Cff-Invoke-Summary") ==
        R"({"duration":65.828,"billingDuration":66,"memorySize":128,"memoryUsed":21.473})");
  const auto id = pending.execution.request_id;
  const std::string log = "2019-10-25T07:37:27Z Start invoke request '" + id + "', version: latest\nhello\n" +
                          "2019-10-25T07:37:28Z Finish invoke request '" + id +
                          "', duration: 65.828ms, billing duration: 66ms, memory used: 21.473MB, billing memory: 128MB";
  CHECK(base64_decode(find_header(answer.headers, "X-Cff-Function-Log")) == log);
  CHECK(Json::parse(answer.body) == Json{{"request_id", id}, {"result", "{\"a\": 1}"}, {"log", log}, {"status", 200}});

  const auto failed = answer_of(pending, failed_execution(kTimedOut, "too \"long\"", "Timeout"), draft, kNow, kNow);
  CHECK(failed.status == 200);
  CHECK(find_header(failed.headers, "X-Func-Err-Code") == "4010");
  CHECK(find_header(failed.headers, "X-Is-Func-Err") == "true");
  CHECK(Json::parse(failed.body)["status"] == 500);
  CHECK(Json::parse(failed.body)["result"] == R"({"errorMessage":"too \"long\"","errorType":"Timeout"})");

  outcome.log = std::string(5000, 'x');
  const auto cut = answer_of(pending, outcome, draft, kNow, kNow);
  CHECK(Json::parse(cut.body)["log"].get<std::string>().size() == 4096);
  CHECK(base64_decode(find_header(cut.headers, "X-Cff-Function-Log"))->size() == 2000);
}

TEST_CASE("run calls: one more than the function runs at once is 429") {
  fgsync::http::Response draft;
  draft.headers = {{"X-Request-Id", "id"}};
  const auto answer = too_many_at_once(draft);
  CHECK(answer.status == 429);
  CHECK(Json::parse(answer.body)["error_code"] == "FSS.0429");
}

TEST_CASE("run calls: weights of aliases are followed") {
  Alias alias;
  alias.version = "v1";
  alias.additional_version = "v2";
  alias.weights = R"({"v2":30})";
  Random random(7);
  int additional = 0;
  for (int i = 0; i < 10'000; ++i) additional += choose_version(alias, {}, random) == "v2" ? 1 : 0;
  CHECK(additional > 2700);
  CHECK(additional < 3300);
  for (const auto& [weights, expected] : {std::pair{R"({"v2":0})", "v1"}, std::pair{R"({"v2":100})", "v2"}}) {
    alias.weights = weights;
    for (int i = 0; i < 200; ++i) CHECK(choose_version(alias, {}, random) == expected);
  }
}

TEST_CASE("run calls: rules of aliases decide by headers") {
  Alias alias;
  alias.version = "v1";
  alias.additional_version = "v2";
  alias.weights = R"({"v2":100})";
  Random random(7);
  const auto chosen = [&](const std::string& combine, const Headers& headers) {
    alias.strategy = R"({"v2":{"combine_type":")" + combine +
                     R"(","rules":[{"rule_type":"Header","param":"X-User","op":"=","value":"me"},)"
                     R"({"rule_type":"Header","param":"X-Ring","op":"in","value":"a, b"}]}})";
    return choose_version(alias, headers, random);
  };
  CHECK(chosen("and", {{"x-user", "me"}, {"X-Ring", "b"}}) == "v2");
  CHECK(chosen("and", {{"x-user", "me"}}) == "v1");
  CHECK(chosen("or", {{"X-Ring", "a"}}) == "v2");
  CHECK(chosen("or", {{"X-Ring", "c"}}) == "v1");
  CHECK(chosen("or", {}) == "v1");
}

TEST_CASE("run calls: through an alias, the version that it chooses") {
  Running world;
  world.service.publish("v1");
  world.service.put(kCalled + "/code", code_body("def handler(e, c): return 2\n"));
  world.service.publish("v2");
  REQUIRE(world.service
              .post(kCalled + "/aliases",
                    Json{{"name", "prod"}, {"version", "v1"}, {"additional_version_weights", {{"v2", 100}}}})
              .status == 200);
  CHECK(world.pending(":!prod").execution.version == "v2");
  CHECK(world.pending(":v1").execution.version == "v1");
}

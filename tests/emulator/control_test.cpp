#include <fstream>

#include "injected.hpp"
#include "temporary_folder.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using fgsync::http::Method;

namespace {

constexpr const char* kLose = R"({"name": "lose", "match": {"method": "POST"}, "do": {"drop": "after"}})";

std::vector<std::string> snapshot_names(const Reply& reply) {
  std::vector<std::string> names;
  const auto body = reply.json();
  for (const auto& item : body["snapshots"]) names.push_back(item["name"]);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("control: it says that it is well") {
  Injected world;
  world.steady += std::chrono::milliseconds(1500);
  const auto health = world.steer(Method::get, "/health");
  CHECK(health.status == 200);
  CHECK(health.json()["status"] == "ok");
  CHECK(health.json()["up_ms"] == 1500);
}

TEST_CASE("control: a rule is added, works, counts and goes") {
  Injected world;
  const auto added = world.steer(Method::post, "/faults/rules", kLose);
  CHECK(added.status == 201);
  CHECK(added.json()["rule"] == Json::parse(R"({"name":"lose","match":{"method":["POST"]},"do":{"drop":"after"}})"));
  CHECK(world.send(Method::post, "", create_body()).decision.rule == "lose");
  world.get("");
  const Json counts{{"rule", "lose"}, {"matched", 1}, {"hit", 1}};
  CHECK(world.steer(Method::get, "/faults/rules/lose").json()["counts"] == counts);
  CHECK(world.steer(Method::get, "/faults").json()["counts"] == Json::array({counts}));

  const auto again = world.steer(Method::post, "/faults/rules", kLose);
  CHECK(again.status == 409);
  CHECK(again.json()["error"] == "there is a rule \"lose\" already: choose another name");
  CHECK(world.steer(Method::del, "/faults/rules/lose").status == 200);
  const auto gone = world.steer(Method::del, "/faults/rules/lose");
  CHECK(gone.status == 404);
  CHECK(gone.json()["error"] == "there is no rule \"lose\"; there is none");
  CHECK(world.send(Method::post, "", create_body("other")).decision.rule.empty());
}

TEST_CASE("control: rules without names get free ones") {
  Injected world;
  world.steer(Method::post, "/faults/rules", R"({"name": "rule-2", "do": {"cut": 1}})");
  CHECK(world.steer(Method::post, "/faults/rules", R"({"do": {"cut": 1}})").json()["rule"]["name"] == "rule-3");
}

TEST_CASE("control: a scenario replaces what was there, and what is shown can be put back") {
  Injected world("rules: [{do: {drop: before}}]");
  const auto put = world.steer(Method::put, "/faults", "seed: 5\nlatency: 3ms\nrate: 9\nrules:\n- do: {cut: 4}\n");
  CHECK(put.status == 200);
  const auto scenario = put.json()["scenario"];
  CHECK(scenario["latency"] == "3ms");
  CHECK(scenario["rate"] == 9);
  CHECK(scenario["rules"][0]["do"] == Json{{"cut", 4}});
  CHECK(world.steer(Method::put, "/faults", scenario.dump()).json()["scenario"] == scenario);
  CHECK(world.steer(Method::del, "/faults").json()["scenario"]["rules"].empty());
  CHECK(world.injector.rules().is_idle());
}

TEST_CASE("control: counters begin again") {
  Injected world("rules: [{name: third, when: {nth: 3}, do: {drop: before}}]");
  for (int i = 0; i < 4; ++i) world.get("");
  CHECK(world.steer(Method::post, "/faults/restart").json()["counts"][0]["matched"] == 0);
  CHECK(world.send(Method::get, "").decision.rule.empty());
  CHECK(world.send(Method::get, "").decision.rule.empty());
  CHECK(world.send(Method::get, "").decision.rule == "third");
}

TEST_CASE("control: latency and rate change while rules stay") {
  Injected world("rules: [{name: lose, match: {method: POST}, do: {drop: after}}]");
  CHECK(world.steer(Method::put, "/faults/latency", R"({"latency": "30ms"})").status == 200);
  CHECK(world.steer(Method::put, "/faults/rate", R"({"rate": 1})").status == 200);
  CHECK(world.send(Method::get, "").decision.effect.delay == std::chrono::milliseconds(30));
  CHECK(world.send(Method::get, "").decision.kind == "rate");
  CHECK(world.steer(Method::put, "/faults/rate", "{}").status == 200);
  CHECK(world.send(Method::post, "", create_body()).decision.rule == "lose");
  CHECK(world.steer(Method::put, "/faults/rate", R"({"latency": "30ms"})").status == 400);
  CHECK(world.steer(Method::put, "/faults/latency", R"({"latency": 30})").status == 400);
}

TEST_CASE("control: a bad request is told what is wrong and where, and changes nothing") {
  Injected world("rules: [{name: lose, do: {drop: after}}]");
  const auto bad = world.steer(Method::put, "/faults", "rules:\n  - do: {drop: sometimes}\n    wen: {}\n");
  CHECK(bad.status == 400);
  CHECK(bad.json()["error"] == "line 2: rules[0].do.drop: must be before or after, found \"sometimes\"");
  REQUIRE(bad.json()["mistakes"].size() == 2);
  CHECK(bad.json()["mistakes"][1] == Json{{"line", 3},
                                          {"column", 5},
                                          {"field", "rules[0].wen"},
                                          {"message", "unknown key"},
                                          {"hint", "did you mean when?"}});
  for (const auto* body : {"", "[", "{\"do\": ", "\xff\xfe", "- 1\n- 2\n", "---\na: 1\n---\nb: 2\n"}) {
    CAPTURE(body);
    CHECK(world.steer(Method::put, "/faults", body).status == 400);
    CHECK(world.steer(Method::post, "/faults/rules", body).status == 400);
  }
  CHECK(world.injector.rules().entries().size() == 1);
}

TEST_CASE("control: unknown paths, other methods and pages in a browser are refused") {
  Injected world;
  CHECK(world.steer(Method::get, "/nothing").status == 404);
  CHECK(world.steer(Method::get, "/faults/rules/%zz").status == 404);
  const auto wrong = world.steer(Method::post, "/faults");
  CHECK(wrong.status == 405);
  CHECK(fgsync::http::find_header(wrong.headers, "Allow") == "GET, PUT, DELETE");
  CHECK(wrong.json()["error"] == "/faults: expected GET, PUT, DELETE");
  CHECK(world.steer(Method::get, "/health", "", {{"Origin", "http://evil.example"}}).status == 403);
}

TEST_CASE("control: issued tokens are made to expire") {
  ServiceOptions options;
  options.iam.users.push_back({"acme", "deployer", fgsync::Secret("pw")});
  Injected world("{}", options);
  fgsync::http::Request login;
  login.method = Method::post;
  login.target = "/v3/auth/tokens";
  login.body = R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"deployer","password":"pw",)"
               R"("domain":{"name":"acme"}}}},"scope":{"project":{"id":"p1"}}}})";
  const auto answer = world.send(login).reply;
  const fgsync::http::Headers token{
      {"X-Auth-Token", std::string(fgsync::http::find_header(answer.headers, "X-Subject-Token"))}};
  CHECK(world.send(Method::get, "", nullptr, token).reply.outcome() == "200");
  CHECK(world.steer(Method::post, "/tokens/expire").json() == Json{{"expired", 1}});
  CHECK(world.send(Method::get, "", nullptr, token).reply.outcome() == "401 APIGW.0307");
  CHECK(world.steer(Method::post, "/tokens/expire").json() == Json{{"expired", 0}});
}

TEST_CASE("control: snapshots of a state in memory and in a file") {
  const TemporaryFolder folder;
  const auto state = GENERATE(as<std::string>(), "memory", "file");
  const auto path = state == "memory" ? std::string(":memory:") : folder.file("state.db");
  Injected world("{}", {}, path);
  world.send(Method::post, "", create_body("first"));
  CHECK(snapshot_names(world.steer(Method::put, "/state/snapshots/one")) == Names{"one"});
  world.send(Method::post, "", create_body("second"));
  CHECK(snapshot_names(world.steer(Method::put, "/state/snapshots/two")) == Names{"one", "two"});

  CHECK(world.steer(Method::post, "/state/snapshots/one/restore").json()["functions"] == 1);
  CHECK(world.get("").json()["functions"][0]["func_name"] == "first");
  CHECK(world.send(Method::post, "", create_body("third")).reply.outcome() == "200");
  CHECK(world.steer(Method::post, "/state/snapshots/two/restore").json()["functions"] == 2);
  CHECK(world.steer(Method::post, "/state/reset").json()["functions"] == 0);
  CHECK(world.get("").json()["count"] == 0);
  CHECK(world.send(Method::post, "", create_body("first")).reply.outcome() == "200");

  CHECK(snapshot_names(world.steer(Method::del, "/state/snapshots/one")) == Names{"two"});
  const auto gone = world.steer(Method::post, "/state/snapshots/one/restore");
  CHECK(gone.status == 404);
  CHECK(gone.json()["error"] == "there is no snapshot \"one\"");
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("control: a restored state counts towards the quotas") {
  ServiceOptions options;
  options.max_functions = 2;
  Injected world("{}", options);
  world.send(Method::post, "", create_body("first"));
  world.send(Method::post, "", create_body("second"));
  world.steer(Method::put, "/state/snapshots/full");
  world.steer(Method::post, "/state/reset");
  CHECK(world.send(Method::post, "", create_body("third")).reply.outcome() == "200");
  world.steer(Method::post, "/state/snapshots/full/restore");
  CHECK(world.send(Method::post, "", create_body("fourth")).reply.outcome() == "403 FSS.1041");
}

TEST_CASE("control: snapshots in files outlive the emulator, with the restored state") {
  const TemporaryFolder folder;
  {
    Injected world("{}", {}, folder.file("state.db"));
    world.send(Method::post, "", create_body("first"));
    world.steer(Method::put, "/state/snapshots/one");
    world.steer(Method::post, "/state/reset");
  }
  {
    Injected world("{}", {}, folder.file("state.db"));
    CHECK(world.get("").json()["count"] == 0);
    CHECK(world.steer(Method::post, "/state/snapshots/one/restore").json()["functions"] == 1);
  }
  Injected world("{}", {}, folder.file("state.db"));
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("control: names of snapshots stay in their folder") {
  const TemporaryFolder folder;
  Injected world("{}", {}, folder.file("state.db"));
  for (const auto* name : {"..%2fx", ".hidden", "a%2fb", "%00", "a%20b"}) {
    CAPTURE(name);
    CHECK(world.steer(Method::put, std::string("/state/snapshots/") + name).status == 400);
    CHECK(world.steer(Method::del, std::string("/state/snapshots/") + name).status == 400);
    CHECK(world.steer(Method::post, std::string("/state/snapshots/") + name + "/restore").status == 400);
  }
  CHECK(world.steer(Method::put, "/state/snapshots/" + std::string(65, 'a')).status == 400);
}

TEST_CASE("control: a snapshot that is no state is refused, and the state stays") {
  const TemporaryFolder folder;
  Injected world("{}", {}, folder.file("state.db"));
  world.send(Method::post, "", create_body("first"));
  world.steer(Method::put, "/state/snapshots/one");
  std::ofstream(folder.file("state.db.snapshots/one.db")) << std::string(8192, 'x');
  const auto refused = world.steer(Method::post, "/state/snapshots/one/restore");
  CHECK(refused.status == 500);
  CHECK_THAT(refused.json()["error"].get<std::string>(), Catch::Matchers::Contains("file is not a database"));
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("control: a restore ends stale reads") {
  Injected world("rules: [{match: {operation: CreateFunction}, do: {stale: 1m}}]");
  world.steer(Method::put, "/state/snapshots/empty");
  world.send(Method::post, "", create_body("first"));
  CHECK(world.get("").json()["count"] == 0);
  world.steer(Method::put, "/state/snapshots/one");
  world.steer(Method::post, "/state/snapshots/one/restore");
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("control: metrics are in Prometheus' format") {
  Injected world;
  world.send(Method::post, "", create_body());
  world.metrics.count("CreateFunction", 200, "", std::chrono::milliseconds(2));
  world.metrics.count("CreateFunction", 0, "drop_before", std::chrono::milliseconds(2));
  const auto metrics = world.steer(Method::get, "/metrics");
  CHECK_THAT(std::string(fgsync::http::find_header(metrics.headers, "Content-Type")),
             Catch::Matchers::StartsWith("text/plain"));
  for (const auto* line : {"# TYPE fgsync_emulator_requests_total counter",
                           "fgsync_emulator_requests_total{operation=\"CreateFunction\",status=\"200\"} 1",
                           "fgsync_emulator_requests_total{operation=\"CreateFunction\",status=\"0\"} 1",
                           "fgsync_emulator_faults_total{kind=\"drop_before\"} 1",
                           "fgsync_emulator_request_seconds_bucket{operation=\"CreateFunction\",le=\"0.0025\"} 2",
                           "fgsync_emulator_functions 1", "fgsync_emulator_versions 1", "fgsync_emulator_aliases 0"}) {
    CAPTURE(line);
    CHECK_THAT(metrics.body, Catch::Matchers::Contains(std::string(line) + "\n"));
  }
}

TEST_CASE("control: recent requests, the last ones") {
  Injected world;
  for (int i = 0; i < 600; ++i) world.recent.add("{\"n\":" + std::to_string(i) + "}");
  const auto all = world.steer(Method::get, "/requests").json()["requests"];
  CHECK(all.size() == 500);
  CHECK(all.front() == Json{{"n", 100}});
  CHECK(world.steer(Method::get, "/requests?limit=2").json()["requests"] == Json::parse(R"([{"n":598},{"n":599}])"));
  CHECK(world.steer(Method::get, "/requests?limit=many").status == 400);
  CHECK(world.steer(Method::del, "/requests").json()["requests"].empty());
}

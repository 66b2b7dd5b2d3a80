#include "injected.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using fgsync::http::Method;
using std::chrono::milliseconds;

namespace {

std::vector<std::string> versions_in(const Reply& reply) {
  std::vector<std::string> names;
  const auto listed = reply.json();
  for (const auto& version : listed["versions"]) names.push_back(version["version"]);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("injection: without a rule the service answers") {
  Injected world;
  const auto seen = world.send(Method::post, "", create_body());
  CHECK(seen.decision.kind.empty());
  CHECK(seen.reply.outcome() == "200");
}

TEST_CASE("injection: an answer in place of the service's, which did not get the request") {
  Injected world("rules: [{match: {method: POST}, do: {answer: {status: 503, retry_after: 2s}}}]");
  const auto seen = world.send(Method::post, "", create_body());
  CHECK(seen.reply.outcome() == "503 FSS.0503");
  CHECK(seen.reply.json()["error_msg"] == "Service unavailable.");
  CHECK(fgsync::http::find_header(seen.reply.headers, "Retry-After") == "2");
  CHECK(fgsync::http::find_header(seen.reply.headers, "X-Request-Id").size() == 32);
  CHECK(world.get("").json()["count"] == 0);
}

TEST_CASE("injection: each shape of an answer") {
  const auto body_of = [](const std::string& answer) {
    Injected world("rules: [{do: {answer: " + answer + "}}]");
    return world.get("").json();
  };
  CHECK(names_of(body_of("{status: 500}")) == std::set<std::string>{"error_code", "error_msg"});
  const auto gateway = body_of("{status: 500, shape: gateway}");
  CHECK(names_of(gateway) == std::set<std::string>{"error_code", "error_msg", "request_id"});
  CHECK(gateway["error_code"] == "APIGW.0601");
  const auto iam = body_of("{status: 401, shape: iam, code: Unauthorized, message: no}");
  CHECK(iam == Json::parse(R"({"error": {"code": 401, "message": "no", "title": "Unauthorized"}})"));
}

TEST_CASE("injection: an answer that replaces that of a request that was applied") {
  Injected world("rules: [{match: {method: POST}, do: {answer: {status: 504, shape: gateway, applied: true}}}]");
  CHECK(world.send(Method::post, "", create_body()).reply.outcome() == "504 APIGW.0201");
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("injection: a request dropped before is not applied, one dropped after is") {
  Injected world(
      "rules: [{match: {function: first}, do: {drop: before}}, {match: {function: second}, do: {drop: after}}]");
  const auto first = world.send(Method::post, "", create_body("first"));
  CHECK(first.decision.effect.fate == AnswerFate::lost);
  CHECK(first.reply.status == 0);
  const auto second = world.send(Method::post, "", create_body("second"));
  CHECK(second.decision.effect.fate == AnswerFate::lost);
  CHECK(second.reply.status == 200);
  const auto listed = world.get("").json();
  REQUIRE(listed["count"] == 1);
  CHECK(listed["functions"][0]["func_name"] == "second");
}

TEST_CASE("injection: a duplicate is applied twice, and the second answer is sent") {
  Injected world("rules: [{match: {operation: CreateFunctionVersion}, do: {duplicate: true}}]");
  world.send(Method::post, "", create_body());
  CHECK(world.send(Method::post, kHello + "/versions", Json{{"version", "v1"}}).reply.outcome() == "409 FSS.1062");
  CHECK(versions_in(world.get(kHello + "/versions")) == Names{"latest", "v1"});
}

TEST_CASE("injection: garbage comes after the request was applied, and is no HTTP") {
  Injected world("rules: [{match: {method: POST}, do: {garbage: true}}]");
  const auto seen = world.send(Method::post, "", create_body());
  CHECK(seen.decision.effect.fate == AnswerFate::garbage);
  CHECK(seen.reply.body.size() == 25);
  CHECK_FALSE(seen.reply.body.starts_with("HTTP/"));
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("injection: reads do not see a write until its window ends, and then all that was written meanwhile") {
  Injected world("rules: [{match: {operation: CreateFunctionVersion}, do: {stale: 2s}}]");
  world.send(Method::post, "", create_body());
  CHECK(world.send(Method::post, kHello + "/versions", Json{{"version", "v1"}}).reply.outcome() == "200");
  CHECK(versions_in(world.get(kHello + "/versions")) == Names{"latest"});
  world.steady += milliseconds(1999);
  CHECK(world.send(Method::put, kHello + "/code", code_body("other")).reply.outcome() == "200");
  CHECK(world.send(Method::post, kHello + "/versions", Json{{"version", "v2"}}).reply.outcome() == "200");
  CHECK(versions_in(world.get(kHello + "/versions")) == Names{"latest"});
  world.steady += milliseconds(1);
  CHECK(versions_in(world.get(kHello + "/versions")).size() == 3);
  CHECK(world.service->state().copy() == nullptr);
}

TEST_CASE("injection: in a window of stale reads, writes meet the present and new tokens are good") {
  ServiceOptions options;
  options.iam.users.push_back({"acme", "deployer", fgsync::Secret("pw")});
  Injected world("rules: [{match: {operation: CreateFunction}, when: {nth: 1}, do: {stale: 2s}}]", options);
  const auto login = [&] {
    fgsync::http::Request request;
    request.method = Method::post;
    request.target = "/v3/auth/tokens";
    request.body =
        R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"deployer","password":"pw",)"
        R"("domain":{"name":"acme"}}}},"scope":{"project":{"id":"p1"}}}})";
    const auto reply = world.send(request).reply;
    return fgsync::http::Headers{
        {"X-Auth-Token", std::string(fgsync::http::find_header(reply.headers, "X-Subject-Token"))}};
  };
  const auto first = login();
  CHECK(world.send(Method::post, "", create_body(), first).reply.outcome() == "200");
  const auto second = login();
  CHECK(world.send(Method::get, "", nullptr, second).reply.json()["count"] == 0);
  CHECK(world.send(Method::post, "", create_body(), second).reply.outcome() == "409 FSS.1061");
}

TEST_CASE("injection: tokens expire before the request is looked at") {
  ServiceOptions options;
  options.iam.users.push_back({"acme", "deployer", fgsync::Secret("pw")});
  options.token = "fixed";
  Injected world("rules: [{match: {path: '/v2/**'}, when: {nth: 2}, do: {expire_tokens: true}}]", options);
  fgsync::http::Request login;
  login.method = Method::post;
  login.target = "/v3/auth/tokens";
  login.body = R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"deployer","password":"pw",)"
               R"("domain":{"name":"acme"}}}},"scope":{"project":{"id":"p1"}}}})";
  const auto answer = world.send(login).reply;
  const fgsync::http::Headers issued{
      {"X-Auth-Token", std::string(fgsync::http::find_header(answer.headers, "X-Subject-Token"))}};
  CHECK(world.send(Method::get, "", nullptr, issued).reply.outcome() == "200");
  CHECK(world.send(Method::get, "", nullptr, issued).reply.outcome() == "401 APIGW.0307");
  CHECK(world.send(Method::get, "", nullptr, issued).reply.outcome() == "401 APIGW.0307");
  CHECK(world.send(Method::get, "", nullptr, {{"X-Auth-Token", "fixed"}}).reply.outcome() == "200");
}

TEST_CASE("injection: the same seed and requests give the same history") {
  const auto history = [](const std::string& seed) {
    Injected world(
        "{seed: " + seed + ", rules: [{when: {probability: 20%}, do: {answer: {status: 503}}}, " +
        "{when: {probability: 20%}, do: {drop: after}}, {when: {probability: 20%}, do: {delay: 1s, jitter: 1s}}]}");
    std::string text;
    for (int i = 0; i < 200; ++i) {
      const auto seen = world.send(Method::get, "");
      text += std::string(seen.decision.kind) + std::to_string(seen.decision.effect.delay.count()) + " ";
    }
    return text;
  };
  CHECK(history("5") == history("5"));
  CHECK(history("5") != history("6"));
}

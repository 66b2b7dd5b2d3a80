#include "emulator/scenario.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "emulator/fault_subject.hpp"
#include "emulator/operation_names.hpp"
#include "emulator/operations.hpp"
#include "emulator/route_table.hpp"

using namespace fgsync::emulator;
using fgsync::http::Method;
using std::chrono::milliseconds;

namespace {

FaultPlan scenario_of(const std::string& text) {
  const auto plan = read_scenario(text, "faults.yaml");
  if (!plan) FAIL(summary(plan.error().front()));
  return *plan;
}

/// The mistakes as lines without hints: `3:5 rules[0].do.drop: must be …`.
std::vector<std::string> mistakes_of(const std::string& text) {
  std::vector<std::string> lines;
  const auto plan = read_scenario(text, "faults.yaml");
  if (plan) return lines;
  for (const auto& mistake : plan.error()) {
    CHECK(mistake.position.file == "faults.yaml");
    lines.push_back(std::to_string(mistake.position.line) + ":" + std::to_string(mistake.position.column) + " " +
                    summary(mistake));
  }
  return lines;
}

using Lines = std::vector<std::string>;

constexpr const char* kEverything = R"(
seed: 7
latency: 20ms
rate: 50
rules:
  - name: all-matches
    match: {method: [POST, DELETE], path: /v2/**, operation: [CreateFunction, DeleteFunction], function: pay-*}
    when: {nth: 1, every: 2, first: 3, times: 4, probability: 5%}
    do: {answer: {status: 503, shape: gateway, code: APIGW.0613, message: later, retry_after: 3s, applied: true},
         delay: 1s, jitter: 5ms, answer_delay: 1m, stale: 2s, expire_tokens: true}
  - do: {throttle: true}
  - do: {throttle: 2s}
  - do: {drop: before}
  - do: {drop: after, duplicate: true}
  - do: {cut: 0}
  - do: {drip: {bytes: 1, pause: 10ms}}
  - do: {garbage: true}
)";

}  // namespace

TEST_CASE("scenario: every key is read") {
  const auto plan = scenario_of(kEverything);
  CHECK(plan.seed == 7);
  CHECK(plan.latency == milliseconds(20));
  CHECK(plan.rate == 50);
  REQUIRE(plan.rules.size() == 8);
  const auto& rule = plan.rules[0];
  CHECK(rule.name == "all-matches");
  CHECK(rule.match.methods == std::vector<Method>{Method::post, Method::del});
  CHECK(rule.match.path == "/v2/**");
  CHECK(rule.match.operations == std::vector<std::string>{"CreateFunction", "DeleteFunction"});
  CHECK(rule.match.function == "pay-*");
  CHECK(rule.turns == FaultTurns{1, 2, 3, 4, 0.05});
  const ForcedAnswer later{503, "APIGW.0613", "later", AnswerShape::gateway, std::chrono::seconds(3)};
  CHECK(rule.effect.answer == later);
  CHECK(rule.effect.application == Application::once);
  CHECK(rule.effect.delay == milliseconds(1000));
  CHECK(rule.effect.jitter == milliseconds(5));
  CHECK(rule.effect.answer_delay == milliseconds(60000));
  CHECK(rule.effect.stale_for == milliseconds(2000));
  CHECK(rule.effect.expires_tokens);

  const auto effect = [&](std::size_t index) { return plan.rules[index].effect; };
  CHECK(plan.rules[1].name == "rule-2");
  CHECK(effect(1).application == Application::never);
  CHECK(effect(1).answer->code == "APIGW.0308");
  CHECK_FALSE(effect(1).answer->retry_after);
  CHECK(effect(2).answer->retry_after == std::chrono::seconds(2));
  CHECK(effect(3).application == Application::never);
  CHECK(effect(3).fate == AnswerFate::lost);
  CHECK(effect(4).application == Application::twice);
  CHECK(effect(4).fate == AnswerFate::lost);
  CHECK(effect(5).fate == AnswerFate::cut);
  CHECK(effect(6).fate == AnswerFate::dripped);
  CHECK(effect(6).bytes == 1);
  CHECK(effect(6).drip_pause == milliseconds(10));
  CHECK(effect(7).fate == AnswerFate::garbage);
}

TEST_CASE("scenario: what it is rendered as is read as the same") {
  const auto plan = scenario_of(kEverything);
  CHECK(scenario_of(render(plan)) == plan);
  for (const auto& rule : plan.rules) CHECK(read_fault_rule(render(rule), "body", "other") == rule);
}

TEST_CASE("scenario: a status alone has the documented code and text of who most likely says so") {
  const auto answer_to = [](const std::string& answer) {
    return *scenario_of("rules: [{do: {answer: " + answer + "}}]").rules.at(0).effect.answer;
  };
  const auto is = [](const ForcedAnswer& answer, AnswerShape shape, const std::string& code, const std::string& text) {
    CHECK(answer.shape == shape);
    CHECK(answer.code == code);
    CHECK(answer.message == text);
  };
  is(answer_to("{status: 503}"), AnswerShape::service, "FSS.0503", "Service unavailable.");
  is(answer_to("{status: 401}"), AnswerShape::gateway, "APIGW.0301", "Incorrect IAM authentication information.");
  is(answer_to("{status: 429}"), AnswerShape::gateway, "APIGW.0308", "The throttling threshold has been reached.");
  is(answer_to("{status: 429, shape: service}"), AnswerShape::service, "FSS.0429", "Too many requests.");
  is(answer_to("{status: 418}"), AnswerShape::service, "FSS.0418", "Injected by a fault rule.");
  is(answer_to("{status: 500, shape: iam}"), AnswerShape::iam, "IAM.500", "Injected by a fault rule.");
}

TEST_CASE("scenario: mistakes have their place, and all of them are told at once") {
  CHECK(mistakes_of("rules:\n  - do: {drop: maybe}\n    when: {nth: 0}\n") ==
        Lines{"2:16 rules[0].do.drop: must be before or after, found \"maybe\"",
              "3:17 rules[0].when.nth: must be between 1 and 1000000000, found 0"});
  CHECK(mistakes_of("rules: [{}]") == Lines{"1:9 rules[0].do: is missing"});
  CHECK(mistakes_of("rules: [{do: {}}]") == Lines{"1:14 rules[0].do: does nothing"});
  CHECK(mistakes_of("rules: [{do: {garbage: false}}]") == Lines{"1:14 rules[0].do: does nothing"});
  CHECK(mistakes_of("latency: 20") ==
        Lines{"1:10 latency: must be a duration up to an hour, such as 250ms, 2s or 1m, found \"20\""});
  CHECK(mistakes_of("latency: 2h").size() == 1);
  CHECK(mistakes_of("latency: 61m").size() == 1);
  CHECK(mistakes_of("latency: -1s").size() == 1);
  CHECK(mistakes_of("rate: 0") == Lines{"1:7 rate: must be between 1 and 1000000, found 0"});
  CHECK(mistakes_of("rates: 1") == Lines{"1:1 rates: unknown key"});
  CHECK(mistakes_of("[]") == Lines{"1:1 must be a mapping, found a list"});
  CHECK(mistakes_of("") == Lines{"0:0 must hold one document, found nothing"});
  CHECK(mistakes_of("rules: [").size() == 1);
}

TEST_CASE("scenario: what cannot be is told") {
  const auto mistake = [](const std::string& rule) {
    const auto lines = mistakes_of("rules: [" + rule + "]");
    REQUIRE(lines.size() == 1);
    return lines.front().substr(lines.front().find(' ') + 1);
  };
  CHECK(mistake("{do: {drop: before, cut: 3}}") ==
        "rules[0].do.cut: cannot stand beside drop: a request has one outcome");
  CHECK(mistake("{do: {drop: before, duplicate: true}}") ==
        "rules[0].do.duplicate: has no effect: the service never gets this request");
  CHECK(mistake("{do: {answer: {status: 503}, stale: 1s}}") ==
        "rules[0].do.stale: has no effect: the service never gets this request");
  CHECK(mistake("{do: {answer: {status: 200}}}") ==
        "rules[0].do.answer.status: must be between 400 and 599, found 200");
  CHECK(mistake("{do: {throttle: 1500ms}}") == "rules[0].do.throttle: must be whole seconds, found \"1500ms\"");
  CHECK(mistake("{do: {drip: {bytes: 1}}}") == "rules[0].do.drip.pause: is missing");
  CHECK(mistake("{match: {method: PATCH}, do: {cut: 1}}") ==
        "rules[0].match.method: must be GET, POST, PUT or DELETE, found \"PATCH\"");
  CHECK(mistake("{match: {operation: PublishVersion}, do: {cut: 1}}") ==
        "rules[0].match.operation: must be the name of an operation, for example CreateFunctionVersion, found "
        "\"PublishVersion\"");
  CHECK(mistake("{when: {probability: 0}, do: {cut: 1}}") ==
        "rules[0].when.probability: must be a probability above 0 and up to 1, such as 5% or 0.05, found \"0\"");
  CHECK(mistake("{name: a b, do: {cut: 1}}") ==
        "rules[0].name: must be up to 64 letters, digits, dots, dashes and underscores, found \"a b\"");
  CHECK(mistake("{name: a, do: {cut: 1}}, {name: a, do: {cut: 1}}") ==
        "rules[1]: another rule has the name \"a\" already");
}

TEST_CASE("scenario: an operation that is nearly right is guessed") {
  const auto plan = read_scenario("rules: [{match: {operation: ListFunction}, do: {cut: 1}}]", "f");
  REQUIRE_FALSE(plan);
  CHECK(plan.error().front().hint == "did you mean ListFunctions?");
}

TEST_CASE("scenario: JSON with tabs and escapes is YAML enough") {
  const auto plan = scenario_of("{\n\t\"rules\": [\n\t\t{\"name\": \"a\", \"do\": {\"drop\": \"after\"}}\n\t]\n}");
  CHECK(plan.rules.at(0).effect.fate == AnswerFate::lost);
}

TEST_CASE("fault subject: every path of the API has the name of its operation, and no two have the same") {
  std::set<std::string_view> names;
  for (const auto& pattern : all_patterns()) {
    CAPTURE(pattern.path);
    CHECK_FALSE(name_of(pattern.operation).empty());
    names.insert(name_of(pattern.operation));
  }
  CHECK(names.size() == all_patterns().size());
  CHECK(names.size() == operation_names().size());
}

TEST_CASE("fault subject: the page about faults names every operation") {
  std::ifstream file(FGSYNC_SOURCE_DIR "/docs/emulator-faults.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const auto name : operation_names()) CHECK_THAT(page, Catch::Matchers::Contains("`" + std::string(name) + "`"));
}

TEST_CASE("fault subject: what rules look at comes from the path, and for new functions from the body") {
  fgsync::http::Request request;
  request.method = Method::put;
  request.target = "/v2/p1/fgs/functions/urn%3Afss:r:p1:function:default:hello:%21prod/code?x=1";
  auto subject = subject_of(request, FunctionNames::from_urn);
  CHECK(subject.path == "/v2/p1/fgs/functions/urn:fss:r:p1:function:default:hello:!prod/code");
  CHECK(subject.operation == "UpdateFunctionCode");
  CHECK(subject.function == "hello");

  request.method = Method::post;
  request.target = "/v2/p1/fgs/functions";
  request.body = R"({"func_name": "hello"})";
  CHECK(subject_of(request, FunctionNames::from_urn).function.empty());
  CHECK(subject_of(request, FunctionNames::from_body_too).function == "hello");
  request.body = "no JSON";
  CHECK(subject_of(request, FunctionNames::from_body_too).function.empty());

  request.target = "/nowhere/%zz";
  subject = subject_of(request, FunctionNames::from_body_too);
  CHECK(subject.path == "/nowhere/%zz");
  CHECK(subject.operation.empty());
}

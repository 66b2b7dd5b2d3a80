#include "emulator/fault_rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

using namespace fgsync::emulator;
using fgsync::http::Method;
using std::chrono::milliseconds;

namespace {

const std::chrono::steady_clock::time_point kStart{std::chrono::hours(1)};

FaultSubject publishing(const std::string& function = "hello") {
  return {Method::post, "/v2/p1/fgs/functions/urn:fss:r:p1:function:default:" + function + "/versions",
          "CreateFunctionVersion", function};
}

FaultSubject listing() {
  return {Method::get, "/v2/p1/fgs/functions", "ListFunctions", ""};
}

FaultRule losing(const std::string& name = "lose") {
  FaultRule rule;
  rule.name = name;
  rule.effect.fate = AnswerFate::lost;
  return rule;
}

FaultPlan plan_of(std::vector<FaultRule> rules) {
  FaultPlan plan;
  plan.rules = std::move(rules);
  return plan;
}

/// Which of `count` equal requests are hit, as `.` and `x`.
std::string hits(FaultRules& rules, int count, const FaultSubject& subject = publishing()) {
  std::string text;
  for (int i = 0; i < count; ++i) text += rules.decide(subject, kStart).rule.empty() ? '.' : 'x';
  return text;
}

std::string hits_with(const FaultTurns& turns, int count = 10) {
  auto rule = losing();
  rule.turns = turns;
  FaultRules rules(plan_of({rule}));
  return hits(rules, count);
}

}  // namespace

TEST_CASE("fault rules: without rules nothing happens") {
  FaultRules rules;
  const auto decision = rules.decide(publishing(), kStart);
  CHECK(rules.is_idle());
  CHECK(decision.rule.empty());
  CHECK(decision.kind.empty());
  CHECK(decision.effect == FaultEffect());
}

TEST_CASE("fault rules: a rule hits what it matches, in all respects") {
  struct MatchCase {
    FaultMatch match;
    bool hits_publishing;
    bool hits_listing;
  };
  FaultMatch any;
  FaultMatch by_method;
  by_method.methods = {Method::put, Method::post};
  FaultMatch by_path;
  by_path.path = "/v2/*/fgs/functions";
  FaultMatch by_operation;
  by_operation.operations = {"ShowFunctionCode", "CreateFunctionVersion"};
  FaultMatch by_function;
  by_function.function = "hel*";
  FaultMatch by_both = by_method;
  by_both.function = "other";
  for (const auto& [match, hits_publishing, hits_listing] : {MatchCase{any, true, true},
                                                             {by_method, true, false},
                                                             {by_path, false, true},
                                                             {by_operation, true, false},
                                                             {by_function, true, false},
                                                             {by_both, false, false}}) {
    auto rule = losing();
    rule.match = match;
    FaultRules rules(plan_of({rule}));
    CHECK((rules.decide(publishing(), kStart).rule == "lose") == hits_publishing);
    CHECK((rules.decide(listing(), kStart).rule == "lose") == hits_listing);
  }
}

TEST_CASE("fault rules: which of the requests that match are hit") {
  CHECK(hits_with({}) == "xxxxxxxxxx");
  CHECK(hits_with({.nth = 3}) == "..x.......");
  CHECK(hits_with({.every = 4}) == "...x...x..");
  CHECK(hits_with({.first = 2}) == "xx........");
  CHECK(hits_with({.times = 2}) == "xx........");
  CHECK(hits_with({.every = 3, .times = 2}) == "..x..x....");
  CHECK(hits_with({.every = 2, .first = 5}) == ".x.x......");
  CHECK(hits_with({.probability = 1.0}) == "xxxxxxxxxx");
}

TEST_CASE("fault rules: a probability hits about as many, the same ones for a seed, others for another") {
  auto rule = losing();
  rule.turns.probability = 0.3;
  auto plan = plan_of({rule});
  FaultRules first(plan);
  FaultRules second(plan);
  plan.seed = 2;
  FaultRules other(plan);
  const auto drawn = hits(first, 1000);
  CHECK(std::count(drawn.begin(), drawn.end(), 'x') > 250);
  CHECK(std::count(drawn.begin(), drawn.end(), 'x') < 350);
  CHECK(hits(second, 1000) == drawn);
  CHECK(hits(other, 1000) != drawn);
}

TEST_CASE("fault rules: a seed means the same on every machine") {
  auto rule = losing();
  rule.turns.probability = 0.5;
  FaultRules rules(plan_of({rule}));
  CHECK(hits(rules, 40) == ".xx.xx.xxxx..x..x...x....x...x.xx.xxxx..");
}

TEST_CASE("fault rules: another rule does not change what a rule draws") {
  auto rule = losing();
  rule.match.methods = {Method::post};
  rule.turns.probability = 0.5;
  auto elsewhere = losing("elsewhere");
  elsewhere.match.methods = {Method::get};
  elsewhere.turns.probability = 0.5;
  FaultRules alone(plan_of({rule}));
  FaultRules both(plan_of({elsewhere, rule}));
  std::string text;
  for (int i = 0; i < 200; ++i) {
    both.decide(listing(), kStart);
    text += both.decide(publishing(), kStart).rule.empty() ? '.' : 'x';
  }
  CHECK(hits(alone, 200) == text);
}

TEST_CASE("fault rules: the first rule that hits decides, and those below neither see nor count the request") {
  auto upper = losing("upper");
  upper.turns.every = 2;
  FaultRules rules(plan_of({upper, losing("lower")}));
  CHECK(rules.decide(publishing(), kStart).rule == "lower");
  CHECK(rules.decide(publishing(), kStart).rule == "upper");
  CHECK(rules.decide(publishing(), kStart).rule == "lower");
  CHECK(rules.entries()[0].counts.matched == 3);
  CHECK(rules.entries()[0].counts.hit == 1);
  CHECK(rules.entries()[1].counts.matched == 2);
  CHECK(rules.entries()[1].counts.hit == 2);
}

TEST_CASE("fault rules: latency is added to every request, also to a rule's delay and jitter") {
  auto slow = losing("slow");
  slow.effect = FaultEffect();
  slow.effect.delay = milliseconds(100);
  slow.effect.jitter = milliseconds(50);
  slow.match.methods = {Method::post};
  auto plan = plan_of({slow});
  plan.latency = milliseconds(7);
  FaultRules rules(plan);
  CHECK(rules.decide(listing(), kStart).effect.delay == milliseconds(7));
  auto least = milliseconds::max();
  auto most = milliseconds::min();
  for (int i = 0; i < 1000; ++i) {
    const auto decision = rules.decide(publishing(), kStart);
    CHECK(decision.effect.jitter == milliseconds(0));
    least = std::min(least, decision.effect.delay);
    most = std::max(most, decision.effect.delay);
  }
  CHECK(least == milliseconds(107));
  CHECK(most == milliseconds(157));
}

TEST_CASE("fault rules: above the rate the gateway refuses, until a second has passed") {
  FaultPlan plan;
  plan.rate = 2;
  FaultRules rules(plan);
  const auto refused = [&](milliseconds after) { return rules.decide(listing(), kStart + after).kind == "rate"; };
  CHECK_FALSE(refused(milliseconds(0)));
  CHECK_FALSE(refused(milliseconds(10)));
  CHECK(refused(milliseconds(20)));
  CHECK(refused(milliseconds(999)));
  CHECK_FALSE(refused(milliseconds(1000)));
  CHECK_FALSE(refused(milliseconds(1001)));
  const auto decision = rules.decide(listing(), kStart + milliseconds(1002));
  REQUIRE(decision.effect.answer);
  CHECK(decision.effect.application == Application::never);
  CHECK(decision.effect.answer->status == 429);
  CHECK(decision.effect.answer->code == "APIGW.0308");
  CHECK(decision.effect.answer->message ==
        "The throttling threshold has been reached: policy user over ratelimit,limit:2,time:1 second");
}

TEST_CASE("fault rules: a request above the rate is not seen by the rules") {
  auto plan = plan_of({losing()});
  plan.rate = 1;
  FaultRules rules(plan);
  rules.decide(listing(), kStart);
  rules.decide(listing(), kStart);
  CHECK(rules.entries()[0].counts.matched == 1);
}

TEST_CASE("fault rules: rules come and go while it runs, and the counters of others stay") {
  FaultRules rules(plan_of({losing("one")}));
  rules.decide(publishing(), kStart);
  REQUIRE(rules.add(losing("two")));
  const auto again = rules.add(losing("two"));
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == fgsync::ErrorKind::conflict);
  CHECK(rules.entries()[0].counts.hit == 1);
  CHECK(rules.remove("one"));
  CHECK_FALSE(rules.remove("one"));
  CHECK(rules.decide(publishing(), kStart).rule == "two");
}

TEST_CASE("fault rules: a restart counts and draws from the beginning") {
  auto rule = losing();
  rule.turns.probability = 0.5;
  FaultRules rules(plan_of({rule}));
  const auto before = hits(rules, 100);
  rules.restart();
  CHECK(rules.entries()[0].counts.matched == 0);
  CHECK(hits(rules, 100) == before);
}

TEST_CASE("fault rules: every effect has its word") {
  const auto kind = [](auto change) {
    FaultEffect effect;
    change(effect);
    return std::string(kind_of(effect));
  };
  CHECK(kind([](FaultEffect& e) { e.answer = ForcedAnswer(); }) == "answer");
  CHECK(kind([](FaultEffect& e) { e.answer = ForcedAnswer{429, "", "", AnswerShape::gateway, {}}; }) == "throttle");
  CHECK(kind([](FaultEffect& e) { e.fate = AnswerFate::lost; }) == "drop_after");
  CHECK(kind([](FaultEffect& e) {
          e.fate = AnswerFate::lost;
          e.application = Application::never;
        }) == "drop_before");
  CHECK(kind([](FaultEffect& e) { e.fate = AnswerFate::cut; }) == "cut");
  CHECK(kind([](FaultEffect& e) { e.fate = AnswerFate::dripped; }) == "drip");
  CHECK(kind([](FaultEffect& e) { e.fate = AnswerFate::garbage; }) == "garbage");
  CHECK(kind([](FaultEffect& e) { e.application = Application::twice; }) == "duplicate");
  CHECK(kind([](FaultEffect& e) { e.stale_for = milliseconds(1); }) == "stale");
  CHECK(kind([](FaultEffect& e) { e.expires_tokens = true; }) == "expire_tokens");
  CHECK(kind([](FaultEffect& e) { e.delay = milliseconds(1); }) == "delay");
}

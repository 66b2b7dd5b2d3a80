// How many calls a change takes, and which reads are spared only while nothing speaks against it (ADR 22).
#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;

namespace {

/// `GET …/config` for each request about one function; the list of functions is left out.
std::vector<std::string> calls_in(const World& world) {
  std::vector<std::string> calls;
  for (const auto& request : world.client.requests()) {
    const std::string target = request.target.substr(0, request.target.find('?'));
    if (target.ends_with("/fgs/functions")) continue;
    calls.push_back(std::string(http::name_of(request.method)) + " " + target.substr(target.rfind('/')));
  }
  return calls;
}

using Calls = std::vector<std::string>;
const Calls kObserving{"GET /config", "GET /versions", "GET /aliases"};

Calls after_observing(const Calls& calls) {
  Calls all = kObserving;
  all.insert(all.end(), calls.begin(), calls.end());
  return all;
}

/// A function with automatic versions that was applied a while ago.
struct CallsWorld : World {
  CallsWorld() {
    add("thumb").version = manifest::WantedVersion{"", true, "", {}};
    sync();
    advance(std::chrono::minutes(1));
    client.forget_requests();
  }
  void advance(std::chrono::seconds by) { clock.advance(by); }
  void set_strategy() {
    const std::string current = alias_of("thumb", "prod");
    write_code("other", "");
    foreign(http::Method::put, "/functions/" + urn_of("thumb") + "/code",
            {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
    foreign(http::Method::post, "/functions/" + urn_of("thumb") + "/versions", {{"version", "theirs"}});
    const nlohmann::json rule{{"rule_type", "Header"}, {"param", "x-test"}, {"op", "="}, {"value", "1"}};
    foreign(http::Method::put, "/functions/" + urn_of("thumb") + "/aliases/prod",
            {{"version", current},
             {"additional_version_strategy", {{"theirs", {{"combine_type", "and"}, {"rules", {rule}}}}}}});
  }
};

}  // namespace

TEST_CASE("a new function takes three calls: import, publish, alias") {
  World world;
  world.add("thumb").version = manifest::WantedVersion{"", true, "", {}};
  world.sync();
  CHECK(calls_in(world) == Calls{"POST /import", "POST /versions", "POST /aliases"});
}

TEST_CASE("changed code takes six calls") {
  CallsWorld world;
  world.write_code("thumb", "def handler(event, context): return 2\n");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"PUT /code", "POST /versions", "PUT /prod"}));
}

TEST_CASE("a changed configuration takes seven calls: what is not managed is read again and sent back") {
  CallsWorld world;
  world.functions[0].timeout = std::chrono::seconds(60);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"GET /config", "PUT /config", "POST /versions", "PUT /prod"}));
}

TEST_CASE("a fixed version name is given away only after latest was read again") {
  CallsWorld world;
  world.write_code("thumb", "def handler(event, context): return 2\n");
  world.functions[0].version = manifest::WantedVersion{"v2", false, "", {}};
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"PUT /code", "GET /config", "POST /versions", "PUT /prod"}));
}

TEST_CASE("what was observed a while ago is read again") {
  CallsWorld world;
  world.write_code("thumb", "def handler(event, context): return 2\n");
  auto plan = world.make_plan();
  REQUIRE(plan);
  world.advance(std::chrono::seconds(3));
  CHECK(outcome_of(world.apply(std::move(*plan)), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"PUT /code", "GET /config", "POST /versions", "GET /prod", "PUT /prod"}));
}

TEST_CASE("an answer to publishing that names latest is not trusted") {
  CallsWorld world;
  world.write_code("thumb", "def handler(event, context): return 2\n");
  world.client.after = [](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (!is_call(request, http::Method::post, "/versions")) return response;
    auto body = nlohmann::json::parse(response.body);
    body["version"] = "latest";
    response.body = body.dump();
    return response;
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"PUT /code", "POST /versions", "GET /versions", "PUT /prod"}));
}

TEST_CASE("somebody else's code that slips into an automatic version reaches no alias") {
  CallsWorld world;
  world.write_code("thumb", "def handler(event, context): return 2\n");
  const std::string before = world.alias_of("thumb", "prod");
  auto is_done = std::make_shared<bool>(false);
  std::vector<std::string> seen;
  world.client.after = [&](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (!*is_done && is_call(request, http::Method::put, "/code")) {
      *is_done = true;
      world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                    {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
    }
    seen.push_back(world.alias_of("thumb", "prod"));
    return response;
  };
  const auto report = world.sync();
  CHECK(outcome_of(report, "thumb") == Outcome::failed);
  CHECK(report.functions[0].error->message.find("which the plan does not name") != std::string::npos);
  // The name is gone; the next run plans another one.
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  const std::string after = world.alias_of("thumb", "prod");
  CHECK(after.ends_with("-2"));
  for (const std::string& version : seen) CHECK((version == before || version == after));
  CHECK(world.config_of("thumb")["digest"] == world.archive_digest("thumb"));
}

TEST_CASE("a strategy that somebody else gave an alias is not overwritten unseen") {
  CallsWorld world;
  world.set_strategy();
  world.write_code("thumb", "def handler(event, context): return 2\n");
  world.client.forget_requests();
  world.sync();
  const Calls calls = calls_in(world);
  const auto read = std::find(calls.begin(), calls.end(), "GET /prod");
  const auto written = std::find(calls.begin(), calls.end(), "PUT /prod");
  CHECK(read != calls.end());
  CHECK(read < written);
}

TEST_CASE("an alias that was never written by this state is read whole before it moves") {
  CallsWorld world;
  world.lose_state();
  world.write_code("thumb", "def handler(event, context): return 2\n");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(calls_in(world) == after_observing({"PUT /code", "POST /versions", "GET /prod", "PUT /prod"}));
}

// What share of an alias's requests goes to another version, by weight or by what a request looks like.
#include <catch2/catch.hpp>

#include "plan/aliases.hpp"
#include "tests/plan/alias_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

AliasCase splitting(const std::string& additional, int percent) {
  AliasCase base;
  base.wanted = {wanted_alias("prod", "v2")};
  base.wanted[0].additional_version_weights = {{additional, percent}};
  return base;
}

manifest::TrafficStrategy wanted_strategy() {
  return {"and", {{"Header", "x-team", "=", "beta"}, {"Header", "x-zone", "in", "a,b"}}};
}

functiongraph::VersionStrategy strategy_there() {
  return {"and", {{"Header", "x-team", "=", "beta"}, {"Header", "x-zone", "in", "a,b"}}};
}

AliasCase choosing(const std::string& additional) {
  AliasCase base;
  base.wanted = {wanted_alias("prod", "v2")};
  base.wanted[0].additional_version_strategy = {{additional, wanted_strategy()}};
  return base;
}

const plan::UpdateAlias& update_of(const plan::AliasPlan& plan) {
  REQUIRE(plan.steps.size() == 1);
  return std::get<plan::UpdateAlias>(plan.steps[0].action);
}

}  // namespace

TEST_CASE("a new alias is created with its weights") {
  const auto plan = splitting("v1", 10).run();
  CHECK(steps_of(plan) == Texts{"create alias prod to v2, 10 % to v1"});
}

TEST_CASE("an alias with the wanted weights needs nothing") {
  auto base = splitting("v1", 10);
  base.existing = {alias_there("prod", "v2")};
  base.existing[0].additional_version_weights = {{"v1", 10}};
  CHECK(base.run().steps.empty());
}

TEST_CASE("other weights are one update, which says what was before") {
  auto base = splitting("v1", 10);
  base.existing = {alias_there("prod", "v2")};
  base.existing[0].additional_version_weights = {{"v1", 25}};
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update alias prod, 10 % to v1"});
  CHECK(plan.steps[0].reason == plan::Reason::alias_differs);
  CHECK(update_of(plan).traffic_before.weights == std::map<std::string, int>{{"v1", 25}});
}

TEST_CASE("a move and its weights are one call") {
  auto base = splitting("v1", 10);
  base.existing = {alias_there("prod", "v1")};
  CHECK(steps_of(base.run()) == Texts{"move alias prod to v2, 10 % to v1"});
}

TEST_CASE("a strategy is created, compared and updated like weights") {
  auto base = choosing("v1");
  CHECK(steps_of(base.run()) ==
        Texts{"create alias prod to v2, requests with Header x-team = beta and Header x-zone in a,b to v1"});
  base.existing = {alias_there("prod", "v2")};
  CHECK(steps_of(base.run()) ==
        Texts{"update alias prod, requests with Header x-team = beta and Header x-zone in a,b to v1"});
  base.existing[0].additional_version_strategy = {{"v1", strategy_there()}};
  CHECK(base.run().steps.empty());
  base.existing[0].additional_version_strategy->at("v1").rules[1].value = "c";
  CHECK(base.run().steps.size() == 1);
}

TEST_CASE("weights that take the place of a strategy leave none of it") {
  auto base = splitting("v1", 10);
  base.existing = {alias_there("prod", "v2")};
  base.existing[0].additional_version_strategy = {{"v1", strategy_there()}};
  const auto plan = base.run();
  CHECK(update_of(plan).traffic.strategies.empty());
  CHECK(update_of(plan).traffic_before.strategies.size() == 1);
}

// ---- previous

TEST_CASE("while an alias moves, previous is the version that it leaves") {
  auto base = splitting("previous", 10);
  base.existing = {alias_there("prod", "v1")};
  base.previous = {{"prod", "v3"}};
  CHECK(steps_of(base.run()) == Texts{"move alias prod to v2, 10 % to v1"});
}

TEST_CASE("once it has moved, previous stays the version that has the rest of its traffic") {
  auto base = splitting("previous", 10);
  base.existing = {alias_there("prod", "v2")};
  base.existing[0].additional_version_weights = {{"v1", 10}};
  SECTION("without memory") {
    CHECK(base.run().steps.empty());
  }
  SECTION("whatever this machine remembers: another one may have moved it since") {
    base.previous = {{"prod", "v3"}};
    CHECK(base.run().steps.empty());
  }
  SECTION("also for another percentage") {
    base.wanted[0].additional_version_weights = {{"previous", 50}};
    CHECK(steps_of(base.run()) == Texts{"update alias prod, 50 % to v1"});
  }
}

TEST_CASE("previous of a strategy stays the version that the strategy names, without memory") {
  auto base = choosing("previous");
  base.existing = {alias_there("prod", "v2")};
  base.existing[0].additional_version_strategy = {{"v1", strategy_there()}};
  CHECK(base.run().steps.empty());
}

TEST_CASE("previous of an alias with all its traffic on one version comes from memory") {
  auto base = splitting("previous", 10);
  base.existing = {alias_there("prod", "v2")};
  SECTION("if there is one") {
    base.previous = {{"prod", "v1"}};
    CHECK(steps_of(base.run()) == Texts{"update alias prod, 10 % to v1"});
  }
  SECTION("another alias's does not count") {
    base.previous = {{"test", "v1"}};
    CHECK(base.run().steps.empty());
  }
}

TEST_CASE("without a previous version nothing is divided, and nothing is wrong") {
  auto base = splitting("previous", 10);
  SECTION("the alias is new") {
    CHECK(steps_of(base.run()) == Texts{"create alias prod to v2"});
  }
  SECTION("it is gone since") {
    base.existing = {alias_there("prod", "v2")};
    base.previous = {{"prod", "v0"}};
    CHECK(base.run().steps.empty());
  }
  SECTION("it is the alias's own") {
    base.existing = {alias_there("prod", "v2")};
    base.previous = {{"prod", "v2"}};
    CHECK(base.run().steps.empty());
  }
  SECTION("it was latest, which the service takes for no additional version") {
    base.existing = {alias_there("prod", "latest")};
    CHECK(steps_of(base.run()) == Texts{"move alias prod to v2"});
  }
  CHECK(base.run().blocked.empty());
}

// ---- what cannot be

TEST_CASE("an additional version that cannot be one blocks its alias with its position, and no other") {
  struct BadAdditional {
    std::string version;
    std::string code;
    std::string message;
  };
  const auto bad = GENERATE(
      BadAdditional{"v2", "alias_weights", "alias prod: version v2 is its own version and cannot be an additional one"},
      BadAdditional{"latest", "alias_weights", "alias prod: latest cannot be an additional version"},
      BadAdditional{"v9", "version_missing",
                    "alias prod: the additional version v9 is neither published nor the wanted version"});
  auto base = GENERATE_COPY(splitting(bad.version, 10), choosing(bad.version));
  base.wanted.push_back(wanted_alias("test", "v3"));
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"create alias test to v3"});
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == bad.code);
  CHECK(plan.blocked[0].message == bad.message);
  REQUIRE(plan.blocked[0].position);
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:9:9");
}

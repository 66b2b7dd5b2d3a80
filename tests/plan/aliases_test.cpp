#include "plan/aliases.hpp"

#include <catch2/catch.hpp>

#include "plan/marker.hpp"
#include "tests/plan/alias_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

plan::AliasPlan plan_of_aliases(const std::vector<manifest::WantedAlias>& wanted, const std::string& current,
                                const std::vector<functiongraph::Alias>& existing) {
  AliasCase base;
  base.wanted = wanted;
  base.current = current;
  base.existing = existing;
  return base.run();
}

/// `there` moves to where `wanted` says, each in the form `name version`.
AliasCase moving(const std::vector<std::pair<std::string, std::string>>& there,
                 const std::vector<std::pair<std::string, std::string>>& wanted) {
  AliasCase base;
  for (const auto& [name, version] : there) base.existing.push_back(alias_there(name, version));
  for (const auto& [name, version] : wanted) base.wanted.push_back(wanted_alias(name, version));
  return base;
}

Texts messages_of(const plan::AliasPlan& plan) {
  plan::FunctionPlan function;
  function.blocked = plan.blocked;
  return blocked_of(function);
}

}  // namespace

TEST_CASE("an alias that is missing is created") {
  const auto plan = plan_of_aliases({wanted_alias("prod", "v1")}, "", {});
  CHECK(steps_of(plan) == Texts{"create alias prod to v1"});
}

TEST_CASE("an alias on another version is moved") {
  const auto plan = plan_of_aliases({wanted_alias("prod", "v2")}, "", {alias_there("prod", "v1")});
  CHECK(steps_of(plan) == Texts{"move alias prod to v2"});
}

TEST_CASE("current is the wanted version") {
  const auto plan = plan_of_aliases({wanted_alias("prod", "current")}, "v3", {});
  CHECK(steps_of(plan) == Texts{"create alias prod to v3"});
}

TEST_CASE("a description is compared only when the manifest has one") {
  auto alias = wanted_alias("prod", "v1");
  auto there = alias_there("prod", "v1");
  there.description = "by hand";
  CHECK(plan_of_aliases({alias}, "", {there}).steps.empty());
  alias.description = "Production";
  const auto plan = plan_of_aliases({alias}, "", {there});
  REQUIRE(plan.steps.size() == 1);
  CHECK(std::get<plan::UpdateAlias>(plan.steps[0].action).description == "Production");
}

TEST_CASE("moving keeps a description that the manifest leaves out") {
  auto there = alias_there("prod", "v1");
  there.description = "by hand";
  const auto plan = plan_of_aliases({wanted_alias("prod", "v2")}, "", {there});
  CHECK(std::get<plan::UpdateAlias>(plan.steps[0].action).description == "by hand");
}

TEST_CASE("a move waits for the alias that leaves its target") {
  CHECK(steps_of(moving({{"a", "v1"}, {"b", "v2"}}, {{"a", "v2"}, {"b", "v3"}}).run()) ==
        Texts{"move alias b to v3", "move alias a to v2"});
}

TEST_CASE("a chain of moves begins at its free end") {
  auto base = moving({{"a", "v1"}, {"b", "v2"}, {"c", "v3"}}, {{"a", "v2"}, {"b", "v3"}, {"c", "latest"}});
  CHECK(steps_of(base.run()) == Texts{"move alias c to latest", "move alias b to v3", "move alias a to v2"});
}

TEST_CASE("an alias that is created waits for the one that leaves its version") {
  auto base = moving({{"old", "v1"}}, {{"fresh", "v1"}, {"old", "v2"}});
  CHECK(steps_of(base.run()) == Texts{"move alias old to v2", "create alias fresh to v1"});
}

TEST_CASE("two aliases that swap their versions are blocked, each with the whole circle") {
  const auto plan = moving({{"a", "v1"}, {"b", "v2"}}, {{"a", "v2"}, {"b", "v1"}}).run();
  CHECK(plan.steps.empty());
  CHECK(messages_of(plan) ==
        Texts{"alias a: waits for itself: a wants v2, which b has; b wants v1, which a has; the service allows one "
              "alias per version, so none of them can move first: let one of them move to a version that is free, or "
              "to latest, and back in a second run",
              "alias b: waits for itself: b wants v1, which a has; a wants v2, which b has; the service allows one "
              "alias per version, so none of them can move first: let one of them move to a version that is free, or "
              "to latest, and back in a second run"});
  CHECK(plan.blocked[0].code == "alias_cycle");
}

TEST_CASE("what waits for a circle, and is none of it, is told whom it waits for") {
  auto base = moving({{"a", "v1"}, {"b", "v2"}}, {{"a", "v2"}, {"b", "v1"}, {"c", "v1"}, {"d", "v3"}});
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"create alias d to v3"});
  REQUIRE(plan.blocked.size() == 3);
  CHECK(plan.blocked[2].code == "version_taken");
  CHECK(plan.blocked[2].message ==
        "alias c: version v1 already has the alias a, and the service allows one alias per version: move or remove a "
        "first");
}

TEST_CASE("an alias that cannot move keeps its version, and blocks who wants that") {
  const auto plan = moving({{"a", "v1"}, {"b", "v2"}}, {{"a", "v2"}, {"b", "v9"}}).run();
  CHECK(plan.steps.empty());
  CHECK(messages_of(plan) ==
        Texts{"alias b: version v9 is neither published nor the wanted version",
              "alias a: version v2 already has the alias b, and the service allows one alias per version: move or "
              "remove b first"});
}

TEST_CASE("two aliases that resolve to one version: the second is blocked") {
  auto base = moving({}, {{"a", "current"}, {"b", "v3"}});
  base.current = "v3";
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"create alias a to v3"});
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "version_taken");
}

TEST_CASE("a version that a foreign alias holds blocks the move and nothing else") {
  const auto plan =
      plan_of_aliases({wanted_alias("a", "v2"), wanted_alias("b", "v3")}, "", {alias_there("foreign", "v2")});
  CHECK(steps_of(plan) == Texts{"create alias b to v3"});
  CHECK(plan.blocked.size() == 1);
}

TEST_CASE("an alias to a version that nobody has or wants is blocked with its position") {
  const auto plan = plan_of_aliases({wanted_alias("prod", "v9")}, "v1", {});
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].message == "alias prod: version v9 is neither published nor the wanted version");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:9:9");
}

TEST_CASE("an alias that somebody split without the manifest saying so is made whole by its next update") {
  auto there = alias_there("prod", "v1");
  there.additional_version_weights = {{"v2", 10}};
  const auto plan = plan_of_aliases({wanted_alias("prod", "v1")}, "", {there});
  CHECK(steps_of(plan) == Texts{"update alias prod, all traffic to it"});
  const auto& update = std::get<plan::UpdateAlias>(plan.steps[0].action);
  CHECK(update.traffic_before.to_string() == "10 % to v2");
  CHECK(update.traffic.is_whole());
}

TEST_CASE("aliases that the manifest does not name are left alone") {
  CHECK(plan_of_aliases({}, "v1", {alias_there("by-hand", "v1")}).steps.empty());
}

TEST_CASE("several aliases may point to latest") {
  const auto plan = plan_of_aliases({wanted_alias("dev", "latest")}, "", {alias_there("test", "latest")});
  CHECK(steps_of(plan) == Texts{"create alias dev to latest"});
}

TEST_CASE("an alias leaves latest without holding anybody up there") {
  auto base = moving({{"a", "latest"}, {"b", "v1"}}, {{"a", "v1"}, {"b", "latest"}});
  CHECK(steps_of(base.run()) == Texts{"move alias b to latest", "move alias a to v1"});
}

// ---- the mark of a hold

TEST_CASE("the mark of a hold is no part of an alias's description") {
  auto base = moving({{"prod", "v1"}}, {{"prod", "v1"}});
  base.existing[0].description = plan::with_hold("Production", "0123456789ab");
  base.wanted[0].description = "Production";
  CHECK(base.run().steps.empty());
}

TEST_CASE("an alias that moves on loses the mark of the hold and keeps its words") {
  auto base = moving({{"prod", "v1"}}, {{"prod", "v2"}});
  base.existing[0].description = plan::with_hold("Production", "0123456789ab");
  const auto plan = base.run();
  REQUIRE(plan.steps.size() == 1);
  CHECK(std::get<plan::UpdateAlias>(plan.steps[0].action).description == "Production");
}

// ---- aliases that no manifest names any more

TEST_CASE("an unwanted alias is deleted, after all moves") {
  auto base = moving({{"old", "v1"}, {"prod", "v2"}}, {{"prod", "v3"}});
  base.unwanted = {"old"};
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"move alias prod to v3", "delete alias old"});
  CHECK(plan.steps[1].reason == plan::Reason::alias_removed);
  CHECK(std::get<plan::DeleteAlias>(plan.steps[1].action).version == "v1");
}

TEST_CASE("an unwanted alias goes first where another one needs its version") {
  auto base = moving({{"old", "v2"}, {"older", "v3"}, {"prod", "v1"}}, {{"prod", "v2"}});
  base.unwanted = {"old", "older"};
  CHECK(steps_of(base.run()) == Texts{"delete alias old", "move alias prod to v2", "delete alias older"});
}

TEST_CASE("an unwanted alias that is gone already needs no step") {
  auto base = moving({{"prod", "v1"}}, {{"prod", "v1"}});
  base.unwanted = {"old"};
  CHECK(base.run().steps.empty());
}

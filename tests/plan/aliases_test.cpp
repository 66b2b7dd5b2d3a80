#include "plan/aliases.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

manifest::WantedAlias wanted(const std::string& name, const std::string& version) {
  manifest::WantedAlias alias;
  alias.name = name;
  alias.version = version;
  alias.version_position = {"m.yaml", 9, 9};
  return alias;
}

functiongraph::Alias existing(const std::string& name, const std::string& version) {
  return functiongraph::Alias{name, version, "", {}};
}

const std::set<std::string> kVersions{"latest", "v1", "v2", "v3"};

Texts steps_of_aliases(const plan::AliasPlan& plan) {
  plan::FunctionPlan function;
  function.steps = plan.steps;
  return steps_of(function);
}

}  // namespace

TEST_CASE("an alias that is missing is created") {
  const auto plan = plan::plan_aliases({wanted("prod", "v1")}, "", {}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"create alias prod to v1"});
}

TEST_CASE("an alias on another version is moved") {
  const auto plan = plan::plan_aliases({wanted("prod", "v2")}, "", {existing("prod", "v1")}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"move alias prod to v2"});
}

TEST_CASE("current is the wanted version") {
  const auto plan = plan::plan_aliases({wanted("prod", "current")}, "v3", {}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"create alias prod to v3"});
}

TEST_CASE("a description is compared only when the manifest has one") {
  auto alias = wanted("prod", "v1");
  auto there = existing("prod", "v1");
  there.description = "by hand";
  CHECK(plan::plan_aliases({alias}, "", {there}, kVersions).steps.empty());
  alias.description = "Production";
  const auto plan = plan::plan_aliases({alias}, "", {there}, kVersions);
  REQUIRE(plan.steps.size() == 1);
  CHECK(std::get<plan::UpdateAlias>(plan.steps[0].action).description == "Production");
}

TEST_CASE("moving keeps a description that the manifest leaves out") {
  auto there = existing("prod", "v1");
  there.description = "by hand";
  const auto plan = plan::plan_aliases({wanted("prod", "v2")}, "", {there}, kVersions);
  CHECK(std::get<plan::UpdateAlias>(plan.steps[0].action).description == "by hand");
}

TEST_CASE("a move waits for the alias that leaves its target") {
  const auto plan = plan::plan_aliases({wanted("a", "v2"), wanted("b", "v3")}, "",
                                       {existing("a", "v1"), existing("b", "v2")}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"move alias b to v3", "move alias a to v2"});
}

TEST_CASE("two aliases that swap their versions are blocked: each waits for the other") {
  const auto plan = plan::plan_aliases({wanted("a", "v2"), wanted("b", "v1")}, "",
                                       {existing("a", "v1"), existing("b", "v2")}, kVersions);
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 2);
  CHECK(plan.blocked[0].message ==
        "alias a: version v2 already has the alias b, and the service allows one alias per version: move or remove b "
        "first");
}

TEST_CASE("a version that a foreign alias holds blocks the move and nothing else") {
  const auto plan =
      plan::plan_aliases({wanted("a", "v2"), wanted("b", "v3")}, "", {existing("foreign", "v2")}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"create alias b to v3"});
  CHECK(plan.blocked.size() == 1);
}

TEST_CASE("an alias to a version that nobody has or wants is blocked with its position") {
  const auto plan = plan::plan_aliases({wanted("prod", "v9")}, "v1", {}, kVersions);
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].message == "alias prod: version v9 is neither published nor the wanted version");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:9:9");
}

TEST_CASE("an alias that splits its traffic is not touched") {
  auto there = existing("prod", "v1");
  there.additional_version_weights = {{"v2", 10}};
  const auto plan = plan::plan_aliases({wanted("prod", "v3")}, "", {there}, kVersions);
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "alias_weights");
}

TEST_CASE("aliases that the manifest does not name are left alone") {
  CHECK(plan::plan_aliases({}, "v1", {existing("by-hand", "v1")}, kVersions).steps.empty());
}

TEST_CASE("several aliases may point to latest") {
  const auto plan = plan::plan_aliases({wanted("dev", "latest")}, "", {existing("test", "latest")}, kVersions);
  CHECK(steps_of_aliases(plan) == Texts{"create alias dev to latest"});
}

#include "plan/model.hpp"

#include <catch2/catch.hpp>

#include "plan/waves.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

plan::FunctionPlan function_plan(const std::string& name, int wave) {
  plan::FunctionPlan function;
  function.name = name;
  function.wave = wave;
  return function;
}

manifest::Function depending(const std::string& name, const std::vector<std::string>& on) {
  manifest::Function function;
  function.name = name;
  for (const std::string& dependency : on) function.depends_on.push_back({dependency, {}});
  return function;
}

}  // namespace

TEST_CASE("a plan is ordered by wave, then name") {
  const auto plan = plan::assemble({function_plan("c", 0), function_plan("a", 1), function_plan("b", 0)});
  REQUIRE(plan.functions.size() == 3);
  CHECK(plan.functions[0].name == "b");
  CHECK(plan.functions[1].name == "c");
  CHECK(plan.functions[2].name == "a");
}

TEST_CASE("the summary counts steps, and functions that are blocked, failed or unchanged") {
  Case absent;
  absent.observed.reset();
  auto failed = function_plan("failed", 0);
  failed.failure = Error(ErrorKind::transient, "no answer");
  const auto plan = plan::assemble({absent.run(), failed, plan::plan_orphan("old"), function_plan("same", 0)});
  CHECK(plan.summary.import == 1);
  CHECK(plan.summary.publish == 1);
  CHECK(plan.summary.alias == 1);
  CHECK(plan.summary.failed == 1);
  CHECK(plan.summary.blocked == 1);
  CHECK(plan.summary.unchanged == 1);
}

TEST_CASE("the plan's id is the same for the same plan and another for another") {
  Case base;
  base.desired.function.version->name = "v1.1.0";
  base.change_code();
  const std::string id = plan::assemble({base.run()}).id;
  CHECK(id.size() == 12);
  CHECK(plan::assemble({base.run()}).id == id);
  SECTION("another step") {
    base.desired.function.version->name = "v1.2.0";
    CHECK(plan::assemble({base.run()}).id != id);
  }
  SECTION("another precondition") {
    base.observed->versions.push_back(base.observed->versions[0]);
    base.observed->versions.back().name = "v0.9.0";
    CHECK(plan::assemble({base.run()}).id != id);
  }
}

TEST_CASE("waves follow the dependencies, also across several") {
  const auto waves = plan::waves_of({depending("c", {"b"}), depending("b", {"a"}), depending("a", {}),
                                     depending("x", {"a", "c"}), depending("lonely", {"not-here"})});
  CHECK(waves.at("a") == 0);
  CHECK(waves.at("b") == 1);
  CHECK(waves.at("c") == 2);
  CHECK(waves.at("x") == 3);
  CHECK(waves.at("lonely") == 0);
}

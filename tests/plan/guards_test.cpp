#include "plan/guards.hpp"

#include <catch2/catch.hpp>

#include "plan/orphan.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using plan::Reason;

namespace {

plan::FunctionPlan planned(const std::string& name, const std::vector<plan::Action>& actions,
                           Reason reason = Reason::differs) {
  plan::FunctionPlan function;
  function.name = name;
  function.position = SourcePosition{"m.yaml", 4, 9};
  for (const plan::Action& action : actions) function.steps.push_back({action, reason, {}});
  return function;
}

plan::FunctionPlan orphan(const std::string& name) {
  auto function = planned(name, {plan::DeleteFunction{}}, Reason::manifest_removed);
  function.position.reset();
  return function;
}

std::vector<plan::FunctionPlan> orphans(std::size_t count) {
  std::vector<plan::FunctionPlan> plans;
  for (std::size_t i = 0; i < count; ++i) plans.push_back(orphan("old-" + std::to_string(i)));
  return plans;
}

/// A source with an inventory of `count` functions that are all there.
plan::GuardInputs healthy(std::size_t count) {
  plan::GuardInputs inputs;
  for (std::size_t i = 0; i < count; ++i) inputs.inventory.insert("fn-" + std::to_string(i));
  inputs.on_service = inputs.inventory;
  return inputs;
}

std::size_t held_back(const std::vector<plan::FunctionPlan>& plans) {
  std::size_t count = 0;
  for (const auto& plan : plans) count += plan.steps.empty() && !plan.blocked.empty() ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("guards let a usual plan pass") {
  std::vector<plan::FunctionPlan> plans{planned("a", {plan::ImportFunction{}}), orphan("old")};
  plan::apply_guards(plans, healthy(20));
  CHECK(held_back(plans) == 0);
}

// ---- how many deletions

TEST_CASE("a plan that deletes knows how many deletions there are, and how many may be") {
  std::vector<plan::FunctionPlan> plans{planned("a", {plan::DeleteAlias{"canary", "v1"}}), orphan("old"),
                                        planned("b", {plan::PublishVersion{"v1", "", false}})};
  plan::apply_guards(plans, healthy(40));
  for (const std::size_t deleting : {0U, 1U}) {
    REQUIRE(plans[deleting].deletions);
    CHECK(plans[deleting].deletions->planned == 2);
    CHECK(plans[deleting].deletions->most == 4);
  }
  CHECK_FALSE(plans[2].deletions);
}

TEST_CASE("the usual cap of deletions is a tenth of the inventory, at least 1 and at most 5") {
  struct Cap {
    std::size_t inventory;
    std::size_t most;
  };
  const auto cap = GENERATE(Cap{0, 1}, Cap{1, 1}, Cap{19, 1}, Cap{20, 2}, Cap{49, 4}, Cap{50, 5}, Cap{1000, 5});
  auto plans = orphans(cap.most);
  plan::apply_guards(plans, healthy(cap.inventory));
  CHECK(held_back(plans) == 0);
  plans = orphans(cap.most + 1);
  plan::apply_guards(plans, healthy(cap.inventory));
  CHECK(held_back(plans) == cap.most + 1);
}

TEST_CASE("more deletions than allowed block all of them, with the list, and nothing else") {
  auto plans = orphans(2);
  plans.push_back(planned("fresh", {plan::ImportFunction{}}));
  plan::apply_guards(plans, healthy(10));
  REQUIRE(held_back(plans) == 2);
  CHECK(plans[0].blocked[0].code == "max_delete");
  CHECK(plans[0].blocked[0].message ==
        "something would be deleted (in this run: old-0, old-1), but at most 1 function or alias is deleted in one "
        "run: if all of them shall go, raise spec.guards.max_delete in fgsync.yaml");
  CHECK(plans[2].steps.size() == 1);
}

TEST_CASE("the configuration's cap takes the place of the usual one") {
  auto inputs = healthy(10);
  auto plans = orphans(3);
  SECTION("raised") {
    inputs.max_delete = 3;
    plan::apply_guards(plans, inputs);
    CHECK(held_back(plans) == 0);
  }
  SECTION("lowered") {
    inputs.max_delete = 2;
    plan::apply_guards(plans, inputs);
    REQUIRE(held_back(plans) == 3);
    CHECK(plans[0].blocked[0].message ==
          "something would be deleted (in this run: old-0, old-1, old-2), but at most 2 functions and aliases are "
          "deleted in one run: if all of them shall go, raise spec.guards.max_delete in fgsync.yaml");
  }
  SECTION("none at all") {
    inputs.max_delete = 0;
    plans = orphans(1);
    plan::apply_guards(plans, inputs);
    CHECK(held_back(plans) == 1);
  }
}

TEST_CASE("a function that is made anew counts as deleted") {
  std::vector<plan::FunctionPlan> plans{
      planned("anew", {plan::DeleteFunction{}, plan::ImportFunction{}}, Reason::recreated), orphan("old")};
  plan::apply_guards(plans, healthy(10));
  REQUIRE(held_back(plans) == 2);
  CHECK(plans[0].blocked[0].position->to_string() == "m.yaml:4:9");
}

TEST_CASE("an alias that is deleted counts") {
  const plan::UpdateCode code{RemoteDigest{kOurArchive}, {}, {}};
  std::vector<plan::FunctionPlan> plans{planned("fn-1", {code, plan::DeleteAlias{"beta", "v1"}}), orphan("old"),
                                        planned("fn-2", {code})};
  SECTION("within the cap") {
    plan::apply_guards(plans, healthy(20));
    CHECK(held_back(plans) == 0);
  }
  SECTION("beyond it, the whole function waits: its other steps may need the place") {
    plan::apply_guards(plans, healthy(10));
    REQUIRE(held_back(plans) == 2);
    CHECK(plans[0].blocked[0].message ==
          "something would be deleted (in this run: alias beta of fn-1, old), but at most 1 function or alias is "
          "deleted in one run: if all of them shall go, raise spec.guards.max_delete in fgsync.yaml");
    CHECK(plans[2].steps.size() == 1);
  }
}

TEST_CASE("versions that are pruned do not count as deletions") {
  std::vector<plan::FunctionPlan> plans{planned("a", {plan::DeleteVersion{"v1"}, plan::DeleteVersion{"v2"}})};
  plan::apply_guards(plans, healthy(10));
  CHECK(held_back(plans) == 0);
}

// ---- runs that delete nothing

TEST_CASE("a run that must delete nothing deletes no function") {
  auto inputs = healthy(10);
  inputs.no_deletes = "some manifests have errors";
  std::vector<plan::FunctionPlan> plans{orphan("old"), planned("fresh", {plan::ImportFunction{}})};
  plan::apply_guards(plans, inputs);
  CHECK(plans[0].steps.empty());
  REQUIRE(plans[0].blocked.size() == 1);
  CHECK(plans[0].blocked[0].code == "no_deletes");
  CHECK(plans[0].blocked[0].message ==
        "no manifest wants it any more, but this run deletes nothing: some manifests have errors");
  CHECK(plans[1].steps.size() == 1);
}

TEST_CASE("a function whose own manifest asks to make it anew is no loss: it may be selected alone") {
  auto inputs = healthy(10);
  inputs.no_deletes = "only some functions were selected";
  std::vector<plan::FunctionPlan> plans{
      planned("anew", {plan::DeleteFunction{}, plan::ImportFunction{}}, Reason::recreated)};
  plan::apply_guards(plans, inputs);
  CHECK(held_back(plans) == 0);
}

TEST_CASE("a run that deletes nothing anyway is not told so") {
  auto inputs = healthy(10);
  inputs.no_deletes = "some manifests have errors";
  std::vector<plan::FunctionPlan> plans{planned("fresh", {plan::ImportFunction{}})};
  plan::apply_guards(plans, inputs);
  CHECK(plans[0].blocked.empty());
}

// ---- the wrong project

TEST_CASE("when fewer than 70 % of the inventory are there, everything waits") {
  auto inputs = healthy(10);
  for (int i = 0; i < 3; ++i) inputs.on_service.erase("fn-" + std::to_string(i));
  std::vector<plan::FunctionPlan> plans{planned("fn-0", {plan::ImportFunction{}}), planned("fn-9", {}), orphan("old")};
  SECTION("7 of 10 are enough") {
    plan::apply_guards(plans, inputs);
    CHECK(held_back(plans) == 0);
  }
  SECTION("6 of 10 are not") {
    inputs.on_service.erase("fn-3");
    plan::apply_guards(plans, inputs);
    REQUIRE(held_back(plans) == 2);
    CHECK(plans[0].blocked[0].code == "wrong_project");
    CHECK(plans[0].blocked[0].message ==
          "of 10 functions that fgsync manages here the service has 6: is this the right project? If they were deleted "
          "on purpose, let fgsync forget them: fgsync forget NAME…");
    CHECK(plans[1].blocked.empty());
    REQUIRE(plans[2].blocked.size() == 1);
    CHECK(plans[2].blocked[0].code == "wrong_project");
  }
}

TEST_CASE("other functions of the project do not speak for ours") {
  auto inputs = healthy(4);
  inputs.on_service = {"a", "b", "c", "d", "e"};
  std::vector<plan::FunctionPlan> plans{planned("fn-0", {plan::ImportFunction{}})};
  plan::apply_guards(plans, inputs);
  CHECK(held_back(plans) == 1);
}

TEST_CASE("of fewer than four functions nothing is concluded") {
  auto inputs = healthy(3);
  inputs.on_service.clear();
  std::vector<plan::FunctionPlan> plans{planned("fn-0", {plan::ImportFunction{}})};
  plan::apply_guards(plans, inputs);
  CHECK(held_back(plans) == 0);
}

// ---- what waits to be deleted

TEST_CASE("what waits to be deleted is blocked where nothing may be deleted") {
  plan::FunctionPlan waiting;
  waiting.name = "old";
  waiting.notes = {{plan::kPrunePending, "soon"}};
  std::vector<plan::FunctionPlan> plans{waiting};
  auto inputs = healthy(10);
  SECTION("in this run") {
    inputs.no_deletes = "some manifests have errors";
    plan::apply_guards(plans, inputs);
    CHECK(plans[0].blocked.at(0).code == "no_deletes");
  }
  SECTION("in the wrong project") {
    inputs.on_service.clear();
    plan::apply_guards(plans, inputs);
    CHECK(plans[0].blocked.at(0).code == "wrong_project");
  }
  CHECK(plans[0].notes.empty());
}

TEST_CASE("what was held back counts for the cap while it waits anew, other things that wait do not") {
  std::vector<plan::FunctionPlan> plans{orphan("due"), {}};
  plans[1].name = "waiting";
  plans[1].notes = {{plan::kPrunePending, "soon"}};
  auto inputs = healthy(10);
  SECTION("held back") {
    inputs.held_back = {"waiting"};
    plan::apply_guards(plans, inputs);
    CHECK(plans[0].blocked.at(0).code == "max_delete");
    CHECK(plans[1].blocked.at(0).code == "max_delete");
    CHECK(plans[1].notes.empty());
  }
  SECTION("waiting") {
    plan::apply_guards(plans, inputs);
    CHECK(held_back(plans) == 0);
    CHECK(plans[1].notes.size() == 1);
    CHECK_FALSE(plans[1].deletions);
  }
}

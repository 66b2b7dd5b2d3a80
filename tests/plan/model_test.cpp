#include "plan/model.hpp"

#include <catch2/catch.hpp>

#include "plan/orphan.hpp"
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

/// One of each kind.
std::vector<plan::Action> all_actions() {
  return {plan::ImportFunction{},
          plan::UpdateCode{RemoteDigest{kOurArchive}, {}, {}},
          plan::UpdateConfig{},
          plan::PublishVersion{"v1", "", false},
          plan::CreateAlias{"a", "v1", "", {}},
          plan::UpdateAlias{"a", "v1", "v2", "", {}, {}},
          plan::UpdateMaxInstances{1, 2},
          plan::UpdateTags{},
          plan::UpdateAsyncConfig{},
          plan::UpdateReservedInstances{"prod", {}},
          plan::DeleteAlias{"a", "v1"},
          plan::DeleteVersion{"v1"},
          plan::DeleteFunction{}};
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
  const auto orphan = plan::plan_orphan(plan::Orphan{"old", {}, false, 1, false}, plan::PlanOptions());
  const auto plan = plan::assemble({absent.run(), failed, orphan, function_plan("same", 0)});
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

TEST_CASE("every kind of step is counted where it belongs") {
  auto function = function_plan("all", 0);
  for (const plan::Action& action : all_actions()) function.steps.push_back({action, plan::Reason::differs, {}});
  const auto summary = plan::assemble({function}).summary;
  CHECK(summary.import == 1);
  CHECK(summary.update_code == 1);
  CHECK(summary.update_config == 1);
  CHECK(summary.publish == 1);
  CHECK(summary.alias == 2);
  CHECK(summary.setting == 4);
  CHECK(summary.prune == 2);
  CHECK(summary.remove == 1);
  CHECK(summary.blocked == 0);
  CHECK(summary.unchanged == 0);
}

TEST_CASE("a function with steps and a blocked wish counts as blocked; one with notes alone as unchanged") {
  auto both = function_plan("both", 0);
  both.steps.push_back({plan::UpdateConfig{}, plan::Reason::differs, {}});
  both.blocked.push_back({"held", "m", std::nullopt, {}});
  both.blocked.push_back({"held", "n", std::nullopt, {}});
  auto noted = function_plan("noted", 0);
  noted.notes.push_back({"prune_pending", "m"});
  const auto summary = plan::assemble({both, noted}).summary;
  CHECK(summary.blocked == 1);
  CHECK(summary.update_config == 1);
  CHECK(summary.unchanged == 1);
}

TEST_CASE("the plan's id is about all that a step does") {
  std::set<std::string> ids;
  const auto add = [&ids](const plan::Action& action) {
    auto function = function_plan("fn", 0);
    function.steps.push_back({action, plan::Reason::differs, {}});
    return ids.insert(plan::assemble({function}).id).second;
  };
  for (const plan::Action& action : all_actions()) CHECK(add(action));
  CHECK(add(plan::UpdateCode{RemoteDigest{"x"}, {}, {}}));
  // Not every machine knows the archive; the code counts through the function's fingerprint.
  CHECK_FALSE(add(plan::UpdateCode{RemoteDigest{"x"}, ArchiveDigest{"y"}, {}}));
  CHECK(add(plan::UpdateCode{RemoteDigest{"x"}, {}, {}, plan::FieldChange{"depend_version_list", "", "d1"}}));
  CHECK(add(plan::UpdateConfig{{{"timeout", "3", "5"}}}));
  CHECK(add(plan::UpdateConfig{{{"timeout", "3", "6"}}}));
  CHECK(add(plan::UpdateConfig{{{"timeout", std::nullopt, "6"}}}));
  CHECK(add(plan::UpdateConfig{{{"timeout", "", "6"}}}));
  CHECK(add(plan::PublishVersion{"v1", "Other", false}));
  CHECK(add(plan::CreateAlias{"a", "v1", "", {{{"v2", 10}}, {}}}));
  CHECK(add(plan::CreateAlias{"a", "v1", "", {{{"v2", 20}}, {}}}));
  CHECK(add(plan::CreateAlias{"a", "v1", "", {{}, {{"v2", {"and", {{"Header", "x", "=", "1"}}}}}}}));
  CHECK(add(plan::CreateAlias{"a", "v1", "", {{}, {{"v2", {"or", {{"Header", "x", "=", "2"}}}}}}}));
  CHECK(add(plan::UpdateAlias{"a", "v1", "v2", "", {{{"v3", 10}}, {}}, {}}));
  CHECK(add(plan::UpdateAlias{"a", "v1", "v2", "", {}, {{{"v3", 10}}, {}}}));
  CHECK(add(plan::UpdateMaxInstances{1, 3}));
  CHECK(add(plan::UpdateMaxInstances{2, 3}));
  CHECK(add(plan::ImportFunction{plan::ImportFunction::Via::package, "Other"}));
  CHECK(add(plan::UpdateTags{{{"tags.a", "1", "2"}}}));
  CHECK(add(plan::UpdateAsyncConfig{{{"function_async_config.x", "1", "2"}}}));
  CHECK(add(plan::UpdateReservedInstances{"test", {{"reserved_instances.test.count", "1", "2"}}}));
  CHECK(add(plan::DeleteAlias{"b", "v1"}));
  CHECK(add(plan::DeleteAlias{"b", "v2"}));
  CHECK(add(plan::DeleteVersion{"v2"}));
  CHECK_FALSE(add(plan::DeleteVersion{"v2"}));
}

TEST_CASE("the plan's id is about what is blocked, noted and seen, too") {
  const auto plain = function_plan("fn", 0);
  auto changed = plain;
  SECTION("blocked") {
    changed.blocked.push_back({"held", "m", std::nullopt, {}});
  }
  SECTION("noted") {
    changed.notes.push_back({"prune_pending", "m"});
  }
  SECTION("failed") {
    changed.failure = Error(ErrorKind::transient, "no answer");
  }
  SECTION("a digest") {
    changed.preconditions.remote_digest = RemoteDigest{"x"};
  }
  SECTION("a version") {
    changed.preconditions.versions = {"v1"};
  }
  SECTION("an alias") {
    changed.preconditions.aliases = {{"prod", "v1"}};
  }
  SECTION("what share another version gets") {
    changed.preconditions.traffic = {{"prod", "10 % to v1"}};
  }
  CHECK(plan::assemble({changed}).id != plan::assemble({plain}).id);
}

TEST_CASE("what the code will be is part of the plan's id where something is done") {
  auto function = function_plan("fn", 0);
  const std::string nothing_to_do = plan::assemble({function}).id;
  function.fingerprint = "0123456789ab";
  CHECK(plan::assemble({function}).id == nothing_to_do);
  function.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  const std::string import = plan::assemble({function}).id;
  function.fingerprint = "ba9876543210";
  CHECK(plan::assemble({function}).id != import);
}

TEST_CASE("every kind of step has a name, and words of its own") {
  Texts kinds;
  Texts words;
  for (const plan::Action& action : all_actions()) {
    kinds.emplace_back(plan::kind_of(action));
    words.push_back(plan::describe(action));
  }
  CHECK(kinds == Texts{"import", "update_code", "update_config", "publish", "create_alias", "update_alias",
                       "update_max_instances", "update_tags", "update_async_config", "update_reserved_instances",
                       "delete_alias", "delete_version", "delete_function"});
  CHECK(words == Texts{"import", "update code", "update configuration", "publish v1", "create alias a to v1",
                       "move alias a to v2", "set max_instance_num to 2", "update tags", "update function_async_config",
                       "update reserved_instances of prod", "delete alias a", "prune version v1", "delete function"});
}

TEST_CASE("a function that is made without an import is created, and counted as that") {
  const plan::Action creation = plan::ImportFunction{plan::ImportFunction::Via::create_call};
  CHECK(plan::kind_of(creation) == "create");
  CHECK(plan::describe(creation) == "create");
  CHECK(plan::makes_function("create"));
  CHECK(plan::makes_function("import"));
  CHECK_FALSE(plan::makes_function("create alias prod to v1"));
  auto function = function_plan("fn", 0);
  function.steps.push_back({creation, plan::Reason::absent, {}});
  const auto summary = plan::assemble({function}).summary;
  CHECK(summary.create == 1);
  CHECK(summary.import == 0);
}

TEST_CASE("what changes at an alias is said in its words") {
  using plan::UpdateAlias;
  const plan::Traffic some{{{"v3", 10}}, {}};
  CHECK(plan::describe(UpdateAlias{"a", "v1", "v1", "new words", {}, {}}) == "update alias a");
  CHECK(plan::describe(UpdateAlias{"a", "v1", "v1", "", some, {}}) == "update alias a, all traffic to it");
  CHECK(plan::describe(UpdateAlias{"a", "v1", "v2", "", some, {}}) == "move alias a to v2, all traffic to it");
  CHECK(plan::describe(UpdateAlias{"a", "v1", "v2", "", {}, some}) == "move alias a to v2, 10 % to v3");
  CHECK(plan::describe(UpdateAlias{"a", "v1", "v2", "", some, some}) == "move alias a to v2");
}

TEST_CASE("a call that changes dependencies alone says so") {
  const plan::FieldChange dependencies{"depend_version_list", "", "d1"};
  CHECK(plan::describe(plan::UpdateCode{RemoteDigest{kOurArchive}, {}, {}, dependencies}) == "update dependencies");
  CHECK(plan::describe(plan::UpdateCode{RemoteDigest{kOurArchive}, ArchiveDigest{kOurArchive}, {}, dependencies}) ==
        "update dependencies");
  CHECK(plan::describe(plan::UpdateCode{RemoteDigest{kOurArchive}, ArchiveDigest{kOtherArchive}, {}, dependencies}) ==
        "update code");
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

#include "plan/binding.hpp"

#include <catch2/catch.hpp>

#include "plan/orphan.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

plan::ApprovedFunction approval_of(const plan::FunctionPlan& function) {
  plan::ApprovedFunction approved;
  approved.name = function.name;
  approved.fingerprint = function.fingerprint;
  approved.seen = function.preconditions;
  for (const plan::Step& step : function.steps) {
    approved.steps.push_back({plan::step_id(step.action), plan::describe(step.action),
                              std::holds_alternative<plan::DeleteFunction>(step.action)});
  }
  return approved;
}

plan::ApprovedPlan approve(const plan::FunctionPlan& function) {
  return {"0123456789ab", {approval_of(function)}};
}

plan::Binding bind_one(const Case& now, const plan::ApprovedPlan& approved) {
  return plan::bind(plan::assemble({now.run()}), approved);
}

/// New code for a released function, with a new version.
Case changed() {
  Case some;
  some.remember();
  some.change_code();
  some.desired.function.version->name = "v1.1.0";
  some.refresh();
  return some;
}

}  // namespace

TEST_CASE("binding: a plan that still fits is done as it is, under its own id") {
  const Case some = changed();
  const auto binding = bind_one(some, approve(some.run()));
  REQUIRE(binding.plan.functions.size() == 1);
  CHECK(steps_of(binding.plan.functions[0]) == Texts{"update code", "publish v1.1.0", "move alias prod to v1.1.0"});
  CHECK(binding.plan.id == "0123456789ab");
  CHECK(binding.stale.empty());
  CHECK(binding.already_applied.empty());
  CHECK(binding.partially_applied.empty());
  CHECK(binding.left_out.empty());
}

TEST_CASE("binding: whether an archive was built already makes no difference") {
  Case some = changed();
  const auto approved = approve(some.run());
  some.desired.archive_digest.reset();
  CHECK(bind_one(some, approved).stale.empty());
}

TEST_CASE("binding: what is done already is not done again") {
  Case some = changed();
  const auto approved = approve(some.run());
  some.observed->detail.row.digest = RemoteDigest{kOtherArchive};
  const auto binding = bind_one(some, approved);
  CHECK(steps_of(binding.plan.functions[0]) == Texts{"publish v1.1.0", "move alias prod to v1.1.0"});
  CHECK(binding.partially_applied == Texts{"thumb"});
  CHECK(binding.stale.empty());
}

TEST_CASE("binding: a function that needs nothing any more is named as applied") {
  const auto approved = approve(changed().run());
  Case done;
  done.change_code();
  done.desired.function.version->name = "v1.1.0";
  done.refresh();
  done.observed->detail.row.digest = RemoteDigest{kOtherArchive};
  done.observed->versions[0].name = "v1.1.0";
  done.observed->versions[0].digest = RemoteDigest{kOtherArchive};
  done.observed->versions[0].description =
      plan::with_fingerprint("First", done.desired.fingerprint, RemoteDigest{kOtherArchive});
  done.observed->aliases[0].version = "v1.1.0";
  const auto binding = bind_one(done, approved);
  CHECK(binding.already_applied == Texts{"thumb"});
  CHECK(binding.plan.functions[0].is_unchanged());
}

TEST_CASE("binding: other code than the plan's is stale, whatever the steps are") {
  Case some = changed();
  const auto approved = approve(some.run());
  some.desired.contents.digest = ContentDigest{"c3"};
  some.refresh();
  const auto binding = bind_one(some, approved);
  CHECK(binding.stale == Texts{"thumb"});
  CHECK(binding.plan.functions[0].steps.empty());
  REQUIRE(binding.plan.functions[0].blocked.size() == 1);
  CHECK(binding.plan.functions[0].blocked[0].code == "stale_plan");
  CHECK(binding.plan.functions[0].blocked[0].message ==
        "the given plan is stale: its manifest or its code is not what the plan was made from; make a new plan");
  CHECK(binding.plan.summary.blocked == 1);
  CHECK(binding.plan.summary.publish == 0);
}

TEST_CASE("binding: a step that nobody agreed to is never taken, nor any other of that function") {
  Case some = changed();
  const auto approved = approve(some.run());
  some.observed->aliases[0].version = "v0.9.0";
  const auto binding = bind_one(some, approved);
  CHECK(binding.stale == Texts{"thumb"});
  CHECK(binding.plan.functions[0].steps.empty());
  CHECK(blocked_of(binding.plan.functions[0]) ==
        Texts{"the given plan is stale: alias prod is on v0.9.0 and was on v1.0.0; make a new plan"});
}

TEST_CASE("binding: new code is not sent over other code than was seen") {
  Case some = changed();
  const auto approved = approve(some.run());
  some.observed->detail.row.digest = RemoteDigest{std::string(128, 'd')};
  some.last.reset();
  const auto binding = bind_one(some, approved);
  CHECK(binding.stale == Texts{"thumb"});
  CHECK(blocked_of(binding.plan.functions[0])[0].find(
            "latest's code is sha512:dddddddddddd and was sha512:aaaaaaaaaaaa") != std::string::npos);
}

TEST_CASE("binding: an import is bound to code, settings and description") {
  Case absent;
  absent.observed.reset();
  const auto approved = approve(absent.run());
  CHECK(bind_one(absent, approved).stale.empty());
  Case other = absent;
  other.desired.function.description = "Another";
  CHECK(bind_one(other, approved).stale == Texts{"thumb"});
  other = absent;
  other.desired.function.memory_size = 512;
  other.refresh();
  CHECK(bind_one(other, approved).stale == Texts{"thumb"});
}

TEST_CASE("binding: steps in another order are not the plan's") {
  const Case some = changed();
  auto approved = approve(some.run());
  std::swap(approved.functions[0].steps[0], approved.functions[0].steps[1]);
  CHECK(bind_one(some, approved).stale == Texts{"thumb"});
}

TEST_CASE("binding: functions that the plan does not speak of are left alone when they would change") {
  const Case some = changed();
  auto other = some.run();
  other.name = "other";
  plan::FunctionPlan quiet;
  quiet.name = "quiet";
  const auto binding = plan::bind(plan::assemble({some.run(), other, quiet}), approve(some.run()));
  CHECK(binding.left_out == Texts{"other"});
  REQUIRE(binding.plan.functions.size() == 2);
  CHECK(binding.plan.functions[0].name == "quiet");
  CHECK(binding.plan.functions[1].name == "thumb");
}

TEST_CASE("binding: a plan of some functions says nothing of the others, not even that they are blocked") {
  const Case some = changed();
  auto other = some.run();
  other.name = "other";
  plan::FunctionPlan stuck;
  stuck.name = "stuck";
  stuck.blocked.push_back({"held", "is held", std::nullopt, {}});
  auto approved = approve(some.run());
  approved.is_of_selection = true;
  const auto binding = plan::bind(plan::assemble({some.run(), other, stuck}), approved);
  CHECK(binding.left_out.empty());
  CHECK(binding.plan.summary.blocked == 0);
  REQUIRE(binding.plan.functions.size() == 1);
  CHECK(binding.plan.functions[0].name == "thumb");
}

TEST_CASE("binding: of a step that starts from something else it is not said that it is new") {
  Case some = changed();
  auto approved = approve(some.run());
  for (auto& step : approved.functions.front().steps) step.id = "another";
  const auto binding = bind_one(some, approved);
  CHECK(blocked_of(binding.plan.functions[0])[0].find("is not what the plan shows for: " +
                                                      approved.functions.front().steps.front().description) !=
        std::string::npos);
}

TEST_CASE("binding: a stale function has no remedies beside a new plan") {
  Case some = changed();
  const auto approved = approve(some.run());
  auto now = some.run();
  now.steps.clear();
  now.fingerprint.clear();
  now.blocked.push_back({"manifest_removed", "no manifest wants it any more", std::nullopt, {"fgsync sync --prune"}});
  const auto binding = plan::bind(plan::assemble({now}), approved);
  REQUIRE(binding.plan.functions[0].blocked.size() == 1);
  CHECK(binding.plan.functions[0].blocked[0].next == Texts{"fgsync plan"});
}

TEST_CASE("binding: a function that no manifest wants any more is stale, not forgotten") {
  const auto binding = plan::bind(plan::assemble({}), approve(changed().run()));
  CHECK(binding.stale == Texts{"thumb"});
  REQUIRE(binding.plan.functions.size() == 1);
  CHECK(binding.plan.functions[0].blocked[0].code == "stale_plan");
}

TEST_CASE("binding: a deletion holds only for the code that was seen") {
  plan::PlanOptions options;
  options.pruning = plan::Pruning::on;
  options.prune_after = 1;
  const auto orphan = [&](char digit) {
    return plan::plan_orphan(plan::Orphan{"old", RemoteDigest{std::string(128, digit)}, false, 3, false}, options);
  };
  const auto approved = approve(orphan('a'));
  REQUIRE(approved.functions[0].steps.size() == 1);
  const auto same = plan::bind(plan::assemble({orphan('a')}), approved);
  CHECK(steps_of(same.plan.functions[0]) == Texts{"delete function"});
  const auto other = plan::bind(plan::assemble({orphan('b')}), approved);
  CHECK(other.stale == Texts{"old"});
  CHECK(other.plan.functions[0].steps.empty());
  SECTION("and is done when the function is gone") {
    const auto gone = plan::bind(plan::assemble({}), approved);
    CHECK(gone.already_applied == Texts{"old"});
    CHECK(gone.plan.functions.empty());
  }
}

TEST_CASE("binding: what cannot be read now is a failure, not stale") {
  const Case some = changed();
  plan::FunctionPlan unread;
  unread.name = "thumb";
  unread.failure = Error(ErrorKind::transient, "no answer");
  const auto binding = plan::bind(plan::assemble({unread}), approve(some.run()));
  CHECK(binding.stale.empty());
  CHECK(binding.already_applied.empty());
  CHECK(binding.plan.summary.failed == 1);
}

TEST_CASE("binding: the id of a step tells apart what it does and what it starts from") {
  CHECK(plan::step_id(plan::PublishVersion{"v1", "", false}) != plan::step_id(plan::PublishVersion{"v2", "", false}));
  CHECK(plan::step_id(plan::UpdateMaxInstances{1, 3}) != plan::step_id(plan::UpdateMaxInstances{2, 3}));
  CHECK(plan::step_id(plan::DeleteAlias{"a", "v1"}) != plan::step_id(plan::DeleteAlias{"a", "v2"}));
  CHECK(plan::step_id(plan::DeleteFunction{}).size() == 12);
}

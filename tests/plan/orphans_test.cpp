// Functions of ours that no manifest wants any more.
#include <catch2/catch.hpp>

#include "plan/orphan.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

/// One that everything allows to be deleted: tests take one permission away.
struct OrphanCase {
  plan::Orphan orphan{"old", RemoteDigest{kOurArchive}, false, 2, false};
  plan::PlanOptions options;

  OrphanCase() { options.pruning = plan::Pruning::on; }
  [[nodiscard]] plan::FunctionPlan run() const { return plan::plan_orphan(orphan, options); }
};

void check_blocked(const OrphanCase& base, const std::string& code, const std::string& message, const Texts& next) {
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(plan.notes.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == code);
  CHECK(plan.blocked[0].message == message);
  CHECK(plan.blocked[0].next == next);
  CHECK_FALSE(plan.blocked[0].position);  // there is no manifest to point to
}

}  // namespace

TEST_CASE("a function that nothing keeps is deleted as it was seen, with all that belongs to it") {
  OrphanCase some;
  some.orphan.versions = {"v2", "v1"};
  some.orphan.aliases = {{"prod", "v2"}, {"dev", "v1"}};
  const auto seen = some.run().preconditions;
  CHECK(seen.versions == Texts{"v1", "v2"});
  CHECK(seen.aliases == std::vector<std::pair<std::string, std::string>>{{"dev", "v1"}, {"prod", "v2"}});
}

TEST_CASE("a function that nothing keeps is deleted") {
  const auto plan = OrphanCase().run();
  CHECK(plan.name == "old");
  CHECK(steps_of(plan) == Texts{"delete function"});
  CHECK(plan.steps[0].reason == plan::Reason::manifest_removed);
  CHECK(plan.preconditions.remote_digest == RemoteDigest{kOurArchive});
  CHECK(plan.blocked.empty());
}

TEST_CASE("without --prune a function is shown, and both ways to go on") {
  OrphanCase base;
  base.options.pruning = plan::Pruning::off;
  check_blocked(
      base, "manifest_removed",
      "no manifest wants it any more; --prune, or guards.prune, deletes it, fgsync forget old leaves it to others",
      {"fgsync sync --prune", "fgsync forget old"});
}

TEST_CASE("a function whose last manifest protected it is not deleted") {
  OrphanCase base;
  base.orphan.is_protected = true;
  base.options.confirmed_deletions = {"old"};
  SECTION("with --prune") {
    base.options.pruning = plan::Pruning::on;
  }
  SECTION("without") {
    base.options.pruning = plan::Pruning::off;
  }
  check_blocked(base, "protected",
                "no manifest wants it any more, and its last one said protect: true: it is not deleted; fgsync forget "
                "old leaves it to others",
                {"fgsync forget old"});
}

TEST_CASE("a function that only an interrupted import says is ours is never deleted") {
  OrphanCase base;
  base.orphan.import_begun_at = "2026-01-01T00:00:00Z";
  base.orphan.missing_runs = GENERATE(std::optional<int>(), std::optional<int>(9));
  base.options.pruning = GENERATE(plan::Pruning::on, plan::Pruning::off);
  base.options.confirmed_deletions = {"old"};
  check_blocked(base, "interrupted_import",
                "no manifest wants it any more; an import of it was begun at 2026-01-01T00:00:00Z and interrupted, and "
                "nothing else says that it is fgsync's, so it is not deleted: put its manifest back to go on with it, "
                "delete it by hand, or leave it to others with fgsync forget old",
                {"fgsync forget old"});
}

TEST_CASE("a held function is not deleted, whoever holds it") {
  OrphanCase base;
  base.orphan.hold = plan::Hold{"5c3ded3842e9", "wrong totals", "jane"};
  base.options.pruning = GENERATE(plan::Pruning::on, plan::Pruning::off);
  check_blocked(base, "held",
                "no manifest wants it any more, but it is held by jane: wrong totals; so it is not deleted; it goes on "
                "with fgsync release old",
                {"fgsync release old"});
  CHECK(plan::begins_anew(base.run()));
  base.orphan.hold.reset();
  CHECK_FALSE(plan::begins_anew(base.run()));
}

TEST_CASE("without state nobody counts the runs, and nothing is deleted") {
  OrphanCase base;
  base.orphan.missing_runs.reset();
  base.options.prune_after = 3;
  base.options.has_state = false;
  check_blocked(base, "prune_needs_state",
                "no manifest wants it any more; it is deleted only after 3 runs, which only the state directory can "
                "count, and this run has none: run without --no-state, with a state that can be read",
                {});
}

TEST_CASE("a state that does not know a function cannot count its runs, and nothing is deleted") {
  OrphanCase base;
  base.orphan.missing_runs.reset();
  base.options.prune_after = 3;
  check_blocked(
      base, "prune_needs_state",
      "no manifest wants it any more; its mark says that it is this source's, but this state has never seen it "
      "as wanted and cannot count for how many of 3 runs its manifest is missing: prune where the state knows "
      "it, sync once with its manifest, or leave it to others with fgsync forget old",
      {"fgsync forget old"});
}

TEST_CASE("a function that triggers call is deleted only by its name") {
  OrphanCase base;
  base.orphan.has_triggers = true;
  base.options.confirmed_deletions = {"other"};
  check_blocked(base, "has_triggers",
                "no manifest wants it any more, but triggers call it: to delete it, name it in "
                "spec.guards.confirm_delete of fgsync.yaml",
                {});
  base.options.confirmed_deletions.insert("old");
  CHECK(steps_of(base.run()) == Texts{"delete function"});
}

TEST_CASE("a manifest must be missing for some runs in a row") {
  OrphanCase base;
  base.options.prune_after = 3;
  base.orphan.missing_runs = 2;
  const auto plan = base.run();
  CHECK(plan.is_unchanged());
  REQUIRE(plan.notes.size() == 1);
  CHECK(plan.notes[0].code == "prune_pending");
  CHECK(plan.notes[0].message ==
        "no manifest wants it any more; to be deleted once that was so in 3 runs (this is number 2)");
  base.orphan.missing_runs = GENERATE(3, 4);
  CHECK(steps_of(base.run()) == Texts{"delete function"});
}

TEST_CASE("prune_after 1 deletes in the first run") {
  OrphanCase base;
  base.options.prune_after = 1;
  base.orphan.missing_runs = 1;
  CHECK(steps_of(base.run()) == Texts{"delete function"});
}

TEST_CASE("a function that waits to be deleted says already that triggers forbid it") {
  OrphanCase base;
  base.orphan.missing_runs = 1;
  base.orphan.has_triggers = true;
  CHECK(base.run().blocked.at(0).code == "has_triggers");
}

TEST_CASE("while not everything can be read, nobody says that no manifest wants it") {
  OrphanCase base;
  base.orphan.unread = "not all of the source can be used: a.yaml:1: not YAML";
  base.options.pruning = GENERATE(plan::Pruning::on, plan::Pruning::off);
  check_blocked(base, "no_deletes",
                "none of the manifests that can be read wants it, and nothing is deleted: not all of the source can be "
                "used: a.yaml:1: not YAML",
                {});
  CHECK(plan::begins_anew(base.run()));
}

// What a person suspended is left alone by every run, whatever its manifest says, and goes on once it is resumed.
#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;

namespace {

bool is_there(World& world, const std::string& name) {
  const auto answer = world.foreign(http::Method::get, "/functions");
  for (const auto& row : answer["functions"]) {
    if (row["func_name"] == name) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a suspended function is left alone, also where the list shows nothing new, until it is resumed") {
  World world;
  world.add("thumb");
  world.settings.refresh = reconcile::Refresh::list;
  world.settings.actor = "ann@laptop";
  world.sync();
  REQUIRE(world.suspend("thumb", "audit"));
  CHECK(world.sync().functions.size() == 1);
  world.change_release("thumb", "v2");
  const auto plan = world.make_plan();
  REQUIRE(plan);
  REQUIRE(plan->functions[0].blocked.size() == 1);
  CHECK_THAT(plan->functions[0].blocked[0].message, Catch::Contains("is suspended by ann@laptop since ") &&
                                                        Catch::Contains(": audit; held back: update code"));
  CHECK(outcome_of(world.apply(*plan), "thumb") == Outcome::blocked);
  CHECK(world.alias_of("thumb", "prod") == "v1");

  CHECK(world.resume("thumb").value());
  CHECK_FALSE(world.resume("thumb").value());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("a suspended function is not pruned; once it is resumed the runs are counted from the first") {
  World world;
  world.add("keep");
  world.add("thumb");
  world.sync();
  REQUIRE(world.suspend("thumb", ""));
  world.functions.pop_back();
  world.settings.plan.pruning = plan::Pruning::on;
  for (int run = 0; run < 4; ++run) world.sync();
  CHECK(is_there(world, "thumb"));
  REQUIRE(world.resume("thumb"));
  world.sync();
  CHECK(is_there(world, "thumb"));
  world.sync();
  CHECK_FALSE(is_there(world, "thumb"));
}

TEST_CASE("a function that was rolled back is not pruned, also not by a machine that knows only the alias's mark") {
  World world;
  world.add("keep");
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.sync();
  REQUIRE(world.roll_back("thumb", "prod", "v1"));
  world.functions.pop_back();
  world.settings.plan.pruning = plan::Pruning::on;
  const bool knows_only_the_mark = GENERATE(false, true);
  if (knows_only_the_mark) REQUIRE(run(world.store->remove_hold("thumb")));
  for (int round = 0; round < 4; ++round) CHECK(outcome_of(world.sync(), "thumb") != Outcome::done);
  CHECK(is_there(world, "thumb"));
  REQUIRE(world.release("thumb"));
  for (int round = 0; round < 2; ++round) world.sync();
  CHECK_FALSE(is_there(world, "thumb"));
}

TEST_CASE("code of another zip is not sent again while the state knows that it has the same content") {
  World world;
  world.add("thumb");
  world.sync();
  const auto before = world.config_of("thumb")["digest"];
  world.write_code("thumb", "other\n");
  world.lose_state();
  REQUIRE(world.plans_to_change("thumb"));
  const auto contents = package::hash_contents(package::scan(world.functions[0].code.path, {}).value()).value();
  REQUIRE(world.remember_code({contents.digest, RemoteDigest{before}}));
  CHECK_FALSE(world.plans_to_change("thumb"));
}

TEST_CASE(
    "an adopted function that was never touched is not pruned when its manifest goes, nor one whose mark is gone") {
  World world;
  world.add("keep");
  world.add("thumb");
  world.sync();
  const auto config = world.config_of("thumb");
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/config",
                {{"func_name", "thumb"},
                 {"runtime", config["runtime"]},
                 {"handler", config["handler"]},
                 {"memory_size", config["memory_size"]},
                 {"timeout", config["timeout"]},
                 {"description", ""}});
  auto entry = world.remembered("thumb");
  entry.awaits_mark = true;
  REQUIRE(world.remember(entry));
  world.functions.pop_back();
  world.settings.plan.pruning = plan::Pruning::on;
  for (int run = 0; run < 4; ++run) world.sync();
  CHECK(is_there(world, "thumb"));
  // Nor when it was ours and somebody took the mark off.
  entry.awaits_mark = false;
  REQUIRE(world.remember(entry));
  for (int run = 0; run < 4; ++run) world.sync();
  CHECK(is_there(world, "thumb"));
  world.settings.plan.writes_markers = false;
  world.sync();
  CHECK_FALSE(is_there(world, "thumb"));
}

TEST_CASE("forgetting a function ends neither its hold nor its suspension, and both can still be ended") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.sync();
  REQUIRE(world.roll_back("thumb", "prod", "v1"));
  REQUIRE(world.suspend("thumb", "audit"));
  const auto forgotten = world.forget("thumb");
  REQUIRE(forgotten);
  REQUIRE(forgotten->kept.suspension);
  CHECK(forgotten->kept.suspension->reason == "audit");
  CHECK(forgotten->kept.hold);
  CHECK(world.resume("thumb").value());
  const auto released = world.release("thumb");
  REQUIRE(released);
  CHECK(released->had_hold);
  CHECK_FALSE(world.release("thumb"));  // now it is only somebody else's function
}

#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;

TEST_CASE("a manifest that came back ends the count of runs without it, also where the list shows no change") {
  World world;
  world.add("thumb");
  world.settings.refresh = reconcile::Refresh::list;
  world.sync();
  world.sync();
  auto inventory = run(world.store->inventory());
  REQUIRE(inventory.has_value());
  REQUIRE(inventory->size() == 1);
  REQUIRE(inventory->front().sighting);
  inventory->front().missing_runs = 1;
  REQUIRE(run(world.store->put_inventory(inventory->front())).has_value());

  world.sync();
  inventory = run(world.store->inventory());
  REQUIRE(inventory->size() == 1);
  CHECK(inventory->front().missing_runs == 0);
}

TEST_CASE("runs that may delete nothing are not counted, and counting begins anew after them") {
  World world;
  world.settings.plan.pruning = plan::Pruning::on;
  world.settings.max_delete = 5;
  for (const char* name : {"thumb", "mail"}) world.add(name);
  world.sync();
  const auto functions = world.functions;
  world.functions.pop_back();
  world.sync();
  CHECK(world.remembered("mail").missing_runs == 1);
  SECTION("the source has no functions") {
    world.functions.clear();
  }
  SECTION("some manifests have errors") {
    world.settings.rejected = {"broken"};
  }
  SECTION("somebody says so") {
    world.settings.no_deletes = "history was rewritten";
  }
  SECTION("nothing is written at all") {
    world.settings.missing_runs = reconcile::MissingRuns::begun_anew;
  }
  for (int i = 0; i < 3; ++i) {
    world.sync();
    CHECK(world.remembered("mail").missing_runs == 0);
  }
  world.functions = {functions.front()};
  world.settings.rejected.clear();
  world.settings.no_deletes.reset();
  world.settings.missing_runs = reconcile::MissingRuns::counted;
  world.sync();
  CHECK(world.remembered("mail").missing_runs == 1);
  world.sync();
  CHECK(world.versions_of("thumb") == std::vector<std::string>{"latest", "v1"});
  CHECK(run(world.store->inventory())->size() == 1);
}

TEST_CASE("functions that were too many to delete are counted anew when they are fewer") {
  World world;
  world.settings.plan.pruning = plan::Pruning::on;
  world.settings.max_delete = 1;
  for (const char* name : {"thumb", "mail", "web"}) world.add(name);
  world.sync();
  const auto functions = world.functions;
  world.functions.resize(1);
  world.sync();
  for (int i = 0; i < 3; ++i) {
    const auto report = world.sync();
    CHECK(outcome_of(report, "mail") == reconcile::Outcome::blocked);
    CHECK(world.remembered("mail").missing_runs == 0);
    CHECK(world.remembered("mail").is_held_back);
  }
  world.functions = {functions[0], functions[2]};
  world.sync();
  CHECK(world.remembered("mail").missing_runs == 1);
  CHECK_FALSE(world.remembered("mail").is_held_back);
  CHECK_FALSE(world.remembered("web").is_held_back);
  CHECK(outcome_of(world.sync(), "mail") == reconcile::Outcome::done);
}

TEST_CASE("a manifest with a mistake is not missing") {
  World world;
  world.settings.plan.pruning = plan::Pruning::on;
  world.settings.max_delete = 5;
  for (const char* name : {"thumb", "mail"}) world.add(name);
  world.sync();
  world.functions.pop_back();
  world.sync();
  REQUIRE(world.remembered("mail").missing_runs == 1);
  world.settings.rejected = {"mail"};
  world.sync();
  CHECK(world.remembered("mail").missing_runs == 0);
}

TEST_CASE("a function that cannot be planned stops the count, which then goes on") {
  World world;
  world.settings.plan.pruning = plan::Pruning::on;
  world.settings.max_delete = 5;
  for (const char* name : {"thumb", "mail"}) world.add(name);
  world.sync();
  const auto functions = world.functions;
  world.functions.pop_back();
  world.sync();
  world.functions.front().code.path = world.directory / "gone";
  for (int i = 0; i < 3; ++i) {
    CHECK(outcome_of(world.sync(), "mail") == reconcile::Outcome::blocked);
    CHECK(world.remembered("mail").missing_runs == 1);
  }
  world.functions = {functions.front()};
  CHECK(outcome_of(world.sync(), "mail") == reconcile::Outcome::done);
}

TEST_CASE("what an earlier run deleted without writing that down is forgotten, and is no sign of a wrong project") {
  World world;
  for (const char* name : {"a", "b", "c", "d", "e"}) world.add(name);
  world.sync();
  const auto functions = world.functions;
  world.functions.erase(world.functions.begin(), world.functions.begin() + 2);
  // Killed after the answer: the inventory and the intents are as they were before.
  for (const char* name : {"a", "b"}) {
    world.foreign(http::Method::del, "/functions/" + world.urn_of(name));
    REQUIRE(run(world.store->begin_intent({0, name, "delete function", "2026-01-01T00:00:00Z"})));
  }
  world.change_release("c", "v2");
  SECTION("also while nothing may be deleted") {
    world.settings.no_deletes = "somebody says so";
  }
  SECTION("with everything allowed") {}
  CHECK(outcome_of(world.sync(), "c") == reconcile::Outcome::done);
  CHECK(run(world.store->inventory())->size() == 3);
  CHECK(run(world.store->open_intents())->empty());
  // What is wanted again is made again.
  world.functions = functions;
  CHECK(outcome_of(world.sync(), "a") == reconcile::Outcome::done);
}

TEST_CASE("what others deleted, or another run is said to have begun to delete and did not, counts as ours") {
  World world;
  for (const char* name : {"a", "b", "c", "d", "e"}) world.add(name);
  world.sync();
  for (const char* name : {"a", "b"}) world.foreign(http::Method::del, "/functions/" + world.urn_of(name));
  REQUIRE(run(world.store->begin_intent({0, "c", "delete function", "2026-01-01T00:00:00Z"})));
  world.change_release("e", "v2");
  const auto report = world.sync();
  CHECK(outcome_of(report, "e") == reconcile::Outcome::blocked);
  CHECK(run(world.store->inventory())->size() == 5);
}

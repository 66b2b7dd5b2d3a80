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

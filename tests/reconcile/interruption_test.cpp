#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;

TEST_CASE("without markers a function whose import lost its answer is ours, also when the run ends badly after that") {
  World world;
  world.settings.plan.writes_markers = false;
  world.add("thumb");
  world.client.after = [](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (is_call(request, http::Method::post, "/functions/import")) return fail(lost_answer());
    return response;
  };
  // It is observed, its intent is settled, and then nothing more comes through.
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/versions")) return std::nullopt;
    return answered(403, R"({"error_code":"FSS.0403","error_msg":"Forbidden"})");
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);

  world.client.before = nullptr;
  world.client.after = nullptr;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
}

TEST_CASE("going on after a failure never prunes another version than the plan names") {
  World world;
  world.add("thumb");
  for (const char* version : {"v1", "v2", "v3", "v4"}) {
    world.change_release("thumb", version);
    world.sync();
  }
  world.functions[0].handling.retain_versions = 4;
  world.change_release("thumb", "v5");
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [&world, is_done](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, http::Method::put, "/code")) return std::nullopt;
    *is_done = true;
    // Somebody begins to use v1, which was to be pruned, and our call fails.
    world.foreign(http::Method::post, "/functions/" + World::urn_of("thumb") + "/aliases",
                  {{"name", "keep"}, {"version", "v1"}});
    return answered(503, "");
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
  CHECK(world.versions_of("thumb") == std::vector<std::string>{"latest", "v1", "v2", "v3", "v4"});
}

TEST_CASE("a manifest that comes back for a run begins the count of runs without it anew") {
  World world;
  world.add("stays");
  world.add("thumb");
  world.sync();
  world.sync();  // seen as desired: from here on the list is enough
  world.settings.refresh = reconcile::Refresh::list;
  world.settings.plan.pruning = plan::Pruning::on;
  const auto both = world.functions;
  const std::vector<manifest::Function> one{both[0]};
  for (const auto& manifests : {one, both, one}) {
    world.functions = manifests;
    world.sync();
  }
  CHECK(world.versions_of("thumb") == std::vector<std::string>{"latest", "v1"});
  world.sync();
  CHECK_THROWS(world.versions_of("thumb"));
}

TEST_CASE("without markers an interrupted import is forgotten only once the inventory has its function") {
  World world;
  world.settings.plan.writes_markers = false;
  world.add("a").version.reset();
  world.functions[0].aliases.clear();
  world.add("b");
  // The process died between the import of the one and its answer.
  world.sync();
  REQUIRE(run(world.store->remove_inventory("a")).has_value());
  const state::Intent interrupted{0, "a", "import", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(interrupted)).has_value());
  world.change_release("b", "v2");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  // And the next one dies while it works on the other.
  bool is_remembered = false;
  bool is_intent_open = true;
  world.client.before = [&](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/versions")) return std::nullopt;
    const auto inventory = run(world.store->inventory());
    for (const auto& entry : *inventory) is_remembered = is_remembered || entry.name == "a";
    is_intent_open = false;
    const auto intents = run(world.store->open_intents());
    for (const auto& intent : *intents) is_intent_open = is_intent_open || intent.function == "a";
    return std::nullopt;
  };
  world.apply(std::move(*plan));
  CHECK((is_remembered || is_intent_open));
}

namespace {

/// Without markers: `thumb` is on the service, and all that is known of it is that its import was begun.
void interrupt_import_of_thumb(World& world) {
  world.settings.plan.writes_markers = false;
  world.settings.plan.pruning = plan::Pruning::on;
  world.add("stays");
  world.add("thumb");
  world.sync();
  REQUIRE(run(world.store->remove_inventory("thumb")).has_value());
  const state::Intent interrupted{0, "thumb", "import", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(interrupted)).has_value());
  world.functions.pop_back();
}

}  // namespace

TEST_CASE("without markers a function whose import was interrupted is in the plan when its manifest is gone") {
  World world;
  interrupt_import_of_thumb(world);
  for (int i = 0; i < 3; ++i) {
    const auto plan = world.make_plan();
    REQUIRE(plan.has_value());
    REQUIRE(plan->functions.size() == 2);
    const plan::FunctionPlan& thumb = plan->functions[1];
    CHECK(thumb.name == "thumb");
    CHECK(thumb.steps.empty());
    REQUIRE(thumb.blocked.size() == 1);
    CHECK(thumb.blocked[0].code == "interrupted_import");
    CHECK(outcome_of(world.apply(*plan), "thumb") == Outcome::blocked);
  }
  CHECK(world.versions_of("thumb") == std::vector<std::string>{"latest", "v1"});
}

TEST_CASE("what is left of an interrupted import can be forgotten, and is then somebody else's") {
  World world;
  interrupt_import_of_thumb(world);
  REQUIRE(world.forget("thumb").has_value());
  CHECK(run(world.store->open_intents())->empty());
  const auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  REQUIRE(plan->functions.size() == 1);
  CHECK(plan->functions[0].name == "stays");
  CHECK_FALSE(world.forget("thumb").has_value());
}

TEST_CASE("an interrupted import whose manifest comes back is gone on with") {
  World world;
  interrupt_import_of_thumb(world);
  world.sync();
  world.add("thumb");
  world.sync();
  CHECK(run(world.store->open_intents())->empty());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
}

TEST_CASE("a function with our mark is ours, also when its import was interrupted") {
  World world;
  interrupt_import_of_thumb(world);
  world.lose_state();
  world.settings.plan.writes_markers = true;
  world.add("thumb");
  world.functions[0].handling.adopt = true;
  world.functions[1].handling.adopt = true;
  world.sync();
  world.functions.pop_back();
  const state::Intent interrupted{0, "thumb", "import", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(interrupted)).has_value());
  world.sync();
  world.sync();
  CHECK_THROWS(world.versions_of("thumb"));
}

TEST_CASE("protect: true counts from the first run that sees it, whatever becomes of the function in that run") {
  World world;
  world.add("stays");
  world.add("thumb");
  world.sync();
  world.sync();
  const std::vector<manifest::Function> one{world.functions[0]};
  world.functions[1].handling.is_protected = true;
  SECTION("when the list shows no change") {
    world.settings.refresh = reconcile::Refresh::list;
  }
  SECTION("when it is blocked") {
    world.write_code("thumb", "other code under a version's name that is taken\n");
  }
  world.sync();
  world.functions = one;
  world.settings.plan.pruning = plan::Pruning::on;
  for (int i = 0; i < 3; ++i) CHECK(outcome_of(world.sync(), "thumb") == Outcome::blocked);
}

TEST_CASE("an import whose answer was lost is not settled by a list that does not show the function yet") {
  World world;
  world.settings.plan.writes_markers = false;
  world.add("thumb");
  world.client.after = [](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (request.method == http::Method::get && request.target.find("func_name=thumb") != std::string::npos) {
      response.body = R"({"functions":[],"next_marker":0,"count":0})";
    }
    const bool is_made = is_call(request, http::Method::post, "/functions/import") && response.status == 200;
    if (is_made) return fail(lost_answer());
    return response;
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
  world.client.after = nullptr;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(run(world.store->open_intents())->empty());
}

TEST_CASE("a function whose creation was interrupted is ours, also where nothing is imported") {
  World world;
  world.settings.plan.writes_markers = false;
  world.settings.import_via = reconcile::ImportVia::create;
  world.add("thumb");
  world.sync();
  REQUIRE(run(world.store->remove_inventory("thumb")).has_value());
  const state::Intent interrupted{0, "thumb", "create", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(interrupted)).has_value());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
}

TEST_CASE("a plan says create once the endpoint has refused to import") {
  World world;
  world.add("a");
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/functions/import")) return std::nullopt;
    return answered(400, R"({"error_code":"FSS.1025","error_msg":"no"})");
  };
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  CHECK(plan::describe(plan->functions[0].steps[0].action) == "import");
  CHECK(outcome_of(world.apply(std::move(*plan)), "a") == Outcome::done);
  world.add("b");
  plan = world.make_plan();
  REQUIRE(plan.has_value());
  CHECK(plan::describe(plan->functions[1].steps[0].action) == "create");
  world.settings.import_via = reconcile::ImportVia::import;
  plan = world.make_plan();
  REQUIRE(plan.has_value());
  CHECK(plan::describe(plan->functions[1].steps[0].action) == "import");
}

// What a run finds and leaves alone must not count as what we applied, nor be trusted without looking.
#include <catch2/catch.hpp>

#include "base/base64.hpp"
#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;

namespace {

/// One function as desired, and foreign code on the service.
void write_foreign_code(World& world) {
  world.sync();
  const std::string foreign = "def handler(event, context): return 'foreign'\n";
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                {{"code_type", "inline"}, {"func_code", {{"file", base64_encode(foreign)}}}});
}

std::string digest_of(World& world) {
  return world.config_of("thumb")["digest"];
}

}  // namespace

TEST_CASE("foreign code that is left alone is noted in every run, and put back once that is wanted") {
  World world;
  world.add("thumb");
  world.settings.refresh = reconcile::Refresh::list;
  write_foreign_code(world);
  world.settings.plan.self_heals = false;
  const std::string foreign = digest_of(world);
  for (int run = 0; run < 2; ++run) {
    const auto plan = world.make_plan();
    REQUIRE(plan.has_value());
    REQUIRE(plan->functions[0].notes.size() == 1);
    CHECK(plan->functions[0].notes[0].code == "drift_left_alone");
    world.apply(*plan);
    CHECK(digest_of(world) == foreign);
  }
  world.settings.plan.self_heals = true;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(digest_of(world) == world.archive_digest("thumb"));
}

TEST_CASE("an alias that pruning takes away is not overlooked by a run that trusts the list") {
  World world;
  world.add("thumb");
  world.settings.refresh = reconcile::Refresh::list;
  world.sync();
  world.functions[0].aliases.clear();
  world.sync();
  CHECK(world.alias_of("thumb", "prod") == "v1");
  world.settings.plan.pruning = plan::Pruning::on;
  world.sync();
  CHECK(world.alias_of("thumb", "prod").empty());
}

namespace {

/// `thumb` on v2 with v1 beside it, self_heal: false, and prod moved back to v1 by somebody else.
void move_alias_by_hand(World& world) {
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.sync();
  world.settings.plan.self_heals = false;
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/aliases/prod", {{"version", "v1"}});
}

}  // namespace

TEST_CASE("an alias that somebody moved is left there until the manifest wants something else of it") {
  World world;
  move_alias_by_hand(world);
  for (int i = 0; i < 2; ++i) {
    const auto plan = world.make_plan();
    REQUIRE(plan.has_value());
    REQUIRE(plan->functions[0].notes.size() == 1);
    CHECK(plan->functions[0].notes[0].message ==
          "alias prod (v1 instead of v2) was changed on the service and is left alone (self_heal: false)");
    world.apply(*plan);
    CHECK(world.alias_of("thumb", "prod") == "v1");
  }
  // Something else of the function is applied: the alias stays.
  world.functions[0].description = "Makes thumbnails";
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v1");
  world.sync();
  CHECK(world.alias_of("thumb", "prod") == "v1");
  world.change_release("thumb", "v3");
  world.sync();
  CHECK(world.alias_of("thumb", "prod") == "v3");
}

TEST_CASE("an alias that somebody moved is moved back once drift is put back again") {
  World world;
  move_alias_by_hand(world);
  world.sync();
  world.settings.plan.self_heals = true;
  world.sync();
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("an alias that could not be moved is moved later, although drift is left alone") {
  World world;
  world.settings.plan.self_heals = false;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::put, "/aliases/prod")) return std::nullopt;
    return answered(403, R"({"error_code":"FSS.0403","error_msg":"Forbidden"})");
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
  CHECK(world.alias_of("thumb", "prod") == "v1");
  world.client.before = nullptr;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("an alias that was rolled back goes on after the release, although drift is left alone") {
  World world;
  world.settings.plan.self_heals = false;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.sync();
  REQUIRE(world.roll_back("thumb", "prod", "v1").has_value());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::blocked);
  REQUIRE(world.release("thumb").has_value());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("foreign code that is left alone does not become ours by what else is applied") {
  World world;
  world.add("thumb");
  write_foreign_code(world);
  world.settings.plan.self_heals = false;
  world.functions[0].extra->tags = std::map<std::string, std::string>{{"team", "media"}};
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  const auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  REQUIRE(plan->functions[0].notes.size() == 1);
  CHECK(plan->functions[0].notes[0].code == "drift_left_alone");
  world.settings.plan.self_heals = true;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(digest_of(world) == world.archive_digest("thumb"));
}

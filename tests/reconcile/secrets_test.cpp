#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kValue = "hunter2-geheim";

/// One function with one secret, published under names that the fingerprint gives.
struct SecretWorld : World {
  explicit SecretWorld(std::optional<int> revision = std::nullopt) {
    manifest::Function& function = add("thumb");
    function.version->is_auto = true;
    function.version->name = "";
    manifest::SecretReference reference;
    reference.source = "DB_PASSWORD";
    reference.revision = revision;
    function.extra->encrypted_user_data["PASSWORD"] = reference;
    secrets["DB_PASSWORD"] = kValue;
    settings.plan.needs_secrets = true;
  }

  /// The values that reached the service, in order.
  std::vector<std::string> sent_secrets() {
    std::vector<std::string> values;
    for (const std::string& body : bodies) {
      const auto json = nlohmann::json::parse(body, nullptr, false);
      if (json.is_object() && json.contains("encrypted_user_data")) {
        values.push_back(json["encrypted_user_data"].get<std::string>());
      }
    }
    return values;
  }

  /// From now on; a hook of its own, so that no other test hook is set.
  void record_bodies() {
    client.before = [this](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
      bodies.push_back(request.body);
      return std::nullopt;
    };
  }

  std::vector<std::string> bodies;
};

}  // namespace

TEST_CASE("secrets reach the service with the first configuration, and then only when they change") {
  SecretWorld world;
  world.record_bodies();
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.sent_secrets() == Texts{R"({"PASSWORD":"hunter2-geheim"})"});
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(world.sent_secrets().size() == 1);

  world.secrets["DB_PASSWORD"] = "another";
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.sent_secrets().back() == R"({"PASSWORD":"another"})");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(world.sent_secrets().size() == 2);
}

TEST_CASE("secrets: the state knows no value") {
  SecretWorld world;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  const auto inventory = run(world.store->inventory());
  REQUIRE(inventory);
  for (const auto& [name, value] : inventory->at(0).config) CHECK(value.find(kValue) == std::string::npos);
  CHECK(inventory->at(0).config.at("encrypted_user_data.PASSWORD").size() == 64);
}

TEST_CASE("secrets: a machine without state sends them again, unless a revision says that they are the same") {
  SECTION("unknown") {
    SecretWorld world;
    world.sync();
    world.lose_state();
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
    CHECK(world.versions_of("thumb").size() == 2);
  }
  SECTION("known by the version") {
    SecretWorld world(1);
    world.sync();
    world.lose_state();
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  }
}

TEST_CASE("secrets: a new revision is published under a new name") {
  SecretWorld world(1);
  world.sync();
  const std::string before = world.alias_of("thumb", "prod");
  world.functions[0].extra->encrypted_user_data["PASSWORD"].revision = 2;
  world.secrets["DB_PASSWORD"] = "another";
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.versions_of("thumb").size() == 3);
  CHECK(world.alias_of("thumb", "prod") != before);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
}

TEST_CASE("secrets: without them sync leaves the function alone, and its neighbours go on") {
  SecretWorld world;
  world.secrets.clear();
  world.add("other");
  const auto report = world.sync();
  CHECK(outcome_of(report, "thumb") == Outcome::blocked);
  CHECK(outcome_of(report, "other") == Outcome::done);
}

TEST_CASE("a foreign change is put back twice within an hour, and the third time it is left to a person") {
  World world;
  world.add("thumb");
  world.sync();
  const auto change = [&world](int timeout) {
    auto config = world.config_of("thumb");
    world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/config",
                  {{"func_name", "thumb"},
                   {"memory_size", 256},
                   {"timeout", timeout},
                   {"runtime", "Python3.9"},
                   {"handler", "index.handler"},
                   {"description", config["description"]}});
  };
  change(5);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  change(6);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  change(7);
  const auto third = world.sync();
  CHECK(outcome_of(third, "thumb") == Outcome::blocked);
  CHECK(third.functions[0].blocked.at(0).code == "another_writer");
  world.clock.advance(std::chrono::hours(1));
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
}

#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;
using Texts = std::vector<std::string>;

TEST_CASE("a new function is imported, published and aliased, and then there is nothing to do") {
  World world;
  world.add("thumb");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.progress.steps == Texts{"thumb: import", "thumb: publish v1", "thumb: create alias prod to v1"});
  CHECK(world.alias_of("thumb", "prod") == "v1");
  world.client.forget_requests();
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(world.client.mutations().empty());
}

TEST_CASE("without state nothing is done again either") {
  World world;
  world.add("thumb");
  world.sync();
  world.lose_state();
  world.client.forget_requests();
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(world.client.mutations().empty());
}

TEST_CASE("a lost state is rebuilt by a sync that finds nothing to do") {
  World world;
  world.add("thumb");
  world.sync();
  world.lose_state();
  world.sync();
  const auto inventory = run(world.store->inventory());
  REQUIRE(inventory.has_value());
  REQUIRE(inventory->size() == 1);
  CHECK(inventory->front().urn == World::urn_of("thumb"));
}

TEST_CASE("a published version carries the fingerprint and the digest that was meant") {
  World world;
  world.add("thumb");
  world.sync();
  const auto answer = world.foreign(http::Method::get, "/functions/" + World::urn_of("thumb") + "/versions");
  const std::string description = answer["versions"][1]["version_description"];
  CHECK(description.find("First [fgsync:fp=1:") == 0);
  CHECK(description.ends_with(":" + world.archive_digest("thumb").substr(0, 12) + "]"));
}

TEST_CASE("planning changes nothing") {
  World world;
  world.add("thumb");
  REQUIRE(world.make_plan().has_value());
  CHECK(world.client.mutations().empty());
}

TEST_CASE("changed code is uploaded and published, and only for the function that changed") {
  World world;
  world.add("a");
  world.add("b").version->name = "v1";
  world.sync();
  world.change_release("a", "v2");
  const auto report = world.sync();
  CHECK(outcome_of(report, "a") == Outcome::done);
  CHECK(outcome_of(report, "b") == Outcome::unchanged);
  CHECK(world.versions_of("a") == Texts{"latest", "v1", "v2"});
  CHECK(world.alias_of("a", "prod") == "v2");
}

TEST_CASE("a console change is put back") {
  World world;
  world.add("thumb");
  world.sync();
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/config",
                {{"func_name", "thumb"},
                 {"runtime", "Python3.9"},
                 {"timeout", 99},
                 {"handler", "index.handler"},
                 {"memory_size", 256}});
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.config_of("thumb")["timeout"] == 30);
  CHECK(world.progress.steps.back() == "thumb: update configuration");
}

TEST_CASE("configuration that fgsync does not manage survives an update") {
  World world;
  world.add("thumb");
  world.sync();
  const nlohmann::json vpc{{"vpc_id", "v-1"}, {"subnet_id", "s-1"}};
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/config",
                {{"func_name", "thumb"},
                 {"runtime", "Python3.9"},
                 {"timeout", 99},
                 {"handler", "index.handler"},
                 {"memory_size", 256},
                 {"xrole", "my-agency"},
                 {"func_vpc", vpc}});
  world.sync();
  CHECK(world.config_of("thumb")["timeout"] == 30);
  CHECK(world.config_of("thumb")["xrole"] == "my-agency");
  CHECK(world.config_of("thumb")["func_vpc"]["vpc_id"] == "v-1");
}

TEST_CASE("an endpoint that refuses import packages gets functions through the create API, asked once") {
  World world;
  world.settings.parallel = 1;
  world.add("a");
  world.add("b");
  int refused = 0;
  world.client.before = [&refused](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/functions/import")) return std::nullopt;
    ++refused;
    return answered(400, R"({"error_code":"FSS.1025","error_msg":"Invalid YAML file."})");
  };
  const auto report = world.sync();
  CHECK(outcome_of(report, "a") == Outcome::done);
  CHECK(outcome_of(report, "b") == Outcome::done);
  CHECK(refused == 1);
  CHECK(world.config_of("b")["user_data"] == world.config_of("a")["user_data"]);
}

TEST_CASE("the failure of one function stays its own") {
  World world;
  world.add("a");
  world.add("b");
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (request.method != http::Method::post || request.body.find("\"func_name\":\"a\"") == std::string::npos) {
      return std::nullopt;
    }
    return answered(400, R"({"error_code":"FSS.1003","error_msg":"Invalid function handler."})");
  };
  const auto report = world.sync();
  CHECK(outcome_of(report, "a") == Outcome::failed);
  CHECK(outcome_of(report, "b") == Outcome::done);
}

TEST_CASE("a missing code directory fails its function, naming the path, and no other") {
  World world;
  world.add("a").code.path = world.directory / "gone";
  world.functions[0].code.position = {"m.yaml", 7, 16};
  world.add("b");
  const auto report = world.sync();
  CHECK(outcome_of(report, "b") == Outcome::done);
  REQUIRE(outcome_of(report, "a") == Outcome::failed);
  CHECK(report.functions[0].error->describe().find("m.yaml:7:16: ") == 0);
  CHECK(report.functions[0].error->describe().find("gone") != std::string::npos);
}

TEST_CASE("a code directory outside of the root is refused") {
  World world;
  const TempDirectory elsewhere;
  elsewhere.write("index.py", "");
  world.add("a").code.path = elsewhere.path();
  const auto report = world.sync();
  REQUIRE(outcome_of(report, "a") == Outcome::failed);
  CHECK(report.functions[0].error->message.find("lies outside of the root") != std::string::npos);
  CHECK(world.client.mutations().empty());
}

TEST_CASE("functions are applied after those that they depend on") {
  World world;
  world.add("a").depends_on = {{"c", {}}};
  world.add("b");
  world.add("c");
  world.sync();
  const auto& ended = world.progress.ended;
  CHECK(std::find(ended.begin(), ended.end(), "c") < std::find(ended.begin(), ended.end(), "a"));
}

TEST_CASE("what depends on a failed function waits and says so") {
  World world;
  world.add("a").depends_on = {{"b", {}}};
  world.add("b").code.path = world.directory / "gone";
  const auto report = world.sync();
  CHECK(outcome_of(report, "a") == Outcome::skipped);
  for (const auto& function : report.functions) {
    if (function.name == "a") CHECK(function.reason == "depends on b, which failed");
  }
}

TEST_CASE("what depends on a function whose manifest has an error waits") {
  World world;
  world.add("a").depends_on = {{"broken", {}}};
  world.settings.rejected = {"broken"};
  CHECK(outcome_of(world.sync(), "a") == Outcome::skipped);
}

TEST_CASE("at most the given number of functions are worked on at once") {
  World world;
  world.settings.parallel = 3;
  for (int i = 0; i < 12; ++i) world.add("f" + std::to_string(i));
  world.sync();
  CHECK(world.client.max_in_flight() == 3);
}

TEST_CASE("a function that no manifest wants is shown and left alone") {
  World world;
  world.add("a");
  world.add("b");
  world.sync();
  world.functions.pop_back();
  SECTION("with the inventory") {}
  SECTION("by its marker") {
    world.lose_state();
  }
  world.client.forget_requests();
  CHECK(outcome_of(world.sync(), "b") == Outcome::blocked);
  CHECK(world.client.mutations().empty());
}

TEST_CASE("a part of the source says nothing about the functions that it leaves out") {
  World world;
  world.add("a");
  world.add("b");
  world.sync();
  world.functions.pop_back();
  world.settings.is_whole_source = false;
  CHECK(world.make_plan()->functions.size() == 1);
}

TEST_CASE("a function of somebody else is not touched, and adopted only on request") {
  World world;
  world.foreign(http::Method::post, "/functions",
                {{"func_name", "thumb"},
                 {"package", "default"},
                 {"runtime", "Python3.9"},
                 {"timeout", 3},
                 {"handler", "index.handler"},
                 {"memory_size", 128},
                 {"code_type", "inline"},
                 {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
  world.add("thumb");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::blocked);
  CHECK(world.client.mutations().empty());
  world.settings.plan.adoption = plan::Adoption::any;
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.config_of("thumb")["description"] == "[fgsync:own=shop]");
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("the digest cache spares reading files that did not change") {
  World world;
  world.add("thumb");
  // Old enough for its stamps to be trusted.
  std::filesystem::last_write_time(world.directory / "thumb/index.py",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  world.clock.advance(std::chrono::hours(24 * 365 * 50));  // the change time is today's: be far after it
  world.sync();
  const auto cache = run(world.store->code_cache());
  REQUIRE(cache.has_value());
  REQUIRE(cache->size() == 1);
  CHECK(cache->front().archive_digest.has_value());
}

TEST_CASE("files that were just written are not remembered") {
  World world;
  world.add("thumb");
  world.sync();
  CHECK(run(world.store->code_cache())->empty());
}

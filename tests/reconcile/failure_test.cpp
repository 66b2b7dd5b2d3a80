#include <catch2/catch.hpp>

#include "tests/reconcile/world.hpp"

using namespace fgsync;
using namespace fgsync::test;
using reconcile::Outcome;
using Texts = std::vector<std::string>;

namespace {

/// Loses the answer to the first call of this kind, after it took effect.
void lose_answer_once(World& world, http::Method method, const std::string& path_end) {
  auto is_done = std::make_shared<bool>(false);
  world.client.after = [=](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (*is_done || !is_call(request, method, path_end)) return response;
    *is_done = true;
    return fail(lost_answer());
  };
}

/// The first call of this kind is answered so, and never seen by the service.
void answer_once(World& world, http::Method method, const std::string& path_end, int status, const std::string& body) {
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [=](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, method, path_end)) return std::nullopt;
    *is_done = true;
    return answered(status, body);
  };
}

std::size_t count_mutations(const World& world, const std::string& path_end) {
  const auto mutations = world.client.mutations();
  return static_cast<std::size_t>(std::count_if(mutations.begin(), mutations.end(),
                                                [&](const std::string& line) { return line.ends_with(path_end); }));
}

}  // namespace

TEST_CASE("a lost answer to an import is settled by observing: ours, and gone on with") {
  World world;
  world.add("thumb");
  lose_answer_once(world, http::Method::post, "/functions/import");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/functions/import") == 1);
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("a lost answer to an import is settled without markers too") {
  World world;
  world.settings.plan.writes_markers = false;
  world.add("thumb");
  lose_answer_once(world, http::Method::post, "/functions/import");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/functions/import") == 1);
}

TEST_CASE("a lost answer to a publish is settled by the list of versions, and never published twice") {
  World world;
  world.add("thumb");
  lose_answer_once(world, http::Method::post, "/versions");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/versions") == 1);
  CHECK(world.versions_of("thumb") == Texts{"latest", "v1"});
}

TEST_CASE("a publish that never arrived is sent again under the same name") {
  World world;
  world.add("thumb");
  answer_once(world, http::Method::post, "/versions", 503, "");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/versions") == 2);
  CHECK(world.versions_of("thumb") == Texts{"latest", "v1"});
}

TEST_CASE("a lost answer to creating or moving an alias is settled by observing") {
  World world;
  world.add("thumb");
  SECTION("create") {
    lose_answer_once(world, http::Method::post, "/aliases");
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
    CHECK(count_mutations(world, "/aliases") == 1);
  }
  SECTION("move") {
    world.sync();
    world.change_release("thumb", "v2");
    lose_answer_once(world, http::Method::put, "/aliases/prod");
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
    CHECK(count_mutations(world, "/aliases/prod") == 1);
    CHECK(world.alias_of("thumb", "prod") == "v2");
  }
}

TEST_CASE("a lost answer to a code or configuration update is settled by observing") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  world.functions[0].timeout = std::chrono::seconds(60);
  const std::string path = GENERATE("/code", "/config");
  lose_answer_once(world, http::Method::put, path);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, path) == 1);
}

TEST_CASE("an answer that is garbage counts as lost") {
  World world;
  world.add("thumb");
  auto is_done = std::make_shared<bool>(false);
  world.client.after = [=](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (!*is_done && is_call(request, http::Method::post, "/versions")) {
      *is_done = true;
      response.body.resize(response.body.size() / 2);
    }
    return response;
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/versions") == 1);
}

TEST_CASE("throttling is waited out as long as the service asks") {
  World world;
  world.add("thumb");
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [=](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, http::Method::post, "/versions")) return std::nullopt;
    *is_done = true;
    http::Response response;
    response.status = 429;
    response.headers = {{"Retry-After", "7"}};
    response.body = R"({"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"})";
    return EmulatedClient::Answer(std::move(response));
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.progress.waits == Texts{"thumb: throttled"});
  CHECK(world.progress.longest_wait == std::chrono::seconds(7));
}

TEST_CASE("failures that never end are given up when the time for retries is over") {
  World world;
  world.add("thumb");
  world.settings.run_timeout = std::chrono::seconds(30);
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (request.method == http::Method::get) return std::nullopt;
    return answered(503, "");
  };
  const auto started = world.clock.now();
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
  CHECK(world.clock.now() - started <= std::chrono::seconds(31));
}

TEST_CASE("identical code that the service has already is no failure") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  // Between plan and apply somebody uploads exactly this code: the service answers 409 FSS.0409.
  http::Request upload;
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [&world, is_done](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, http::Method::put, "/code")) return std::nullopt;
    *is_done = true;
    world.foreign(http::Method::put, request.target.substr(std::string("/v2/p1/fgs").size()),
                  nlohmann::json::parse(request.body));
    return std::nullopt;
  };
  CHECK(outcome_of(world.apply(std::move(*plan)), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("other code in latest right before publishing stops the publish, and no alias moves") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  auto is_done = std::make_shared<bool>(false);
  world.client.after = [&world, is_done](const http::Request& request,
                                         http::Response response) -> EmulatedClient::Answer {
    if (!*is_done && is_call(request, http::Method::put, "/code")) {
      *is_done = true;
      world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                    {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
    }
    return response;
  };
  // Observed again, our code is put back and published: in the end the version holds what the manifest says.
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/code") == 2);
  CHECK(count_mutations(world, "/versions") == 2);  // one in each sync
  CHECK(world.alias_of("thumb", "prod") == "v2");
}

TEST_CASE("a version that was published with other code in the meantime keeps the alias where it is") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
  world.foreign(http::Method::post, "/functions/" + World::urn_of("thumb") + "/versions", {{"version", "v2"}});
  const auto report = world.apply(std::move(*plan));
  CHECK(outcome_of(report, "thumb") == Outcome::blocked);
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("FSS.1016 for an automatic version resolves to the version that is already there") {
  World world;
  auto& function = world.add("thumb");
  world.sync();
  function.version = manifest::WantedVersion{"", true, "", {}};
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("FSS.1016 because only the configuration differs is blocked in words") {
  World world;
  world.add("thumb");
  world.sync();
  world.functions[0].timeout = std::chrono::seconds(60);
  world.functions[0].version->name = "v2";
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/versions")) return std::nullopt;
    return answered(400, R"({"error_code":"FSS.1016","error_msg":"no changes have been made since last publication"})");
  };
  const auto report = world.sync();
  REQUIRE(outcome_of(report, "thumb") == Outcome::blocked);
  CHECK(
      report.functions[0].blocked.front().message ==
      "v2: only the configuration differs from the newest version v1, and the service publishes only on code changes: "
      "change the code as well");
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("what the service refused as nothing new is not tried again until something is new") {
  World world;
  world.add("thumb");
  world.sync();
  world.functions[0].timeout = std::chrono::seconds(60);
  world.functions[0].version->name = "v2";
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/versions")) return std::nullopt;
    return answered(400, R"({"error_code":"FSS.1016","error_msg":"no changes have been made since last publication"})");
  };
  const std::string why = world.sync().functions[0].blocked.at(0).message;
  world.client.before = nullptr;

  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  CHECK(plan->functions[0].steps.empty());
  REQUIRE(plan->functions[0].blocked.size() == 1);
  CHECK(plan->functions[0].blocked[0].code == "nothing_to_publish");
  CHECK(plan->functions[0].blocked[0].message == why);
  CHECK(plan->functions[0].blocked[0].position);
  world.apply(std::move(*plan));

  SECTION("the code") {
    world.write_code("thumb", "def handler(event, context): return 'new'\n");
  }
  SECTION("the settings") {
    world.functions[0].timeout = std::chrono::seconds(90);
  }
  SECTION("the name") {
    world.functions[0].version->name = "v3";
  }
  SECTION("the versions that there are") {
    world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                  {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
    world.foreign(http::Method::post, "/functions/" + World::urn_of("thumb") + "/versions", {{"version", "mine"}});
  }
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK_FALSE(run(world.store->inventory())->at(0).refused_publish);
  CHECK(world.alias_of("thumb", "prod") == world.functions[0].version->name);
}

TEST_CASE("refused credentials stop everything that has not begun") {
  World world;
  world.settings.parallel = 1;
  world.add("a");
  world.add("b");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  world.client.before = [](const http::Request&) {
    return answered(401, R"({"error_msg":"Incorrect IAM authentication information","error_code":"APIGW.0301"})");
  };
  world.client.forget_requests();
  const auto report = world.apply(std::move(*plan));
  CHECK(outcome_of(report, "a") == Outcome::failed);
  CHECK(outcome_of(report, "b") == Outcome::skipped);
  CHECK(world.client.requests().size() == 1);
}

TEST_CASE("a function that cannot be read is unknown, never absent") {
  World world;
  world.add("a");
  world.add("b");
  world.sync();
  world.client.forget_requests();
  world.client.before = [](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (request.target.find(":a/versions") == std::string::npos) return std::nullopt;
    return answered(403, R"({"error_code":"FSS.0403","error_msg":"Forbidden"})");
  };
  const auto report = world.sync();
  CHECK(outcome_of(report, "a") == Outcome::failed);
  CHECK(outcome_of(report, "b") == Outcome::unchanged);
  CHECK(world.client.mutations().empty());
}

TEST_CASE("a list of functions that is shorter than it says is no list") {
  World world;
  world.add("a");
  world.sync();
  world.client.after = [](const http::Request& request, http::Response response) -> EmulatedClient::Answer {
    if (request.target.find("/functions?") != std::string::npos) {
      response.body = R"({"functions":[],"next_marker":0,"count":1})";
    }
    return response;
  };
  const auto plan = world.make_plan();
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().kind == ErrorKind::corrupt);
}

TEST_CASE("reads that are throttled or answered 503 are asked again while planning") {
  World world;
  world.add("a");
  world.sync();
  const int status = GENERATE(429, 503);
  answer_once(world, http::Method::get, "/aliases", status, "");
  CHECK(outcome_of(world.sync(), "a") == Outcome::unchanged);
}

TEST_CASE("an interrupted run is settled by the next one") {
  World world;
  world.add("thumb");
  // The process dies between an import and its answer: the intent stays open.
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  state::Intent intent{0, "thumb", "import", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(intent)).has_value());
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
  CHECK(run(world.store->open_intents())->empty());
}

TEST_CASE("stopping lets what is in flight end and starts nothing more") {
  World world;
  world.settings.parallel = 1;
  world.add("a");
  world.add("b");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  world.client.before = [&world](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (is_call(request, http::Method::post, "/functions/import")) world.reconciler().stop_admitting();
    return std::nullopt;
  };
  const auto report = world.apply(std::move(*plan));
  CHECK(outcome_of(report, "a") == Outcome::done);
  CHECK(outcome_of(report, "b") == Outcome::interrupted);
}

TEST_CASE("going on after a failure never takes a step that the plan did not name") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [&world, is_done](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, http::Method::put, "/code")) return std::nullopt;
    *is_done = true;
    // Somebody changes the configuration, and our call fails.
    world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/config",
                  {{"func_name", "thumb"},
                   {"runtime", "Python3.9"},
                   {"timeout", 99},
                   {"handler", "index.handler"},
                   {"memory_size", 256},
                   {"description", "[fgsync:own=shop]"}});
    return answered(503, "");
  };
  const auto report = world.apply(std::move(*plan));
  REQUIRE(outcome_of(report, "thumb") == Outcome::failed);
  CHECK(report.functions[0].error->message ==
        "the function changed while it was worked on; going on would update configuration, which the plan does not "
        "name: plan again");
}

TEST_CASE("code that somebody uploads between our last look and our publish never gets our alias, also later") {
  World world;
  auto& function = world.add("thumb");
  SECTION("fixed name") {}
  SECTION("automatic name") {
    function.version = manifest::WantedVersion{"", true, "", {}};
  }
  auto is_done = std::make_shared<bool>(false);
  world.client.before = [&world, is_done](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (*is_done || !is_call(request, http::Method::post, "/versions")) return std::nullopt;
    *is_done = true;
    world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                  {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
    return std::nullopt;
  };
  world.sync();
  for (int i = 0; i < 2; ++i) {
    const std::string target = world.alias_of("thumb", "prod");
    const auto versions = world.foreign(http::Method::get, "/functions/" + World::urn_of("thumb") + "/versions");
    const std::string ours = world.archive_digest("thumb");
    for (const auto& version : versions["versions"]) {
      if (version["version"] == target) CHECK(version["digest"] == ours);
    }
    world.lose_state();
    world.sync();
  }
}

TEST_CASE("without markers a function is ours from its import on, whatever becomes of the next steps") {
  World world;
  world.settings.plan.writes_markers = false;
  world.add("thumb");
  SECTION("throttled") {
    answer_once(world, http::Method::post, "/versions", 429, "");
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  }
  SECTION("given up, and taken up by the next run") {
    answer_once(world, http::Method::post, "/versions", 400, R"({"error_code":"FSS.0400","error_msg":"no"})");
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
    CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  }
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("an import that was answered with another digest is ours all the same, and its code is put right") {
  World world;
  world.settings.plan.writes_markers = GENERATE(true, false);
  world.add("thumb");
  auto is_done = std::make_shared<bool>(false);
  world.client.after = [&world, is_done](const http::Request& request,
                                         http::Response response) -> EmulatedClient::Answer {
    if (!*is_done && is_call(request, http::Method::post, "/functions/import")) {
      *is_done = true;
      world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                    {{"code_type", "inline"}, {"func_code", {{"file", "cHJpbnQoMSkK"}}}});
      auto body = nlohmann::json::parse(response.body);
      body["digest"] = world.config_of("thumb")["digest"];
      response.body = body.dump();
    }
    return response;
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(count_mutations(world, "/functions/import") == 1);
  CHECK(world.config_of("thumb")["digest"] == world.archive_digest("thumb"));
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("turning markers off takes them away and goes on publishing") {
  World world;
  world.add("thumb");
  world.sync();
  world.settings.plan.writes_markers = false;
  world.change_release("thumb", "v2");
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::done);
  CHECK(world.alias_of("thumb", "prod") == "v2");
  CHECK(world.config_of("thumb").dump().find("fgsync:own") == std::string::npos);
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::unchanged);
}

TEST_CASE("a writer who undoes every upload is not fought for ever") {
  World world;
  world.add("thumb");
  world.sync();
  world.change_release("thumb", "v2");
  int uploads = 0;
  world.client.after = [&world, &uploads](const http::Request& request,
                                          http::Response response) -> EmulatedClient::Answer {
    if (is_call(request, http::Method::put, "/code")) {
      ++uploads;
      const std::string code = "cHJpbnQo" + std::string(uploads % 2 == 0 ? "MSkK" : "MikK");
      world.foreign(http::Method::put, "/functions/" + World::urn_of("thumb") + "/code",
                    {{"code_type", "inline"}, {"func_code", {{"file", code}}}});
    }
    return response;
  };
  CHECK(outcome_of(world.sync(), "thumb") == Outcome::failed);
  CHECK(uploads <= 5);
  CHECK(world.alias_of("thumb", "prod") == "v1");
}

TEST_CASE("stopping ends a wait at once") {
  World world;
  world.add("thumb");
  auto plan = world.make_plan();
  REQUIRE(plan.has_value());
  world.client.before = [&world](const http::Request& request) -> std::optional<EmulatedClient::Answer> {
    if (!is_call(request, http::Method::post, "/versions")) return std::nullopt;
    world.reconciler().stop_admitting();
    return answered(429, "");
  };
  const auto started = world.clock.now();
  CHECK(outcome_of(world.apply(std::move(*plan)), "thumb") == Outcome::interrupted);
  CHECK(world.clock.now() - started < std::chrono::seconds(1));
}

TEST_CASE("an interrupted step of any kind is settled when the function is as desired") {
  World world;
  world.add("thumb");
  world.sync();
  state::Intent intent{0, "thumb", "publish v1", "2026-01-01T00:00:00Z"};
  REQUIRE(run(world.store->begin_intent(intent)).has_value());
  SECTION("without a step") {}
  SECTION("with one") {
    world.change_release("thumb", "v2");
  }
  world.sync();
  CHECK(run(world.store->open_intents())->empty());
}

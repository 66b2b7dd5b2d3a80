#include "emulator/seed.hpp"

#include <fstream>

#include "injected.hpp"
#include "temporary_folder.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using fgsync::http::Method;

namespace {

constexpr const char* kSeed = R"(
project: p1
functions:
  - func_name: hello
    runtime: Python3.9
    handler: index.handler
    memory_size: 256
    user_data: {STAGE: prod}
    code: {inline: "def handler(event, context): return 3"}
    versions:
      - version: v1
        description: the first
        memory_size: 128
        code: {file: old.zip}
      - version: v2
        user_data: {STAGE: test}
    aliases:
      - {name: prod, version: v1, additional_version_weights: {v2: 10}}
  - func_name: other
    project: p2
    package: tools
    runtime: Node.js14.18
    handler: index.handler
    code: {inline: "exports.handler = async () => 1"}
)";

/// What seeding an empty state in memory says; empty: it worked.
std::string seed_problem(const TemporaryFolder& folder, const std::string& text, Injected& world) {
  std::ofstream(folder.file("seed.yaml")) << text;
  const auto seeded = seed_state(*world.service, {}, folder.file("seed.yaml"), kNow);
  return seeded ? "" : seeded.error().describe();
}

std::string seed_problem(const std::string& text) {
  const TemporaryFolder folder;
  Injected world;
  auto problem = seed_problem(folder, text, world);
  CHECK(world.steer(Method::get, "/state").json()["functions"] == 0);
  const auto at = problem.find("seed.yaml");
  return at == std::string::npos ? problem : problem.substr(at);
}

std::string one_function(const std::string& more) {
  return "project: p1\nfunctions:\n  - func_name: hello\n    runtime: Python3.9\n    handler: index.handler\n" + more;
}

}  // namespace

TEST_CASE("seed: functions, versions and aliases as described") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("old.zip"), std::ios::binary) << code_zip("old");
  Injected world;
  REQUIRE(seed_problem(folder, kSeed, world) == "");
  CHECK(world.steer(Method::get, "/state").json()["functions"] == 2);

  const auto latest = world.get(kHello + "/config").json();
  CHECK(latest["memory_size"] == 256);
  CHECK(latest["user_data"] == R"({"STAGE":"prod"})");
  CHECK(latest["timeout"] == 30);
  const auto first = world.get(kHello + ":v1/config").json();
  CHECK(first["memory_size"] == 128);
  CHECK(first["code_type"] == "zip");
  const auto listed = world.get(kHello + "/versions").json();
  CHECK(listed["versions"][1]["version_description"] == "the first");
  CHECK(first["digest"] == fgsync::sha512_hex(code_zip("old")));
  const auto second = world.get(kHello + ":v2/config").json();
  CHECK(second["memory_size"] == 256);
  CHECK(second["user_data"] == R"({"STAGE":"test"})");
  CHECK(second["digest"] == latest["digest"]);
  const auto alias = world.get(kHello + "/aliases/prod").json();
  CHECK(alias["version"] == "v1");
  CHECK(alias["additional_version_weights"] == Json{{"v2", 10}});
}

TEST_CASE("seed: mistakes have their place, and leave the state empty") {
  CHECK(seed_problem("functions: []\nfunction: 1\n") ==
        "seed.yaml:2:1: function: unknown key; did you mean functions?");
  CHECK(seed_problem("{}") == "seed.yaml:1:1: functions: is missing");
  CHECK(seed_problem("functions:\n  - func_name: hello\n    code: {inline: x}\n") ==
        "seed.yaml:2:5: functions[0].project: is missing, here and at the top of the document");
  CHECK(seed_problem(one_function("    memorysize: 3\n    code: {inline: x}\n")) ==
        "seed.yaml:6:5: functions[0].memorysize: unknown key; did you mean memory_size?");
  CHECK(seed_problem(one_function("    code: {}\n")) ==
        "seed.yaml:6:11: functions[0].code: must be either file or inline, found a mapping");
  CHECK_THAT(
      seed_problem(one_function("    code: {file: none.zip}\n")),
      Catch::Matchers::StartsWith("seed.yaml:6:11: cannot read the code ") && Catch::Matchers::EndsWith("none.zip"));
  CHECK(seed_problem(one_function("    memory_size: 5\n    code: {inline: x}\n")) ==
        "seed.yaml:3:5: hello: the service refuses it: 400 FSS.1007 Invalid function memory.");
}

TEST_CASE("seed: two versions of the same are refused, as by the service") {
  const auto problem =
      seed_problem(one_function("    code: {inline: x}\n    versions:\n      - version: v1\n      - version: v2\n"));
  CHECK_THAT(problem, Catch::Matchers::StartsWith("seed.yaml:9:9: hello: the service refuses it: 400 FSS.1016"));
}

TEST_CASE("seed: a state that is not empty is left alone") {
  const TemporaryFolder folder;
  Injected world;
  world.send(Method::post, "", create_body("mine"));
  const auto problem = seed_problem(folder, kSeed, world);
  CHECK(problem ==
        "the state is not empty, it has 1 functions: start without --seed-state to go on with it, or with another "
        "--state to begin with the seed");
  CHECK(world.get("").json()["count"] == 1);
}

TEST_CASE("seed: a snapshot, or another emulator's state") {
  const TemporaryFolder folder;
  {
    Injected world("{}", {}, folder.file("state.db"));
    world.send(Method::post, "", create_body("kept"));
    world.steer(Method::put, "/state/snapshots/one");
  }
  for (const auto* file : {"state.db", "state.db.snapshots/one.db"}) {
    Injected world;
    REQUIRE(seed_state(*world.service, {}, folder.file(file), kNow));
    CHECK(world.get("").json()["functions"][0]["func_name"] == "kept");
  }
}

TEST_CASE("seed: credentials that requests need are not needed for the seed") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("old.zip"), std::ios::binary) << code_zip("old");
  ServiceOptions options;
  options.token = "good";
  Injected world("{}", options);
  std::ofstream(folder.file("seed.yaml")) << kSeed;
  REQUIRE(seed_state(*world.service, options, folder.file("seed.yaml"), kNow));
  CHECK(world.get("").outcome() == "401 APIGW.0301");
  CHECK(world.send(Method::get, "", nullptr, {{"X-Auth-Token", "good"}}).reply.json()["count"] == 1);
}

TEST_CASE("seed: a file that is not there is told") {
  Injected world;
  const auto seeded = seed_state(*world.service, {}, "/nowhere/seed.yaml", kNow);
  REQUIRE_FALSE(seeded);
  CHECK_THAT(seeded.error().describe(), Catch::Matchers::StartsWith("/nowhere/seed.yaml: cannot be read as a seed"));
}

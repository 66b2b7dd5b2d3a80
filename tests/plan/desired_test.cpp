#include "plan/desired.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

const ContentDigest kContent{"c1"};

}  // namespace

TEST_CASE("the fingerprint is 12 hex digits and stays what it was") {
  // A golden value: if it changes, every automatic version in the world is published again.
  CHECK(plan::fingerprint_of(kContent, wanted_function()) == "4c8d0e2509e5");
}

TEST_CASE("everything that a version freezes is in the fingerprint") {
  auto function = wanted_function();
  const std::string before = plan::fingerprint_of(kContent, function);
  SECTION("content") {
    CHECK(plan::fingerprint_of(ContentDigest{"c2"}, function) != before);
  }
  SECTION("runtime") {
    function.runtime = "Node.js18.15";
    CHECK(plan::fingerprint_of(kContent, function) != before);
  }
  SECTION("handler") {
    function.handler = "a.b";
    CHECK(plan::fingerprint_of(kContent, function) != before);
  }
  SECTION("memory_size") {
    function.memory_size = 512;
    CHECK(plan::fingerprint_of(kContent, function) != before);
  }
  SECTION("timeout") {
    function.timeout = std::chrono::seconds(31);
    CHECK(plan::fingerprint_of(kContent, function) != before);
  }
  SECTION("user_data") {
    function.user_data["MORE"] = "";
    CHECK(plan::fingerprint_of(kContent, function) != before);
  }
}

TEST_CASE("what a version does not freeze is not in the fingerprint") {
  auto function = wanted_function();
  const std::string before = plan::fingerprint_of(kContent, function);
  function.description = "other";
  function.labels = {{"team", "x"}};
  function.aliases.clear();
  function.version->name = "v9";
  CHECK(plan::fingerprint_of(kContent, function) == before);
}

TEST_CASE("keys and values cannot run into each other in the fingerprint") {
  auto one = wanted_function();
  auto other = wanted_function();
  one.user_data = {{"A", "B"}, {"C", "D"}};
  other.user_data = {{"A", "BuC"}, {"D", ""}};
  CHECK(plan::fingerprint_of(kContent, one) != plan::fingerprint_of(kContent, other));
}

TEST_CASE("an update changes what is managed and keeps what is not") {
  functiongraph::FunctionConfig current = plan::desired_config(wanted_function(), std::nullopt);
  current.xrole = "agency";
  current.vpc = functiongraph::Vpc{};
  current.vpc->vpc_id = "v";
  current.lts_custom_tag = {{"k", "v"}};

  auto function = wanted_function();
  function.handler = "other.handler";
  function.memory_size = 1024;
  function.timeout = std::chrono::seconds(77);
  function.user_data = {{"NEW", "1"}};
  const auto wanted = plan::desired_config(function, "shop");
  const auto sent = plan::with_managed_settings(current, function, "shop");

  CHECK(sent.runtime == wanted.runtime);
  CHECK(sent.description == wanted.description);
  CHECK(plan::comparable_fields(sent, function) == plan::comparable_fields(wanted, function));
  CHECK(sent.xrole == "agency");
  REQUIRE(sent.vpc);
  CHECK(sent.vpc->vpc_id == "v");
  CHECK(sent.lts_custom_tag == current.lts_custom_tag);
}

TEST_CASE("changes of fields: what went, came and is another, in order of name") {
  const auto changes = plan::field_changes({{"a", "1"}, {"c", "1"}, {"d", "1"}, {"f", "1"}},
                                           {{"b", "2"}, {"c", "2"}, {"d", "1"}, {"e", "2"}, {"g", "2"}});
  std::string text;
  for (const auto& change : changes) {
    text += change.path + ":" + change.before.value_or("-") + change.after.value_or("-") + " ";
  }
  CHECK(text == "a:1- b:-2 c:12 e:-2 f:1- g:-2 ");
}

TEST_CASE("a configuration that is as wanted has no changes, and one that is not has those of its fields") {
  const auto function = wanted_function();
  const std::optional<std::string> owner = "shop";
  const auto wanted = plan::desired_config(function, owner);
  CHECK(plan::config_changes(wanted, function, owner).empty());
  CHECK(plan::frozen_changes(wanted, function).empty());

  using Config = functiongraph::FunctionConfig;
  const std::vector<std::pair<std::string, void (*)(Config&)>> fields{
      {"handler", [](Config& config) { config.handler = "other.handler"; }},
      {"memory_size", [](Config& config) { config.memory_size = 128; }},
      {"timeout", [](Config& config) { config.timeout = std::chrono::seconds(1); }},
      {"user_data.BUCKET", [](Config& config) { config.user_data.erase("BUCKET"); }},
      {"description", [](Config& config) { config.description = "Another"; }},
      {"runtime", [](Config& config) { config.runtime = "Python3.10"; }},
  };
  for (const auto& [name, change] : fields) {
    auto config = wanted;
    change(config);
    const auto changes = plan::config_changes(config, function, owner);
    const auto frozen = plan::frozen_changes(config, function);
    INFO(name);
    CHECK(changes.size() == (name == "runtime" ? 0 : 1));
    CHECK(frozen.size() == (name == "description" ? 0 : 1));
    if (!changes.empty()) CHECK(changes.front().path == name);
    if (!frozen.empty()) CHECK(frozen.front().path == name);
  }
}

TEST_CASE("a named setting that differs is a change, of a version only where lists show it") {
  auto function = wanted_function();
  function.extra->xrole = "reader";
  function.extra->ephemeral_storage = 1024;
  const auto wanted = plan::desired_config(function, std::nullopt);
  CHECK(plan::config_changes(wanted, function, std::nullopt).empty());

  auto config = wanted;
  config.ephemeral_storage.reset();
  CHECK(plan::config_changes(config, function, std::nullopt).size() == 1);
  CHECK(plan::frozen_changes(config, function).empty());
  config.xrole.reset();
  CHECK(plan::config_changes(config, function, std::nullopt).size() == 2);
  CHECK(plan::frozen_changes(config, function).size() == 1);
}

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
  const auto sent = plan::with_managed_settings(current, wanted);

  CHECK(sent.runtime == wanted.runtime);
  CHECK(sent.description == wanted.description);
  CHECK(plan::comparable_fields(sent) == plan::comparable_fields(wanted));
  CHECK(sent.xrole == "agency");
  REQUIRE(sent.vpc);
  CHECK(sent.vpc->vpc_id == "v");
  CHECK(sent.lts_custom_tag == current.lts_custom_tag);
}

// A fingerprint names versions and ends their descriptions: one that changes by itself publishes the world again.
// Golden values are part of the format.
#include <catch2/catch.hpp>

#include "plan/desired.hpp"
#include "tests/plan/settings_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

std::string fingerprint(const manifest::Function& function) {
  return plan::fingerprint_of(ContentDigest{"c1"}, function);
}

}  // namespace

TEST_CASE("fingerprints stay what they were") {
  CHECK(fingerprint(wanted_function()) == "4c8d0e2509e5");
  CHECK(fingerprint(with_every_setting()) == "a6728a969c31");
}

TEST_CASE("settings as the service sets them by itself change no fingerprint") {
  const auto basic = wanted_function();
  auto function = basic;
  SECTION("enable_dynamic_memory") {
    function.extra->enable_dynamic_memory = false;
  }
  SECTION("ephemeral_storage") {
    function.extra->ephemeral_storage = 512;
  }
  SECTION("strategy_config") {
    function.extra->strategy_config = manifest::StrategyConfig{-1, 1};
  }
  SECTION("network_controller") {
    function.extra->network_controller = manifest::NetworkController{false, {}};
  }
  SECTION("depend_version_list") {
    function.extra->depend_version_list = std::vector<std::string>{};
  }
  SECTION("xrole") {
    function.extra->xrole = "";
  }
  SECTION("all of them") {
    function.extra->enable_dynamic_memory = false;
    function.extra->ephemeral_storage = 512;
    function.extra->strategy_config = manifest::StrategyConfig{-1, 1};
    function.extra->network_controller = manifest::NetworkController{false, {}};
    function.extra->depend_version_list = std::vector<std::string>{};
  }
  CHECK(fingerprint(function) == fingerprint(basic));
}

TEST_CASE("what no version freezes changes no fingerprint") {
  auto function = wanted_function();
  SECTION("mounts") {
    function.extra->mount_config = manifest::MountConfig{1, 1, {{"sfs", "fs", "/", "/mnt"}}};
  }
  SECTION("tags") {
    function.extra->tags = std::map<std::string, std::string>{{"team", "media"}};
  }
  SECTION("instances at most") {
    function.extra->max_instance_num = 10;
  }
  SECTION("asynchronous invocations") {
    function.extra->function_async_config.emplace().max_async_retry_attempts = 1;
  }
  SECTION("reserved instances") {
    function.extra->reserved_instances = std::vector<manifest::ReservedInstances>{{"prod", 2, std::nullopt, {}}};
  }
  SECTION("the enterprise project") {
    function.extra->enterprise_project_id = "ep";
  }
  SECTION("the generation") {
    function.extra->type = "v2";
  }
  SECTION("the app") {
    function.app = "media";
  }
  SECTION("how fgsync treats it") {
    function.handling.retain_versions = 3;
    function.handling.is_protected = true;
    function.handling.adopt = true;
    function.handling.self_heal = false;
  }
  CHECK(fingerprint(function) == fingerprint(wanted_function()));
}

TEST_CASE("every unusual setting that a version freezes is in the fingerprint") {
  const auto function = with_every_setting();
  const auto fields = plan::fingerprint_fields(function);
  std::set<std::string> seen;
  const auto differs = [&seen](const manifest::Function& changed) { return seen.insert(fingerprint(changed)).second; };
  REQUIRE(differs(function));
  auto changed = function;
  changed.extra->xrole = "x";
  CHECK(differs(changed));
  changed.extra->app_xrole = "x";
  CHECK(differs(changed));
  changed.extra->initializer_handler = "x.y";
  CHECK(differs(changed));
  changed.extra->initializer_timeout = std::chrono::seconds(1);
  CHECK(differs(changed));
  changed.extra->pre_stop_handler = "x.y";
  CHECK(differs(changed));
  changed.extra->pre_stop_timeout = std::chrono::seconds(1);
  CHECK(differs(changed));
  changed.extra->depend_version_list = std::vector<std::string>{"a", "b"};
  CHECK(differs(changed));
  changed.extra->depend_version_list = std::vector<std::string>{"b", "a"};  // later ones lie over earlier ones
  CHECK(differs(changed));
  changed.extra->func_vpc->subnet_id = "x";
  CHECK(differs(changed));
  changed.extra->func_vpc->security_groups = {"x"};
  CHECK(differs(changed));
  changed.extra->strategy_config->concurrency = 1;
  CHECK(differs(changed));
  changed.extra->strategy_config->concurrent_num = 2;
  CHECK(differs(changed));
  changed.extra->enable_dynamic_memory = false;
  CHECK(differs(changed));
  changed.extra->ephemeral_storage = 512;
  CHECK(differs(changed));
  changed.extra->log_config->stream_id = "x";
  CHECK(differs(changed));
  changed.extra->network_controller->disable_public_network = false;
  CHECK(differs(changed));
  changed.extra->network_controller->trigger_access_vpcs = {{"x", ""}};
  CHECK(differs(changed));
  changed.code.image = "x";
  CHECK(differs(changed));
  CHECK(fields.size() == 29);
}

TEST_CASE("what is left to others is still in the fingerprint: pointers publish nothing anew") {
  auto function = wanted_function();
  function.handling.ignore_differences = {"/memory_size", "/user_data"};
  CHECK(fingerprint(function) == fingerprint(wanted_function()));
}

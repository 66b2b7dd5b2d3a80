#include "plan/settings.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/settings_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using functiongraph::FunctionConfig;
using plan::SettingScope;
using Fields = std::map<std::string, std::string>;

namespace {

FunctionConfig config_of(const manifest::Function& function) {
  return plan::desired_config(function, std::nullopt);
}

std::set<std::string> names_in(SettingScope scope) {
  const auto function = with_every_setting();
  std::set<std::string> names;
  for (const auto& [name, value] : plan::named_settings(function, config_of(function), scope)) names.insert(name);
  return names;
}

}  // namespace

TEST_CASE("a manifest that names no other setting has none to compare") {
  CHECK(plan::named_settings(wanted_function(), config_of_somebody_else(), SettingScope::all).empty());
}

TEST_CASE("every setting that a manifest names is read by the name of its key") {
  const auto function = with_every_setting();
  CHECK(plan::named_settings(function, config_of(function), SettingScope::all) ==
        Fields{{"xrole", "agency"},
               {"app_xrole", "run-agency"},
               {"initializer_handler", "index.init"},
               {"initializer_timeout", "10"},
               {"pre_stop_handler", "index.stop"},
               {"pre_stop_timeout", "5"},
               {"func_vpc.vpc_id", "vpc-1"},
               {"func_vpc.subnet_id", "subnet-1"},
               {"func_vpc.vpc_name", "media"},
               {"func_vpc.subnet_name", "media-a"},
               {"func_vpc.cidr", "10.0.0.0/24"},
               {"func_vpc.gateway", "10.0.0.1"},
               {"func_vpc.security_groups", "sg-1, sg-2"},
               {"mount_config.mount_user", "1003:1004"},
               {"mount_config.func_mounts", "sfsTurbo fs-1/share at /mnt/share"},
               {"strategy_config.concurrency", "100"},
               {"strategy_config.concurrent_num", "20"},
               {"enable_dynamic_memory", "true"},
               {"ephemeral_storage", "10240"},
               {"log_config.group_id", "group-1"},
               {"log_config.stream_id", "stream-1"},
               {"log_config.group_name", "media"},
               {"log_config.stream_name", "thumb"},
               {"network_controller.disable_public_network", "true"},
               {"network_controller.trigger_access_vpcs", "vpc-1, vpc-2"},
               {"enterprise_project_id", "ep-1"},
               {"code.image", "swr/team/thumb:2"}});
}

TEST_CASE("a setting that the service does not have is as the service sets it by itself") {
  CHECK(plan::named_settings(with_every_setting(), FunctionConfig(), SettingScope::all) ==
        Fields{{"xrole", ""},
               {"app_xrole", ""},
               {"initializer_handler", ""},
               {"initializer_timeout", ""},
               {"pre_stop_handler", ""},
               {"pre_stop_timeout", ""},
               {"func_vpc.vpc_id", ""},
               {"func_vpc.subnet_id", ""},
               {"func_vpc.vpc_name", ""},
               {"func_vpc.subnet_name", ""},
               {"func_vpc.cidr", ""},
               {"func_vpc.gateway", ""},
               {"func_vpc.security_groups", ""},
               {"mount_config.mount_user", "-1:-1"},
               {"mount_config.func_mounts", ""},
               {"strategy_config.concurrency", "-1"},
               {"strategy_config.concurrent_num", "1"},
               {"enable_dynamic_memory", "false"},
               {"ephemeral_storage", "512"},
               {"log_config.group_id", ""},
               {"log_config.stream_id", ""},
               {"log_config.group_name", ""},
               {"log_config.stream_name", ""},
               {"network_controller.disable_public_network", "false"},
               {"network_controller.trigger_access_vpcs", ""},
               {"enterprise_project_id", ""},
               {"code.image", ""}});
}

TEST_CASE("a version freezes all but mounts and what concerns the function as a whole") {
  auto frozen = names_in(SettingScope::all);
  for (const char* name : {"mount_config.mount_user", "mount_config.func_mounts", "enterprise_project_id"}) {
    REQUIRE(frozen.erase(name) == 1);
  }
  CHECK(names_in(SettingScope::frozen) == frozen);
}

TEST_CASE("a list of versions does not show networks, storage and logs") {
  CHECK(names_in(SettingScope::listed) ==
        std::set<std::string>{"xrole", "app_xrole", "initializer_handler", "initializer_timeout", "pre_stop_handler",
                              "pre_stop_timeout", "strategy_config.concurrency", "strategy_config.concurrent_num",
                              "enable_dynamic_memory", "code.image"});
}

TEST_CASE("setting every setting makes it so, whatever was there") {
  const auto function = with_every_setting();
  FunctionConfig config = GENERATE(FunctionConfig(), config_of_somebody_else());
  plan::set_named_settings(function, config);
  CHECK(plan::named_settings(function, config, SettingScope::all) ==
        plan::named_settings(function, config_of(function), SettingScope::all));
}

TEST_CASE("setting leaves alone what the manifest does not name") {
  FunctionConfig config = config_of_somebody_else();
  plan::set_named_settings(wanted_function(), config);
  CHECK(plan::named_settings(with_every_setting(), config, SettingScope::all) ==
        plan::named_settings(with_every_setting(), config_of_somebody_else(), SettingScope::all));
}

TEST_CASE("the same settings in another order are the same") {
  auto one = with_every_setting();
  auto other = one;
  std::swap(other.extra->func_vpc->security_groups[0], other.extra->func_vpc->security_groups[1]);
  auto& vpcs = other.extra->network_controller->trigger_access_vpcs;
  std::swap(vpcs[0], vpcs[1]);
  one.extra->mount_config->mounts.push_back({"sfs", "fs-2", "/", "/mnt/other"});
  other.extra->mount_config->mounts.insert(other.extra->mount_config->mounts.begin(),
                                           {"sfs", "fs-2", "/", "/mnt/other"});
  CHECK(plan::named_settings(one, config_of(one), SettingScope::all) ==
        plan::named_settings(other, config_of(other), SettingScope::all));
}

TEST_CASE("names that a manifest leaves out of a network or a log are the service's to fill in") {
  auto function = wanted_function();
  function.extra->func_vpc = manifest::Vpc{"vpc-1", "subnet-1", "", "", "", "", {}};
  function.extra->log_config = manifest::LogConfig{"group-1", "stream-1", "", ""};
  FunctionConfig there = config_of(function);
  there.vpc->vpc_name = "media";
  there.vpc->cidr = "10.0.0.0/24";
  there.vpc->security_groups = {"sg-1"};
  there.log_config->group_name = "media";
  CHECK(plan::comparable_fields(there, function) == plan::comparable_fields(config_of(function), function));

  const FunctionConfig sent = plan::with_managed_settings(there, function, std::nullopt);
  CHECK(sent.vpc->cidr == "10.0.0.0/24");
  CHECK(sent.vpc->security_groups == std::vector<std::string>{"sg-1"});
}

TEST_CASE("a network that changes takes nothing of the old one along") {
  auto function = wanted_function();
  function.extra->func_vpc = manifest::Vpc{"vpc-1", "subnet-1", "", "", "", "", {}};
  FunctionConfig config = config_of_somebody_else();
  plan::set_named_settings(function, config);
  CHECK(config.vpc->vpc_id == "vpc-1");
  CHECK(config.vpc->cidr.empty());
  CHECK(config.vpc->gateway.empty());
  CHECK(config.vpc->security_groups.empty());
}

TEST_CASE("of the network controller only what is named is set") {
  auto function = wanted_function();
  function.extra->network_controller = manifest::NetworkController{true, {}};
  FunctionConfig config = config_of_somebody_else();
  plan::set_named_settings(function, config);
  CHECK(config.network_controller->disable_public_network);
  CHECK(config.network_controller->trigger_access_vpcs.size() == 1);
  CHECK(plan::named_settings(function, config, SettingScope::all) ==
        Fields{{"network_controller.disable_public_network", "true"}});
}

TEST_CASE("an image keeps the rest of what the service knows of it") {
  FunctionConfig config = config_of_somebody_else();
  config.custom_image->command = "node";
  plan::set_named_settings(with_every_setting(), config);
  CHECK(config.custom_image->image == "swr/team/thumb:2");
  CHECK(config.custom_image->enabled);
  CHECK(config.custom_image->command == "node");
}

TEST_CASE("a setting as the service sets it by itself is not unusual") {
  auto function = wanted_function();
  function.extra->enable_dynamic_memory = false;
  function.extra->ephemeral_storage = 512;
  function.extra->strategy_config = manifest::StrategyConfig{-1, 1};
  function.extra->network_controller = manifest::NetworkController{false, {}};
  CHECK(plan::unusual_settings(function, config_of(function)).empty());
  function.extra->ephemeral_storage = 10240;
  function.extra->strategy_config->concurrent_num = 20;
  CHECK(plan::unusual_settings(function, config_of(function)) ==
        Fields{{"ephemeral_storage", "10240"}, {"strategy_config.concurrent_num", "20"}});
}

TEST_CASE("what a version does not freeze is never unusual") {
  const auto function = with_every_setting();
  const auto unusual = plan::unusual_settings(function, config_of(function));
  CHECK(unusual == plan::named_settings(function, config_of(function), SettingScope::frozen));
}

TEST_CASE("what a list of versions does not show, of what is named and not left to others") {
  auto function = wanted_function();
  CHECK(plan::unlisted_settings(function).empty());
  function.extra->xrole = "agency";
  CHECK(plan::unlisted_settings(function).empty());
  function.extra->ephemeral_storage = 10240;
  function.extra->depend_version_list = std::vector<std::string>{"d1"};
  CHECK(plan::unlisted_settings(function) == std::set<std::string>{"depend_version_list", "ephemeral_storage"});
  function.handling.ignore_differences = {"/depend_version_list", "/ephemeral_storage"};
  CHECK(plan::unlisted_settings(function).empty());
}

#pragma once

#include <string>

#include "functiongraph/types.hpp"
#include "manifest/function.hpp"
#include "tests/plan/base_case.hpp"

namespace fgsync::test {

/// A manifest that names every setting of the configuration, none of them as the service sets it by itself.
inline manifest::Function with_every_setting() {
  manifest::Function function = wanted_function();
  function.code.kind = manifest::Code::Kind::image;
  function.code.image = "swr/team/thumb:2";
  manifest::ExtraSettings& extra = *function.extra;
  extra.xrole = "agency";
  extra.app_xrole = "run-agency";
  extra.initializer_handler = "index.init";
  extra.initializer_timeout = std::chrono::seconds(10);
  extra.pre_stop_handler = "index.stop";
  extra.pre_stop_timeout = std::chrono::seconds(5);
  extra.func_vpc = manifest::Vpc{"vpc-1", "subnet-1", "media", "media-a", "10.0.0.0/24", "10.0.0.1", {"sg-2", "sg-1"}};
  extra.mount_config = manifest::MountConfig{1003, 1004, {{"sfsTurbo", "fs-1", "/share", "/mnt/share"}}};
  extra.strategy_config = manifest::StrategyConfig{100, 20};
  extra.enable_dynamic_memory = true;
  extra.ephemeral_storage = 10240;
  extra.log_config = manifest::LogConfig{"group-1", "stream-1", "media", "thumb"};
  extra.network_controller = manifest::NetworkController{true, {{"vpc-2", "office"}, {"vpc-1", "media"}}};
  extra.enterprise_project_id = "ep-1";
  return function;
}

/// Every setting that `with_every_setting` names, each another one.
inline functiongraph::FunctionConfig config_of_somebody_else() {
  functiongraph::FunctionConfig config;
  config.runtime = "Python3.9";
  config.handler = "by.hand";
  config.memory_size = 4096;
  config.timeout = std::chrono::seconds(99);
  config.description = "By hand [fgsync:own=shop]";
  config.user_data = {{"BUCKET", "elsewhere"}};
  config.xrole = "other-agency";
  config.app_xrole = "other-run-agency";
  config.initializer = functiongraph::Hook{"by.init", std::chrono::seconds(90)};
  config.pre_stop = functiongraph::Hook{"by.stop", std::chrono::seconds(60)};
  config.vpc = functiongraph::Vpc{.vpc_id = "vpc-9",
                                  .subnet_id = "subnet-9",
                                  .vpc_name = "other",
                                  .subnet_name = "other-a",
                                  .cidr = "10.9.0.0/24",
                                  .gateway = "10.9.0.1",
                                  .domain_id = "",
                                  .namespace_id = "",
                                  .security_groups = {"sg-9"},
                                  .is_safety = {}};
  config.mount_config = functiongraph::MountConfig{7, 8, {{"sfs", "fs-9", "/", "/mnt/other"}}};
  config.strategy_config = functiongraph::StrategyConfig{9, 2};
  config.enable_dynamic_memory = false;
  config.ephemeral_storage = 512;
  config.log_config = functiongraph::LogConfig{"group-9", "other", "stream-9", "other"};
  config.network_controller = functiongraph::NetworkController{false, {{"other", "vpc-9"}}};
  config.enterprise_project_id = "ep-9";
  config.custom_image = functiongraph::CustomImage{.enabled = true,
                                                   .image = "swr/team/thumb:1",
                                                   .command = "",
                                                   .args = "",
                                                   .working_dir = "",
                                                   .uid = "",
                                                   .gid = "",
                                                   .is_public = {}};
  return config;
}

/// `/func_vpc/vpc_id` for `func_vpc.vpc_id`.
inline std::string pointer_to(std::string field) {
  for (char& letter : field) {
    if (letter == '.') letter = '/';
  }
  return "/" + field;
}

}  // namespace fgsync::test

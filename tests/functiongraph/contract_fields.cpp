#include "contract_fields.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using std::chrono::seconds;

template <class T, class Value>
Field field(const char* name, Taken taken, Listed listed, T FunctionConfig::* member, Value value) {
  return Field{name, taken, listed, [member, value](FunctionConfig& config) { config.*member = value; },
               [member](const FunctionConfig& a, const FunctionConfig& b) { return a.*member == b.*member; }};
}

Vpc some_vpc() {
  Vpc vpc;
  vpc.vpc_id = "4e3f2c1a-0000-0000-0000-000000000001";
  vpc.subnet_id = "4e3f2c1a-0000-0000-0000-000000000002";
  vpc.vpc_name = "vpc-ü";
  vpc.subnet_name = "subnet-a";
  vpc.cidr = "192.168.0.0/24";
  vpc.gateway = "192.168.0.1";
  vpc.security_groups = {"group-a", "group-b"};
  vpc.is_safety = true;
  return vpc;
}

MountConfig some_mounts() {
  MountConfig mounts;
  mounts.user_id = 1005;
  mounts.user_group_id = 1006;
  mounts.mounts = {Mount{"sfs", "fs-1", "/share", "/mnt/a"}, Mount{"ecs", "host-1", "/data", "/mnt/b"}};
  return mounts;
}

CustomImage some_image() {
  CustomImage image;
  image.enabled = true;
  image.image = "swr.cn-north-4.myhuaweicloud.com/shop/hello:1";
  image.command = "/bin/sh";
  image.args = "-c,run";
  image.working_dir = "/srv";
  image.uid = "1003";
  image.gid = "1004";
  return image;
}

NetworkController some_network() {
  NetworkController network;
  network.disable_public_network = true;
  network.trigger_access_vpcs = {{"vpc-a", "4e3f2c1a-0000-0000-0000-000000000001"}};
  return network;
}

}  // namespace

const std::vector<Field>& all_fields() {
  using C = FunctionConfig;
  static const std::vector<Field> fields{
      field("handler", Taken::by_create_too, Listed::with_versions, &C::handler, "other.entry"),
      field("memory_size", Taken::by_create_too, Listed::with_versions, &C::memory_size, 1024),
      field("timeout", Taken::by_create_too, Listed::with_versions, &C::timeout, seconds(900)),
      field("description", Taken::by_create_too, Listed::nowhere, &C::description, "something else"),
      field("user_data", Taken::by_create_too, Listed::with_versions, &C::user_data,
            std::map<std::string, std::string>{{"B", "2"}, {"C", ""}}),
      field("gpu_memory", Taken::by_create_too, Listed::nowhere, &C::gpu_memory, 1024),
      field("gpu_type", Taken::by_create_too, Listed::nowhere, &C::gpu_type, "nvidia-t4"),
      field("xrole", Taken::by_create_too, Listed::with_versions, &C::xrole, "agency-a"),
      field("app_xrole", Taken::by_create_too, Listed::with_versions, &C::app_xrole, "agency-b"),
      field("vpc", Taken::by_create_too, Listed::nowhere, &C::vpc, some_vpc()),
      field("peering_cidr", Taken::by_update_only, Listed::nowhere, &C::peering_cidr, "192.168.64.0/18"),
      field("mount_config", Taken::by_create_too, Listed::nowhere, &C::mount_config, some_mounts()),
      field("strategy_config", Taken::by_update_only, Listed::with_versions, &C::strategy_config,
            StrategyConfig{7, 20}),
      field("strategy_config, disabled", Taken::by_update_only, Listed::with_versions, &C::strategy_config,
            StrategyConfig{0, 1}),
      field("custom_image", Taken::by_create_too, Listed::with_versions, &C::custom_image, some_image()),
      field("initializer", Taken::by_create_too, Listed::with_versions, &C::initializer,
            Hook{"index.init", seconds(30)}),
      field("pre_stop", Taken::by_create_too, Listed::with_versions, &C::pre_stop, Hook{"index.stop", seconds(10)}),
      field("heartbeat_handler", Taken::by_update_only, Listed::nowhere, &C::heartbeat_handler, "index.alive"),
      field("ephemeral_storage", Taken::by_update_only, Listed::nowhere, &C::ephemeral_storage, 10240),
      field("enterprise_project_id", Taken::by_create_too, Listed::with_versions, &C::enterprise_project_id,
            "5f3e0000-0000-0000-0000-000000000003"),
      field("log_config", Taken::by_create_too, Listed::nowhere, &C::log_config,
            LogConfig{"group-id", "", "stream-id", ""}),
      field("network_controller", Taken::by_create_too, Listed::nowhere, &C::network_controller, some_network()),
      field("is_stateful_function", Taken::by_create_too, Listed::with_versions, &C::is_stateful_function, true),
      field("enable_dynamic_memory", Taken::by_create_too, Listed::with_versions, &C::enable_dynamic_memory, true),
      field("enable_auth_in_header", Taken::by_update_only, Listed::with_versions, &C::enable_auth_in_header, true),
      field("enable_class_isolation", Taken::by_update_only, Listed::nowhere, &C::enable_class_isolation, true),
      field("enable_lts_log", Taken::by_create_too, Listed::nowhere, &C::enable_lts_log, true),
      field("lts_custom_tag", Taken::by_create_too, Listed::nowhere, &C::lts_custom_tag,
            std::map<std::string, std::string>{{"team", "a"}}),
      field("user_data_encrypt_kms_key_id", Taken::by_create_too, Listed::nowhere, &C::user_data_encrypt_kms_key_id,
            "4e3f2c1a-0000-0000-0000-00000000000a"),
  };
  return fields;
}

FunctionConfig with_all_fields(FunctionConfig config) {
  for (const Field& field : all_fields()) field.set(config);
  return config;
}

std::vector<std::string> differences(const FunctionConfig& a, const FunctionConfig& b) {
  std::vector<std::string> names;
  for (const Field& field : all_fields()) {
    if (!field.is_equal(a, b)) names.emplace_back(field.name);
  }
  return names;
}

}  // namespace fgsync::functiongraph::contract

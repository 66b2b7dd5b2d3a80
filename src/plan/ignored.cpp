#include "plan/ignored.hpp"

#include <algorithm>
#include <type_traits>

namespace fgsync::plan {
namespace {

using functiongraph::FunctionConfig;

/// `/user_data/LOG~1LEVEL` names the field `user_data.LOG/LEVEL` (RFC 6901).
std::string field_of(std::string_view pointer) {
  std::string field;
  for (std::size_t i = pointer.starts_with('/') ? 1 : 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      field += '.';
    } else if (pointer[i] == '~' && i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      field += pointer[++i] == '0' ? '~' : '/';
    } else {
      field += pointer[i];
    }
  }
  return field;
}

bool covers(std::string_view named, std::string_view field) {
  return field == named || (field.size() > named.size() && field.starts_with(named) && field[named.size()] == '.');
}

void keep_user_data(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  std::erase_if(config.user_data, [&](const auto& entry) { return is_ignored(function, "user_data." + entry.first); });
  for (const auto& [key, value] : current.user_data) {
    if (is_ignored(function, "user_data." + key)) config.user_data[key] = value;
  }
}

template <auto Member>
void keep(const manifest::Function& function, const char* field, const FunctionConfig& current,
          FunctionConfig& config) {
  if (is_ignored(function, field)) config.*Member = current.*Member;
}

/// One part of a setting that has several. Where the service has none of it, the part is as in an empty one.
template <auto Group, auto Member>
void keep_part(const manifest::Function& function, const char* field, const FunctionConfig& current,
               FunctionConfig& config) {
  auto& group = config.*Group;
  if (!group || !is_ignored(function, field)) return;
  const auto& there = current.*Group;
  using Value = typename std::remove_reference_t<decltype(group)>::value_type;
  (*group).*Member = there ? (*there).*Member : Value{}.*Member;
}

void keep_hooks(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  using functiongraph::Hook;
  constexpr auto kInitializer = &FunctionConfig::initializer;
  constexpr auto kPreStop = &FunctionConfig::pre_stop;
  keep_part<kInitializer, &Hook::handler>(function, "initializer_handler", current, config);
  keep_part<kInitializer, &Hook::timeout>(function, "initializer_timeout", current, config);
  keep_part<kPreStop, &Hook::handler>(function, "pre_stop_handler", current, config);
  keep_part<kPreStop, &Hook::timeout>(function, "pre_stop_timeout", current, config);
  // A hook without a handler is none.
  if (config.initializer && config.initializer->handler.empty()) config.initializer = current.initializer;
  if (config.pre_stop && config.pre_stop->handler.empty()) config.pre_stop = current.pre_stop;
}

void keep_vpc(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  using functiongraph::Vpc;
  constexpr auto kVpc = &FunctionConfig::vpc;
  keep_part<kVpc, &Vpc::vpc_id>(function, "func_vpc.vpc_id", current, config);
  keep_part<kVpc, &Vpc::subnet_id>(function, "func_vpc.subnet_id", current, config);
  keep_part<kVpc, &Vpc::vpc_name>(function, "func_vpc.vpc_name", current, config);
  keep_part<kVpc, &Vpc::subnet_name>(function, "func_vpc.subnet_name", current, config);
  keep_part<kVpc, &Vpc::cidr>(function, "func_vpc.cidr", current, config);
  keep_part<kVpc, &Vpc::gateway>(function, "func_vpc.gateway", current, config);
  keep_part<kVpc, &Vpc::security_groups>(function, "func_vpc.security_groups", current, config);
  keep<kVpc>(function, "func_vpc", current, config);
}

void keep_logs(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  using functiongraph::LogConfig;
  constexpr auto kLog = &FunctionConfig::log_config;
  keep_part<kLog, &LogConfig::group_id>(function, "log_config.group_id", current, config);
  keep_part<kLog, &LogConfig::stream_id>(function, "log_config.stream_id", current, config);
  keep_part<kLog, &LogConfig::group_name>(function, "log_config.group_name", current, config);
  keep_part<kLog, &LogConfig::stream_name>(function, "log_config.stream_name", current, config);
  keep<kLog>(function, "log_config", current, config);
}

void keep_groups(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  using functiongraph::MountConfig;
  using functiongraph::NetworkController;
  using functiongraph::StrategyConfig;
  constexpr auto kMounts = &FunctionConfig::mount_config;
  constexpr auto kStrategy = &FunctionConfig::strategy_config;
  constexpr auto kNetwork = &FunctionConfig::network_controller;
  keep_part<kMounts, &MountConfig::user_id>(function, "mount_config.mount_user", current, config);
  keep_part<kMounts, &MountConfig::user_group_id>(function, "mount_config.mount_user", current, config);
  keep_part<kMounts, &MountConfig::mounts>(function, "mount_config.func_mounts", current, config);
  keep<kMounts>(function, "mount_config", current, config);
  keep_part<kStrategy, &StrategyConfig::concurrency>(function, "strategy_config.concurrency", current, config);
  keep_part<kStrategy, &StrategyConfig::concurrent_num>(function, "strategy_config.concurrent_num", current, config);
  keep<kStrategy>(function, "strategy_config", current, config);
  keep_part<kNetwork, &NetworkController::disable_public_network>(function, "network_controller.disable_public_network",
                                                                  current, config);
  keep_part<kNetwork, &NetworkController::trigger_access_vpcs>(function, "network_controller.trigger_access_vpcs",
                                                               current, config);
  keep<kNetwork>(function, "network_controller", current, config);
}

}  // namespace

bool is_ignored(const manifest::Function& function, std::string_view field) {
  const auto& pointers = function.handling.ignore_differences;
  return std::any_of(pointers.begin(), pointers.end(),
                     [field](const std::string& pointer) { return covers(field_of(pointer), field); });
}

void drop_ignored(const manifest::Function& function, std::map<std::string, std::string>& fields) {
  if (function.handling.ignore_differences.empty()) return;
  std::erase_if(fields, [&](const auto& field) { return is_ignored(function, field.first); });
}

void keep_ignored(const manifest::Function& function, const FunctionConfig& current, FunctionConfig& config) {
  if (function.handling.ignore_differences.empty()) return;
  keep_user_data(function, current, config);
  keep<&FunctionConfig::description>(function, "description", current, config);
  keep<&FunctionConfig::handler>(function, "handler", current, config);
  keep<&FunctionConfig::memory_size>(function, "memory_size", current, config);
  keep<&FunctionConfig::timeout>(function, "timeout", current, config);
  keep<&FunctionConfig::xrole>(function, "xrole", current, config);
  keep<&FunctionConfig::app_xrole>(function, "app_xrole", current, config);
  keep<&FunctionConfig::enable_dynamic_memory>(function, "enable_dynamic_memory", current, config);
  keep<&FunctionConfig::ephemeral_storage>(function, "ephemeral_storage", current, config);
  keep<&FunctionConfig::enterprise_project_id>(function, "enterprise_project_id", current, config);
  keep_hooks(function, current, config);
  keep_vpc(function, current, config);
  keep_logs(function, current, config);
  keep_groups(function, current, config);
}

}  // namespace fgsync::plan

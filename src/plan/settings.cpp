// One row a setting: whether the manifest names it, and what it is in a configuration, in a form that is the same for
// the same meaning (an absent flag is false, an order that means nothing is sorted).
#include "plan/settings.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "plan/ignored.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::FunctionConfig;
using manifest::ExtraSettings;
using manifest::Function;

enum class Frozen { no, yes, listed };

struct Setting {
  const char* name;
  Frozen frozen;
  bool (*is_named)(const Function&);
  std::string (*read)(const FunctionConfig&);
};

std::string text_of(const std::optional<std::string>& value) {
  return value.value_or("");
}

std::string text_of(const std::optional<bool>& flag) {
  return flag.value_or(false) ? "true" : "false";
}

std::string timeout_of(const Boxed<functiongraph::Hook>& hook) {
  return hook && hook->timeout ? std::to_string(hook->timeout->count()) : "";
}

std::string handler_of(const Boxed<functiongraph::Hook>& hook) {
  return hook ? hook->handler : "";
}

std::string joined(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

template <std::string functiongraph::Vpc::* Member>
std::string of_vpc(const FunctionConfig& config) {
  return config.vpc ? (*config.vpc).*Member : "";
}

template <std::string manifest::Vpc::* Member>
bool names_of_vpc(const Function& function) {
  return function.extra->func_vpc && !((*function.extra->func_vpc).*Member).empty();
}

template <std::string functiongraph::LogConfig::* Member>
std::string of_log(const FunctionConfig& config) {
  return config.log_config ? (*config.log_config).*Member : "";
}

template <std::string manifest::LogConfig::* Member>
bool names_of_log(const Function& function) {
  return function.extra->log_config && !((*function.extra->log_config).*Member).empty();
}

template <auto Member>
bool names(const Function& function) {
  return ((*function.extra).*Member).has_value();
}

std::string security_groups_of(const FunctionConfig& config) {
  return config.vpc ? joined(config.vpc->security_groups) : "";
}

std::string mount_user_of(const FunctionConfig& config) {
  if (!config.mount_config) return "-1:-1";
  return std::to_string(config.mount_config->user_id) + ":" + std::to_string(config.mount_config->user_group_id);
}

std::string mounts_of(const FunctionConfig& config) {
  std::vector<std::string> mounts;
  if (!config.mount_config) return "";
  for (const functiongraph::Mount& mount : config.mount_config->mounts) {
    mounts.push_back(mount.type + " " + mount.resource + mount.share_path + " at " + mount.local_path);
  }
  return joined(std::move(mounts));
}

std::string concurrency_of(const FunctionConfig& config) {
  return std::to_string(config.strategy_config ? config.strategy_config->concurrency : -1);
}

std::string concurrent_num_of(const FunctionConfig& config) {
  return std::to_string(config.strategy_config ? config.strategy_config->concurrent_num.value_or(1) : 1);
}

std::string storage_of(const FunctionConfig& config) {
  constexpr int kUsual = 512;  // MB (api: update config)
  return std::to_string(config.ephemeral_storage.value_or(kUsual));
}

std::string public_network_of(const FunctionConfig& config) {
  return config.network_controller && config.network_controller->disable_public_network ? "true" : "false";
}

std::string trigger_vpcs_of(const FunctionConfig& config) {
  std::vector<std::string> vpcs;
  if (!config.network_controller) return "";
  for (const auto& vpc : config.network_controller->trigger_access_vpcs) vpcs.push_back(vpc.vpc_id);
  return joined(std::move(vpcs));
}

bool is_image(const Function& function) {
  return function.code.kind == manifest::Code::Kind::image;
}

constexpr Setting kSettings[] = {
    {"xrole", Frozen::listed, names<&ExtraSettings::xrole>, [](const auto& c) { return text_of(c.xrole); }},
    {"app_xrole", Frozen::listed, names<&ExtraSettings::app_xrole>, [](const auto& c) { return text_of(c.app_xrole); }},
    {"initializer_handler", Frozen::listed, names<&ExtraSettings::initializer_handler>,
     [](const auto& c) { return handler_of(c.initializer); }},
    {"initializer_timeout", Frozen::listed, names<&ExtraSettings::initializer_timeout>,
     [](const auto& c) { return timeout_of(c.initializer); }},
    {"pre_stop_handler", Frozen::listed, names<&ExtraSettings::pre_stop_handler>,
     [](const auto& c) { return handler_of(c.pre_stop); }},
    {"pre_stop_timeout", Frozen::listed, names<&ExtraSettings::pre_stop_timeout>,
     [](const auto& c) { return timeout_of(c.pre_stop); }},
    {"func_vpc.vpc_id", Frozen::yes, names_of_vpc<&manifest::Vpc::vpc_id>, of_vpc<&functiongraph::Vpc::vpc_id>},
    {"func_vpc.subnet_id", Frozen::yes, names_of_vpc<&manifest::Vpc::subnet_id>,
     of_vpc<&functiongraph::Vpc::subnet_id>},
    {"func_vpc.vpc_name", Frozen::yes, names_of_vpc<&manifest::Vpc::vpc_name>, of_vpc<&functiongraph::Vpc::vpc_name>},
    {"func_vpc.subnet_name", Frozen::yes, names_of_vpc<&manifest::Vpc::subnet_name>,
     of_vpc<&functiongraph::Vpc::subnet_name>},
    {"func_vpc.cidr", Frozen::yes, names_of_vpc<&manifest::Vpc::cidr>, of_vpc<&functiongraph::Vpc::cidr>},
    {"func_vpc.gateway", Frozen::yes, names_of_vpc<&manifest::Vpc::gateway>, of_vpc<&functiongraph::Vpc::gateway>},
    {"func_vpc.security_groups", Frozen::yes,
     [](const Function& f) { return f.extra->func_vpc && !f.extra->func_vpc->security_groups.empty(); },
     security_groups_of},
    {"mount_config.mount_user", Frozen::no, names<&ExtraSettings::mount_config>, mount_user_of},
    {"mount_config.func_mounts", Frozen::no, names<&ExtraSettings::mount_config>, mounts_of},
    {"strategy_config.concurrency", Frozen::listed, names<&ExtraSettings::strategy_config>, concurrency_of},
    {"strategy_config.concurrent_num", Frozen::listed, names<&ExtraSettings::strategy_config>, concurrent_num_of},
    {"enable_dynamic_memory", Frozen::listed, names<&ExtraSettings::enable_dynamic_memory>,
     [](const auto& c) { return text_of(c.enable_dynamic_memory); }},
    {"ephemeral_storage", Frozen::yes, names<&ExtraSettings::ephemeral_storage>, storage_of},
    {"log_config.group_id", Frozen::yes, names_of_log<&manifest::LogConfig::group_id>,
     of_log<&functiongraph::LogConfig::group_id>},
    {"log_config.stream_id", Frozen::yes, names_of_log<&manifest::LogConfig::stream_id>,
     of_log<&functiongraph::LogConfig::stream_id>},
    {"log_config.group_name", Frozen::yes, names_of_log<&manifest::LogConfig::group_name>,
     of_log<&functiongraph::LogConfig::group_name>},
    {"log_config.stream_name", Frozen::yes, names_of_log<&manifest::LogConfig::stream_name>,
     of_log<&functiongraph::LogConfig::stream_name>},
    {"network_controller.disable_public_network", Frozen::yes,
     [](const Function& f) {
       return f.extra->network_controller && f.extra->network_controller->disable_public_network.has_value();
     },
     public_network_of},
    {"network_controller.trigger_access_vpcs", Frozen::yes,
     [](const Function& f) {
       return f.extra->network_controller && !f.extra->network_controller->trigger_access_vpcs.empty();
     },
     trigger_vpcs_of},
    {"enterprise_project_id", Frozen::no, names<&ExtraSettings::enterprise_project_id>,
     [](const auto& c) { return text_of(c.enterprise_project_id); }},
    {"code.image", Frozen::listed, is_image,
     [](const auto& c) { return c.custom_image ? c.custom_image->image : std::string(); }},
};

bool is_in(const Setting& setting, SettingScope scope) {
  switch (scope) {
    case SettingScope::all: return true;
    case SettingScope::frozen: return setting.frozen != Frozen::no;
    case SettingScope::listed: return setting.frozen == Frozen::listed;
  }
  return true;
}

// ---- setting

template <class T>
void set(const std::optional<T>& wanted, std::optional<T>& value) {
  if (wanted) value = wanted;
}

void set_vpc(const manifest::Vpc& wanted, Boxed<functiongraph::Vpc>& vpc) {
  // Another network: what the service filled in of the old one must not go along.
  if (!vpc || vpc->vpc_id != wanted.vpc_id || vpc->subnet_id != wanted.subnet_id) vpc.emplace();
  const auto set = [](std::string& value, const std::string& given) {
    if (!given.empty()) value = given;
  };
  set(vpc->vpc_id, wanted.vpc_id);
  set(vpc->subnet_id, wanted.subnet_id);
  set(vpc->vpc_name, wanted.vpc_name);
  set(vpc->subnet_name, wanted.subnet_name);
  set(vpc->cidr, wanted.cidr);
  set(vpc->gateway, wanted.gateway);
  if (!wanted.security_groups.empty()) vpc->security_groups = wanted.security_groups;
}

void set_mounts(const manifest::MountConfig& wanted, Boxed<functiongraph::MountConfig>& mounts) {
  mounts.emplace();
  mounts->user_id = wanted.user_id;
  mounts->user_group_id = wanted.user_group_id;
  for (const manifest::Mount& mount : wanted.mounts) {
    mounts->mounts.push_back({mount.type, mount.resource, mount.share_path, mount.local_path});
  }
}

void set_log(const manifest::LogConfig& wanted, Boxed<functiongraph::LogConfig>& log) {
  log = functiongraph::LogConfig{wanted.group_id, wanted.group_name, wanted.stream_id, wanted.stream_name};
}

void set_network(const manifest::NetworkController& wanted, Boxed<functiongraph::NetworkController>& controller) {
  if (!controller) controller.emplace();
  if (wanted.disable_public_network) controller->disable_public_network = *wanted.disable_public_network;
  if (wanted.trigger_access_vpcs.empty()) return;
  controller->trigger_access_vpcs.clear();
  for (const auto& [id, name] : wanted.trigger_access_vpcs) controller->trigger_access_vpcs.push_back({name, id});
}

void set_hook(const std::optional<std::string>& handler, const std::optional<std::chrono::seconds>& timeout,
              Boxed<functiongraph::Hook>& hook) {
  if (!handler && !timeout) return;
  if (!hook) hook.emplace();
  if (handler) hook->handler = *handler;
  if (timeout) hook->timeout = *timeout;
}

}  // namespace

std::map<std::string, std::string> named_settings(const Function& function, const FunctionConfig& config,
                                                  SettingScope scope) {
  std::map<std::string, std::string> fields;
  for (const Setting& setting : kSettings) {
    if (is_in(setting, scope) && setting.is_named(function)) fields.emplace(setting.name, setting.read(config));
  }
  return fields;
}

std::map<std::string, std::string> unusual_settings(const Function& function, const FunctionConfig& config) {
  const FunctionConfig usual;
  std::map<std::string, std::string> fields = named_settings(function, config, SettingScope::frozen);
  for (const Setting& setting : kSettings) {
    const auto found = fields.find(setting.name);
    if (found != fields.end() && found->second == setting.read(usual)) fields.erase(found);
  }
  return fields;
}

std::set<std::string> unlisted_settings(const Function& function) {
  std::set<std::string> names;
  for (const Setting& setting : kSettings) {
    const bool is_meant = setting.frozen == Frozen::yes && setting.is_named(function);
    if (is_meant && !is_ignored(function, setting.name)) names.insert(setting.name);
  }
  const bool has_dependencies = function.extra->depend_version_list && !is_ignored(function, "depend_version_list");
  if (has_dependencies) names.insert("depend_version_list");
  return names;
}

void set_named_settings(const Function& function, FunctionConfig& config) {
  const ExtraSettings& extra = *function.extra;
  set(extra.xrole, config.xrole);
  set(extra.app_xrole, config.app_xrole);
  set_hook(extra.initializer_handler, extra.initializer_timeout, config.initializer);
  set_hook(extra.pre_stop_handler, extra.pre_stop_timeout, config.pre_stop);
  if (extra.func_vpc) set_vpc(*extra.func_vpc, config.vpc);
  if (extra.mount_config) set_mounts(*extra.mount_config, config.mount_config);
  if (extra.strategy_config) {
    config.strategy_config =
        functiongraph::StrategyConfig{extra.strategy_config->concurrency, extra.strategy_config->concurrent_num};
  }
  set(extra.enable_dynamic_memory, config.enable_dynamic_memory);
  set(extra.ephemeral_storage, config.ephemeral_storage);
  if (extra.log_config) set_log(*extra.log_config, config.log_config);
  if (extra.network_controller) set_network(*extra.network_controller, config.network_controller);
  set(extra.enterprise_project_id, config.enterprise_project_id);
  if (is_image(function)) {
    if (!config.custom_image) config.custom_image.emplace();
    config.custom_image->enabled = true;
    config.custom_image->image = function.code.image;
  }
}

}  // namespace fgsync::plan

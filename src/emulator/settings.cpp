// One table says which fields exist, their types, defaults and where they are shown; the documented rules on values
// follow below it. What has no rule of its own is stored and answered as it came.
#include "emulator/settings.hpp"

#include "emulator/setting_rules.hpp"

namespace fgsync::emulator {
namespace {

constexpr unsigned kBoth = kInVersionItem | kInFunctionItem;

/// Empty text and absence mean the same to the service, so only one of them is stored.
bool is_empty_text(const Setting& setting, const std::string& json) {
  return setting.type == JsonType::text && json == "\"\"";
}

void add(JsonMembers& members, const Setting& setting, const std::optional<std::string>& value) {
  const bool is_given = value && !is_empty_text(setting, *value);
  if (is_given) {
    members.raw(setting.name, *value);
  } else if (!setting.fallback.empty()) {
    members.raw(setting.name, setting.fallback);
  }
}

std::optional<std::string> stored_value(const JsonObject& settings, const Setting& setting) {
  auto value = settings.raw(setting.name, setting.type);
  return value ? *value : std::nullopt;
}

std::string with_setting(const std::string& settings, std::string_view name, const std::string& value) {
  const JsonObject old = stored_object(settings);
  JsonMembers members;
  for (const auto& setting : all_settings()) {
    add(members, setting, setting.name == name ? std::optional(value) : stored_value(old, setting));
  }
  return members.object();
}

}  // namespace

const std::vector<Setting>& all_settings() {
  using enum JsonType;
  static const std::vector<Setting> settings{
      {"runtime", text, "", kBoth},
      {"timeout", integer, "", kBoth},
      {"handler", text, "", kBoth},
      {"memory_size", integer, "", kBoth},
      {"gpu_memory", integer, "", kInFunctionItem},
      {"gpu_type", text, "", 0},
      {"user_data", text, "", kBoth},
      {"encrypted_user_data", text, "", kNotAnswered},
      {"xrole", text, "", kBoth},
      {"app_xrole", text, "", kBoth},
      {"description", text, "", kInFunctionItem},
      {"ephemeral_storage", integer, "512", 0},
      {"func_vpc", object, "", 0},
      {"peering_cidr", text, "", 0},
      {"mount_config", object, "", 0},
      {"depend_version_list", text_list, "", kKept},
      {"strategy_config", object, R"({"concurrency":-1,"concurrent_num":1})", kBoth},
      {"extend_config", text, "", kInFunctionItem},
      {"initializer_handler", text, "", kBoth},
      {"initializer_timeout", integer, "", kBoth},
      {"pre_stop_handler", text, "", kBoth},
      {"pre_stop_timeout", integer, "", kBoth},
      {"heartbeat_handler", text, "", 0},
      {"restore_hook_handler", text, "", 0},
      {"restore_hook_timeout", integer, "", 0},
      {"enterprise_project_id", text, "\"0\"", kBoth},
      {"type", text, "\"v2\"", kBoth | kKept},
      {"log_config", object, "", kNotAnswered},
      {"network_controller", object, "", 0},
      {"custom_image", object, "", kInVersionItem},
      {"is_stateful_function", boolean, "false", kInVersionItem},
      {"enable_dynamic_memory", boolean, "false", kInVersionItem},
      {"enable_auth_in_header", boolean, "false", kInVersionItem},
      {"enable_class_isolation", boolean, "", 0},
      {"enable_lts_log", boolean, "", 0},
      {"lts_custom_tag", object, "", 0},
      {"domain_names", text, "", 0},
      {"user_data_encrypt_kms_key_id", text, "", 0},
      {"code_encrypt_kms_key_id", text, "", kKept},
      {"tags", text, "", kKept | kNotAnswered},
  };
  return settings;
}

Valid<std::string> read_settings(const JsonObject& body) {
  JsonMembers members;
  for (const auto& setting : all_settings()) {
    auto value = body.raw(setting.name, setting.type);
    if (!value) return refuse(value.error());
    add(members, setting, *value);
  }
  if (auto broken = check_settings(body)) return refuse(std::move(*broken));
  return members.object();
}

Valid<std::string> updated_settings(const JsonObject& body, const std::string& current, ConfigUpdate update) {
  const JsonObject old = stored_object(current);
  JsonMembers members;
  for (const auto& setting : all_settings()) {
    if ((setting.traits & kKept) != 0) {
      add(members, setting, stored_value(old, setting));
      continue;
    }
    auto value = body.raw(setting.name, setting.type);
    if (!value) return refuse(value.error());
    const bool is_merged = !*value && update == ConfigUpdate::merges;
    add(members, setting, is_merged ? stored_value(old, setting) : *value);
  }
  if (auto broken = check_settings(body)) return refuse(std::move(*broken));
  if (*body.text("runtime") != *old.text("runtime")) {
    return refuse(kInvalidRuntime, "runtime: cannot be changed after the function was created");
  }
  return members.object();
}

std::string with_dependencies(const std::string& settings, const std::string& depend_version_list) {
  return with_setting(settings, "depend_version_list", depend_version_list);
}

std::string with_concurrency(const std::string& settings, std::int64_t concurrency) {
  const auto change = JsonMembers().number("concurrency", concurrency).object();
  const auto strategy = stored_object(settings).object("strategy_config");
  const bool has_strategy = strategy && *strategy;
  return with_setting(settings, "strategy_config",
                      has_strategy ? (*strategy)->merged_with(stored_object(change)) : change);
}

}  // namespace fgsync::emulator

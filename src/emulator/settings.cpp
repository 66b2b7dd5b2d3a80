// One table says which fields exist, their types, defaults and where they are shown; the documented rules on values
// follow below it. What has no rule of its own is stored and answered as it came.
#include "emulator/settings.hpp"

#include <stdexcept>

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

Valid<std::string> replace_settings(const JsonObject& body, const std::string& current) {
  const JsonObject old = stored_settings(current);
  JsonMembers members;
  for (const auto& setting : all_settings()) {
    if ((setting.traits & kKept) != 0) {
      add(members, setting, stored_value(old, setting));
      continue;
    }
    auto value = body.raw(setting.name, setting.type);
    if (!value) return refuse(value.error());
    add(members, setting, *value);
  }
  if (auto broken = check_settings(body)) return refuse(std::move(*broken));
  if (*body.text("runtime") != *old.text("runtime")) {
    return refuse(kInvalidRuntime, "runtime: cannot be changed after the function was created");
  }
  return members.object();
}

std::string with_dependencies(const std::string& settings, const std::string& depend_version_list) {
  const JsonObject old = stored_settings(settings);
  JsonMembers members;
  for (const auto& setting : all_settings()) {
    const bool is_replaced = setting.name == "depend_version_list";
    add(members, setting, is_replaced ? std::optional(depend_version_list) : stored_value(old, setting));
  }
  return members.object();
}

JsonObject stored_settings(const std::string& settings) {
  auto object = JsonObject::parse(settings);
  if (!object) throw std::runtime_error("the state holds settings that are not JSON");
  return *object;
}

}  // namespace fgsync::emulator

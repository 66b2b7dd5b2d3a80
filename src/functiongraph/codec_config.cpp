// A configuration is read, kept and sent back whole (ADR 0009), so each of its settings stands once, in a table that
// serves both ways.
#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

/// Which requests take a setting (models: CreateFunctionRequestBody, UpdateFunctionConfigRequestBody).
enum class TakenBy { both, update };

template <class T>
struct Setting {
  const char* key = nullptr;
  T FunctionConfig::* member = nullptr;
  TakenBy taken_by = TakenBy::both;
};

constexpr Setting<std::optional<std::string>> kTexts[]{
    {"gpu_type", &FunctionConfig::gpu_type},
    {"xrole", &FunctionConfig::xrole},
    {"app_xrole", &FunctionConfig::app_xrole},
    {"peering_cidr", &FunctionConfig::peering_cidr, TakenBy::update},
    {"extend_config", &FunctionConfig::extend_config, TakenBy::update},
    {"heartbeat_handler", &FunctionConfig::heartbeat_handler, TakenBy::update},
    {"enterprise_project_id", &FunctionConfig::enterprise_project_id},
    {"domain_names", &FunctionConfig::domain_names},
    {"user_data_encrypt_kms_key_id", &FunctionConfig::user_data_encrypt_kms_key_id},
};

constexpr Setting<std::optional<int>> kNumbers[]{
    {"gpu_memory", &FunctionConfig::gpu_memory},
    {"ephemeral_storage", &FunctionConfig::ephemeral_storage, TakenBy::update},
};

constexpr Setting<std::optional<bool>> kFlags[]{
    {"is_stateful_function", &FunctionConfig::is_stateful_function},
    {"enable_dynamic_memory", &FunctionConfig::enable_dynamic_memory},
    {"enable_auth_in_header", &FunctionConfig::enable_auth_in_header, TakenBy::update},
    {"enable_class_isolation", &FunctionConfig::enable_class_isolation, TakenBy::update},
    {"enable_lts_log", &FunctionConfig::enable_lts_log},
};

struct HookSetting {
  const char* handler_key = nullptr;
  const char* timeout_key = nullptr;
  Boxed<Hook> FunctionConfig::* member = nullptr;
  TakenBy taken_by = TakenBy::both;
};

constexpr HookSetting kHooks[]{
    {"initializer_handler", "initializer_timeout", &FunctionConfig::initializer},
    {"pre_stop_handler", "pre_stop_timeout", &FunctionConfig::pre_stop},
    {"restore_hook_handler", "restore_hook_timeout", &FunctionConfig::restore_hook, TakenBy::update},
};

// ---- reading

std::map<std::string, std::string> read_user_data(ObjectReader& reader) {
  const std::string text = reader.text_or_empty("user_data");
  std::map<std::string, std::string> values;
  if (text.empty() || text == "null") return values;
  const auto variables = ObjectReader::parse(text);
  if (!variables) {
    reader.refuse("the field user_data is not a JSON object in a string");
    return values;
  }
  for (const std::string& key : variables->keys()) values[key] = variables->text_or_json(key);
  return values;
}

/// What is set reads back blank, so only whether something is. When in doubt it is: an update would erase it.
bool has_encrypted_variables(const ObjectReader& reader) {
  const std::string text = reader.text_or_json("encrypted_user_data");
  if (text.empty() || text == "null") return false;
  const auto variables = ObjectReader::parse(text);
  return !variables || !variables->keys().empty();
}

/// Their values read back blank, but not their names.
std::optional<std::vector<std::string>> encrypted_names(const ObjectReader& reader) {
  const auto variables = ObjectReader::parse(reader.text_or_json("encrypted_user_data"));
  if (!variables || variables->keys().empty()) return std::nullopt;
  return variables->keys();
}

std::optional<Hook> read_hook(ObjectReader& reader, const HookSetting& setting) {
  const auto handler = reader.text_setting(setting.handler_key);
  const auto timeout = reader.number_setting<int>(setting.timeout_key);
  if (!handler && !timeout) return std::nullopt;
  Hook hook{handler.value_or("")};
  if (timeout) hook.timeout = std::chrono::seconds(*timeout);
  return hook;
}

// ---- writing

ObjectWriter write_secrets(const std::map<std::string, Secret>& values) {
  ObjectWriter object;
  for (const auto& [key, value] : values) object.text(key, value.reveal());
  return object;
}

void write_hook(ObjectWriter& writer, const HookSetting& setting, const Boxed<Hook>& hook) {
  if (!hook) return;
  writer.text_if_any(setting.handler_key, hook->handler);
  if (hook->timeout) writer.number(setting.timeout_key, hook->timeout->count());
}

void write_settings(ObjectWriter& writer, const FunctionConfig& config, ConfigUse use) {
  const auto takes = [use](TakenBy taken_by) { return taken_by == TakenBy::both || use == ConfigUse::update; };
  for (const auto& setting : kTexts) {
    if (takes(setting.taken_by) && config.*setting.member) writer.text(setting.key, *(config.*setting.member));
  }
  for (const auto& setting : kNumbers) {
    if (takes(setting.taken_by) && config.*setting.member) writer.number(setting.key, *(config.*setting.member));
  }
  for (const auto& setting : kFlags) {
    if (takes(setting.taken_by) && config.*setting.member) writer.flag(setting.key, *(config.*setting.member));
  }
  for (const HookSetting& setting : kHooks) {
    if (takes(setting.taken_by)) write_hook(writer, setting, config.*setting.member);
  }
  write_nested_settings(writer, config, use);
  if (!config.lts_custom_tag.empty()) writer.object("lts_custom_tag", write_map(config.lts_custom_tag));
}

}  // namespace

FunctionConfig read_config(ObjectReader& reader) {
  FunctionConfig config;
  config.runtime = reader.text("runtime");
  config.handler = reader.text("handler");
  config.memory_size = reader.number<int>("memory_size");
  config.timeout = std::chrono::seconds(reader.number<int>("timeout"));
  config.description = reader.text_or_empty("description");
  config.user_data = read_user_data(reader);
  config.has_encrypted_user_data = has_encrypted_variables(reader);
  if (config.has_encrypted_user_data) config.encrypted_names = encrypted_names(reader);
  for (const auto& setting : kTexts) config.*setting.member = reader.text_setting(setting.key);
  for (const auto& setting : kNumbers) config.*setting.member = reader.number_setting<int>(setting.key);
  for (const auto& setting : kFlags) config.*setting.member = reader.flag_setting(setting.key);
  for (const HookSetting& setting : kHooks) config.*setting.member = read_hook(reader, setting);
  read_nested_settings(reader, config);
  config.lts_custom_tag = reader.text_map_setting("lts_custom_tag");
  return config;
}

void write_config_fields(ObjectWriter& writer, const FunctionConfig& config, ConfigUse use) {
  writer.text("runtime", config.runtime)
      .number("timeout", config.timeout.count())
      .text("handler", config.handler)
      .number("memory_size", config.memory_size)
      .text("user_data", write_map(config.user_data).json())
      .text("description", config.description);
  if (config.encrypted_user_data) {
    writer.text("encrypted_user_data", write_secrets(*config.encrypted_user_data).json());
  }
  write_settings(writer, config, use);
}

std::string write_config(const std::string& name, const FunctionConfig& config) {
  ObjectWriter body;
  body.text("func_name", name);
  write_config_fields(body, config, ConfigUse::update);
  return body.json();
}

std::string write_max_instances(int max_instances) {
  return ObjectWriter().number("max_instance_num", max_instances).json();
}

}  // namespace fgsync::functiongraph

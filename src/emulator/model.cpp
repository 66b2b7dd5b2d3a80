#include "emulator/model.hpp"

#include "base/digest.hpp"
#include "emulator/json.hpp"
#include "emulator/settings.hpp"

namespace fgsync::emulator {
namespace {

/// Encrypted values are never read back: the same names, with empty values.
std::string blanked(const std::string& encrypted_user_data) {
  JsonMembers blank;
  for (const auto& name : stored_object(encrypted_user_data).names()) blank.text(name, "");
  return blank.object();
}

void add_text(JsonMembers& out, std::string_view name, const JsonObject& from, std::string_view member) {
  const auto value = from.text(member);
  if (value && *value) out.text(name, **value);
}

std::string func_urn(const FunctionRow& function, const Version& version, const Extras& extras) {
  const bool is_plain = extras.urn_form == UrnForm::plain;
  return is_plain ? urn_of(function) : urn_of(function, version.name);
}

void add_identity(JsonMembers& out, const FunctionRow& function, const Version& version, const Extras& extras) {
  out.text("func_urn", func_urn(function, version, extras))
      .text("func_name", function.name)
      .text("domain_id", domain_of(function.project))
      .text("namespace", function.project)
      .text("project_name", function.region)
      .text("package", function.app);
}

void add_code(JsonMembers& out, const Version& version) {
  out.text("code_type", version.code.type)
      .text("code_url", "")
      .text("code_filename", version.code.filename)
      .number("code_size", version.code.size)
      .text("digest", version.code.digest);
}

void add_build(JsonMembers& out, const Version& version) {
  out.text("version", version.name).text("image_name", version.image_name).text("last_modified", version.last_modified);
}

/// The settings that have all of the traits.
void add_settings(JsonMembers& out, const JsonObject& settings, unsigned traits) {
  for (const auto& setting : all_settings()) {
    if ((setting.traits & traits) != traits || (setting.traits & kNotAnswered) != 0) continue;
    const auto value = settings.raw(setting.name, setting.type);
    if (value && *value) out.raw(setting.name, **value);
  }
  const auto memory = settings.integer("memory_size");
  // The documents' "100 millicores for 128 MB" is the increment; their examples show 300 for 128 MB.
  if (memory && *memory) out.number("cpu", **memory * 100 / 128 + 200);
  const auto encrypted = settings.text("encrypted_user_data");
  if (encrypted && *encrypted) out.text("encrypted_user_data", blanked(**encrypted));
}

void add_log_config(JsonMembers& out, const JsonObject& settings) {
  const auto log_config = settings.object("log_config");
  if (!log_config || !*log_config) return;
  add_text(out, "log_group_id", **log_config, "group_id");
  add_text(out, "log_stream_id", **log_config, "stream_id");
}

/// What no operation of the emulator changes.
void add_constants(JsonMembers& out) {
  out.boolean("long_time", false)
      .boolean("is_bridge_function", false)
      .boolean("apig_route_enable", false)
      .boolean("allow_ephemeral_storage", true)
      .boolean("is_return_stream", false)
      .text("enable_cloud_debug", "DISABLED");
}

void add_idle_mode(JsonMembers& out, const Extras& extras) {
  if (extras.reserved_instances.empty()) return;
  const auto idle = stored_object(extras.reserved_instances).boolean("idle_mode");
  if (idle && *idle) out.boolean("reserved_instance_idle_mode", **idle);
}

void add_reserved_count(JsonMembers& out, const Extras& extras) {
  if (extras.reserved_instances.empty()) return;
  const auto count = stored_object(extras.reserved_instances).integer("count");
  if (count && *count) out.number("reserved_instance_count", **count);
}

/// Of the asynchronous configuration, what answers about versions show of it.
void add_async_config(JsonMembers& out, const Extras& extras) {
  if (extras.async_config.empty()) return;
  const JsonObject config = stored_object(extras.async_config);
  JsonMembers shown;
  for (const auto& [name, type] :
       {std::pair{"max_async_event_age_in_seconds", JsonType::integer},
        std::pair{"max_async_retry_attempts", JsonType::integer}, std::pair{"destination_config", JsonType::object},
        std::pair{"created_time", JsonType::text}, std::pair{"last_modified", JsonType::text}}) {
    if (const auto value = config.raw(name, type); value && *value) shown.raw(name, **value);
  }
  out.raw("function_async_config", shown.object());
}

void add_vpc_id(JsonMembers& out, const JsonObject& settings) {
  const auto vpc = settings.object("func_vpc");
  if (vpc && *vpc) add_text(out, "func_vpc_id", **vpc, "vpc_id");
}

/// The list of versions shows the strategy's numbers twice.
void add_concurrency(JsonMembers& out, const JsonObject& settings) {
  const auto strategy = settings.object("strategy_config");
  if (!strategy || !*strategy) return;
  for (const auto* name : {"concurrency", "concurrent_num"}) {
    if (const auto value = (*strategy)->integer(name); value && *value) out.number(name, **value);
  }
}

JsonMembers config_members(const FunctionRow& function, const Version& version, const Extras& extras) {
  const JsonObject settings = stored_object(version.settings);
  JsonMembers out;
  out.text("func_id", function.func_id).text("resource_id", function.func_id);
  add_identity(out, function, version, extras);
  add_code(out, version);
  add_build(out, version);
  add_settings(out, settings, 0);
  add_log_config(out, settings);
  out.raw("dependencies", extras.dependencies);
  add_reserved_count(out, extras);
  add_idle_mode(out, extras);
  add_constants(out);
  return out;
}

}  // namespace

std::string urn_of(const FunctionRow& function) {
  return "urn:fss:" + function.region + ":" + function.project + ":function:" + function.app + ":" + function.name;
}

std::string urn_of(const FunctionRow& function, const std::string& qualifier) {
  return urn_of(function) + ":" + qualifier;
}

std::string domain_of(const std::string& project) {
  return sha256_hex("domain of " + project).substr(0, 32);
}

std::string render_config(const FunctionRow& function, const Version& version, const Extras& extras) {
  return config_members(function, version, extras).object();
}

std::string render_imported(const FunctionRow& function, const Version& version, const Extras& extras) {
  return config_members(function, version, extras).text("version_description", version.description).object();
}

std::string render_published(const FunctionRow& function, const Version& version, const Extras& extras,
                             std::chrono::system_clock::time_point now) {
  const auto epoch_seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  JsonMembers out = config_members(function, version, extras);
  add_async_config(out, extras);
  return out.text("version_description", version.description)
      .number("last_modified_utc", epoch_seconds)
      .raw("func_code", "{}")
      .object();
}

std::string render_code(const FunctionRow& function, const Version& version, const Extras& extras) {
  const JsonObject settings = stored_object(version.settings);
  JsonMembers out;
  out.text("func_urn", func_urn(function, version, extras))
      .text("func_name", function.name)
      .text("domain_id", domain_of(function.project));
  add_text(out, "runtime", settings, "runtime");
  add_code(out, version);
  out.text("last_modified", version.last_modified);
  out.raw("func_code", JsonMembers().text("file", "").text("link", "").object());
  for (const auto& [name, type] :
       {std::pair{"depend_version_list", JsonType::text_list}, std::pair{"strategy_config", JsonType::object}}) {
    const auto value = settings.raw(name, type);
    if (value && *value) out.raw(name, **value);
  }
  out.raw("dependencies", extras.dependencies);
  add_text(out, "code_encrypt_kms_key_id", settings, "code_encrypt_kms_key_id");
  return out.object();
}

std::string render_version_item(const FunctionRow& function, const Version& version, const Extras& extras) {
  const JsonObject settings = stored_object(version.settings);
  JsonMembers out;
  add_identity(out, function, version, extras);
  add_code(out, version);
  add_build(out, version);
  add_settings(out, settings, kInVersionItem);
  add_vpc_id(out, settings);
  add_concurrency(out, settings);
  add_idle_mode(out, extras);
  add_async_config(out, extras);
  out.boolean("long_time", false).text("version_description", version.description);
  return out.object();
}

std::string render_function_item(const FunctionRow& function, const Version& version, const Extras& extras) {
  const JsonObject settings = stored_object(version.settings);
  JsonMembers out;
  out.text("resource_id", function.func_id);
  add_identity(out, function, version, extras);
  add_code(out, version);
  add_build(out, version);
  add_settings(out, settings, kInFunctionItem);
  add_vpc_id(out, settings);
  add_log_config(out, settings);
  out.boolean("long_time", false).boolean("is_bridge_function", false).number("fail_count", 0);
  return out.object();
}

std::string render_alias(const FunctionRow& function, const Alias& alias, AliasView view) {
  JsonMembers out;
  out.text("name", alias.name)
      .text("version", alias.version)
      .text("description", alias.description)
      .text("last_modified", alias.last_modified)
      .text("alias_urn", urn_of(function, "!" + alias.name));
  if (!alias.weights.empty()) out.raw("additional_version_weights", alias.weights);
  if (!alias.strategy.empty() && view == AliasView::full) out.raw("additional_version_strategy", alias.strategy);
  return out.object();
}

}  // namespace fgsync::emulator

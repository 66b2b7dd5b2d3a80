#include "functiongraph/codec.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "base/base64.hpp"

namespace fgsync::functiongraph {
namespace {

using nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// Fields of an answer that a configuration update takes under the same name and that fgsync does not manage (models:
/// UpdateFunctionConfigRequestBody against ShowFunctionConfigResponse).
constexpr std::array kUnmanagedFields{
    "gpu_memory",
    "gpu_type",
    "xrole",
    "app_xrole",
    "func_vpc",
    "peering_cidr",
    "mount_config",
    "strategy_config",
    "custom_image",
    "extend_config",
    "initializer_handler",
    "initializer_timeout",
    "pre_stop_handler",
    "pre_stop_timeout",
    "ephemeral_storage",
    "enterprise_project_id",
    "network_controller",
    "is_stateful_function",
    "enable_dynamic_memory",
    "enable_auth_in_header",
    "domain_names",
    "restore_hook_handler",
    "restore_hook_timeout",
    "heartbeat_handler",
    "enable_class_isolation",
    "enable_lts_log",
    "lts_custom_tag",
    "user_data_encrypt_kms_key_id",
};

tl::unexpected<Error> corrupt(const std::string& what) {
  return fail(ErrorKind::corrupt, what);
}

/// Whether the text nests deeper than any answer does. Copying and writing JSON recurses: a text of brackets only
/// would exhaust the stack.
bool is_too_deep(std::string_view text) {
  constexpr int kMaxDepth = 64;
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

Result<json> parse(const std::string& body) {
  if (is_too_deep(body)) return corrupt("it is JSON nested too deeply");
  json document = json::parse(body, nullptr, false);
  if (document.is_discarded()) return corrupt("it is not JSON, or cut off");
  return document;
}

Result<json> parse_object(const std::string& body) {
  auto document = parse(body);
  if (document && !document->is_object()) return corrupt("it is JSON, but not an object");
  return document;
}

Result<std::string> required_text(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return corrupt(std::string("the field ") + key + " is missing");
  if (!found->is_string()) return corrupt(std::string("the field ") + key + " is not a string");
  return found->get<std::string>();
}

Result<std::int64_t> required_number(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return corrupt(std::string("the field ") + key + " is missing");
  if (!found->is_number_integer()) return corrupt(std::string("the field ") + key + " is not a whole number");
  return found->get<std::int64_t>();
}

/// For what is only shown: anything but a string reads as empty.
std::string optional_text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// For what decisions rest on: missing and null read as empty, another type is an error.
Result<std::string> text_or_empty(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::string();
  return required_text(object, key);
}

std::int64_t optional_number(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// Missing and null: nothing.
Result<std::optional<std::int64_t>> number_if_any(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  auto number = required_number(object, key);
  if (!number) return fail(std::move(number).error());
  return std::optional<std::int64_t>(*number);
}

/// `user_data` is a string that holds a JSON object.
Result<std::map<std::string, std::string>> read_user_data(const std::string& text) {
  std::map<std::string, std::string> values;
  if (text.empty()) return values;
  const auto parsed = parse(text);
  if (parsed && parsed->is_null()) return values;
  if (!parsed || !parsed->is_object()) return corrupt("the field user_data is not a JSON object in a string");
  for (const auto& [key, value] : parsed->items()) {
    values[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return values;
}

std::string write_user_data(const std::map<std::string, std::string>& values) {
  return json(values).dump();
}

bool has_encrypted_variables(const json& object) {
  const std::string text = optional_text(object, "encrypted_user_data");
  if (text.empty()) return false;
  const auto document = parse(text);
  return !document || !(document->is_null() || (document->is_object() && document->empty()));
}

/// Null, 0, "", false, {} and []: what a field left out means too, and what the service may refuse when sent.
bool is_unset(const json& value) {
  const bool is_empty_text = value.is_string() && value.get_ref<const std::string&>().empty();
  return value.is_null() || value == 0 || value == false || is_empty_text || (value.is_structured() && value.empty());
}

std::string read_unmanaged(const json& object) {
  json unmanaged = json::object();
  for (const char* key : kUnmanagedFields) {
    const auto found = object.find(key);
    if (found != object.end() && !is_unset(*found)) unmanaged[key] = *found;
  }
  // The answer names the log group flat, the update takes it as an object.
  const std::string group = optional_text(object, "log_group_id");
  const std::string stream = optional_text(object, "log_stream_id");
  if (!group.empty()) unmanaged["log_config"] = {{"group_id", group}, {"stream_id", stream}};
  return unmanaged.empty() ? std::string() : unmanaged.dump();
}

Result<FunctionConfig> read_config(const json& object) {
  FunctionConfig config;
  auto runtime = required_text(object, "runtime");
  auto handler = required_text(object, "handler");
  auto memory = required_number(object, "memory_size");
  auto timeout = required_number(object, "timeout");
  auto description = text_or_empty(object, "description");
  auto user_data_text = text_or_empty(object, "user_data");
  if (!user_data_text) return fail(std::move(user_data_text).error());
  auto user_data = read_user_data(*user_data_text);
  if (!runtime) return fail(std::move(runtime).error());
  if (!handler) return fail(std::move(handler).error());
  if (!memory) return fail(std::move(memory).error());
  if (!timeout) return fail(std::move(timeout).error());
  if (!description) return fail(std::move(description).error());
  if (!user_data) return fail(std::move(user_data).error());
  config.runtime = std::move(*runtime);
  config.handler = std::move(*handler);
  config.memory_size = static_cast<int>(*memory);
  config.timeout = std::chrono::seconds(*timeout);
  config.description = std::move(*description);
  config.user_data = std::move(*user_data);
  config.unmanaged = read_unmanaged(object);
  config.has_encrypted_user_data = has_encrypted_variables(object);
  return config;
}

Result<FunctionRow> read_row(const json& object) {
  if (!object.is_object()) return corrupt("an entry of the list is not an object");
  auto urn_text = required_text(object, "func_urn");
  if (!urn_text) return fail(std::move(urn_text).error());
  auto urn = FunctionUrn::parse(*urn_text);
  if (!urn) return fail(std::move(urn).error());
  auto name = required_text(object, "func_name");
  if (!name) return fail(std::move(name).error());
  auto app = text_or_empty(object, "package");
  auto digest = text_or_empty(object, "digest");
  auto description = text_or_empty(object, "description");
  if (!app) return fail(std::move(app).error());
  if (!digest) return fail(std::move(digest).error());
  if (!description) return fail(std::move(description).error());
  FunctionRow row{std::move(*urn), std::move(*name), std::move(*app), RemoteDigest{std::move(*digest)}, 0, "", "", ""};
  row.code_size = optional_number(object, "code_size");
  row.description = std::move(*description);
  row.image_name = optional_text(object, "image_name");
  row.last_modified = optional_text(object, "last_modified");
  return row;
}

Result<Version> read_version_object(const json& object) {
  if (!object.is_object()) return corrupt("an entry of the list is not an object");
  auto name = required_text(object, "version");
  auto digest = required_text(object, "digest");
  auto config = read_config(object);
  if (!name) return fail(std::move(name).error());
  if (!digest) return fail(std::move(digest).error());
  if (!config) return fail(std::move(config).error());
  Version version{std::move(*name), RemoteDigest{std::move(*digest)}, std::move(*config), std::nullopt};
  if (const auto found = object.find("version_description"); found != object.end() && found->is_string()) {
    version.description = found->get<std::string>();
  }
  return version;
}

Result<Alias> read_alias_object(const json& object) {
  if (!object.is_object()) return corrupt("an alias is not an object");
  auto name = required_text(object, "name");
  auto version = required_text(object, "version");
  if (!name) return fail(std::move(name).error());
  if (!version) return fail(std::move(version).error());
  Alias alias{std::move(*name), std::move(*version), optional_text(object, "description"), {}};
  if (const auto weights = object.find("additional_version_weights"); weights != object.end() && weights->is_object()) {
    for (const auto& [key, weight] : weights->items()) {
      if (!weight.is_number_integer()) return corrupt("the weight of the additional version " + key + " is no number");
      alias.additional_version_weights[key] = weight.get<int>();
    }
  }
  return alias;
}

/// The array under `key`, which may be missing or null when it is empty.
Result<json> rows_of(const json& document, const char* key) {
  const auto found = document.find(key);
  if (found == document.end()) return corrupt(std::string("the field ") + key + " is missing");
  if (found->is_null()) return json::array();
  if (!found->is_array()) return corrupt(std::string("the field ") + key + " is not a list");
  return *found;
}

/// Where the next page starts, and how many rows there are in all. A wrong type would read as the end of the list.
template <class Page>
Result<Page> with_paging(Page page, const json& document) {
  auto marker = number_if_any(document, "next_marker");
  auto count = number_if_any(document, "count");
  if (!marker) return fail(std::move(marker).error());
  if (!count) return fail(std::move(count).error());
  page.next_marker = marker->value_or(0);
  page.count = *count;
  return page;
}

/// Appends a base64 field to a JSON object's text: megabytes of it need no escaping and no second copy.
std::string with_base64(const OrderedJson& object, std::string_view key_path_open, const std::string& bytes,
                        std::string_view close) {
  std::string text = object.dump();
  text.pop_back();
  text += key_path_open;
  text += base64_encode(bytes);
  text += close;
  return text;
}

OrderedJson config_fields(const FunctionConfig& config) {
  OrderedJson body;
  body["runtime"] = config.runtime;
  body["timeout"] = config.timeout.count();
  body["handler"] = config.handler;
  body["memory_size"] = config.memory_size;
  body["user_data"] = write_user_data(config.user_data);
  body["description"] = config.description;
  return body;
}

OrderedJson alias_fields(const AliasRequest& request) {
  OrderedJson body;
  body["version"] = request.version;
  body["description"] = request.description;
  return body;
}

}  // namespace

Result<FunctionPage> read_function_page(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  auto rows = rows_of(*document, "functions");
  if (!rows) return fail(std::move(rows).error());
  FunctionPage page;
  for (const json& entry : *rows) {
    auto row = read_row(entry);
    if (!row) return fail(std::move(row).error());
    page.rows.push_back(std::move(*row));
  }
  return with_paging(std::move(page), *document);
}

Result<VersionPage> read_version_page(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  auto rows = rows_of(*document, "versions");
  if (!rows) return fail(std::move(rows).error());
  VersionPage page;
  for (const json& entry : *rows) {
    auto version = read_version_object(entry);
    if (!version) return fail(std::move(version).error());
    page.versions.push_back(std::move(*version));
  }
  return with_paging(std::move(page), *document);
}

Result<FunctionDetail> read_function(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  auto row = read_row(*document);
  if (!row) return fail(std::move(row).error());
  auto config = read_config(*document);
  if (!config) return fail(std::move(config).error());
  return FunctionDetail{std::move(*row), std::move(*config)};
}

Result<Version> read_version(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  return read_version_object(*document);
}

Result<RemoteDigest> read_code_digest(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  auto digest = required_text(*document, "digest");
  if (!digest) return fail(std::move(digest).error());
  return RemoteDigest{std::move(*digest)};
}

Result<std::vector<Alias>> read_aliases(const std::string& body) {
  auto document = parse(body);
  if (!document) return fail(std::move(document).error());
  if (!document->is_array()) return corrupt("the list of aliases is not an array");
  std::vector<Alias> aliases;
  for (const json& entry : *document) {
    auto alias = read_alias_object(entry);
    if (!alias) return fail(std::move(alias).error());
    aliases.push_back(std::move(*alias));
  }
  return aliases;
}

Result<Alias> read_alias(const std::string& body) {
  auto document = parse_object(body);
  if (!document) return fail(std::move(document).error());
  return read_alias_object(*document);
}

std::string write_import(const ImportRequest& request) {
  OrderedJson body;
  body["func_name"] = request.name;
  body["file_name"] = request.file_name;
  body["file_type"] = "zip";
  body["package"] = request.app;
  return with_base64(body, R"(,"file_code":")", request.package, R"("})");
}

std::string write_create(const CreateRequest& request) {
  OrderedJson body;
  body["func_name"] = request.name;
  body["package"] = request.app;
  body.update(config_fields(request.config));
  body["code_type"] = "zip";
  body["code_filename"] = request.code_filename;
  return with_base64(body, R"(,"func_code":{"file":")", request.code_zip, R"("}})");
}

std::string write_code(const CodeUpdate& update) {
  OrderedJson body;
  body["code_type"] = "zip";
  body["code_filename"] = update.code_filename;
  return with_base64(body, R"(,"func_code":{"file":")", update.code_zip, R"("}})");
}

std::string write_config(const std::string& name, const FunctionConfig& config) {
  OrderedJson body;
  if (!config.unmanaged.empty()) body = OrderedJson::parse(config.unmanaged);
  body["func_name"] = name;
  body.update(config_fields(config));
  return body.dump();
}

std::string write_publish(const PublishRequest& request) {
  OrderedJson body;
  body["version"] = request.version;
  body["description"] = request.description;
  return body.dump();
}

std::string write_create_alias(const AliasRequest& request) {
  OrderedJson body;
  body["name"] = request.name;
  body.update(alias_fields(request));
  return body.dump();
}

std::string write_update_alias(const AliasRequest& request) {
  return alias_fields(request).dump();
}

}  // namespace fgsync::functiongraph

#include "emulator/json.hpp"

#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/utf8.hpp"
#include "emulator/long_texts.hpp"

namespace fgsync::emulator {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;

/// Below, taking long texts out is not worth it.
constexpr std::size_t kLargeDocument = std::size_t{64} * 1024;

/// Discarded when it is not JSON.
Json parse_document(std::string_view text) {
  if (text.size() < kLargeDocument) return Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const ShortDocument document = without_long_texts(text);
  std::size_t strings = 0;
  const auto put_back = [&](int /*depth*/, Json::parse_event_t event, Json& value) {
    const bool is_string = event == Json::parse_event_t::key || value.is_string();
    if (!is_string) return true;
    const auto found = document.texts.find(strings++);
    if (found != document.texts.end()) value = found->second;
    return true;
  };
  return Json::parse(document.json, put_back, /*allow_exceptions=*/false);
}

const Json& json_of(const std::shared_ptr<const void>& node) {
  return *static_cast<const Json*>(node.get());
}

const Json* find(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool is_deeper_than(const Json& value, int limit) {
  if (!value.is_structured()) return false;
  if (limit == 0) return true;
  for (const auto& child : value) {
    if (is_deeper_than(child, limit - 1)) return true;
  }
  return false;
}

bool fits_int64(const Json& value) {
  if (!value.is_number_integer()) return false;
  return !value.is_number_unsigned() ||
         value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

bool is_text_list(const Json& value) {
  if (!value.is_array()) return false;
  for (const auto& item : value) {
    if (!item.is_string()) return false;
  }
  return true;
}

bool has_type(const Json& value, JsonType type) {
  switch (type) {
    case JsonType::text: return value.is_string();
    case JsonType::integer: return fits_int64(value);
    case JsonType::boolean: return value.is_boolean();
    case JsonType::object: return value.is_object();
    case JsonType::text_list: return is_text_list(value);
  }
  return false;
}

std::string_view name_of(JsonType type) {
  switch (type) {
    case JsonType::text: return "a string";
    case JsonType::integer: return "an integer";
    case JsonType::boolean: return "true or false";
    case JsonType::object: return "an object";
    case JsonType::text_list: return "a list of strings";
  }
  return "";
}

/// JSON whatever the text is: what is no UTF-8, as it may come in a path or a header, is replaced.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
    } else if (const auto size = utf8_length(text); size > 0) {
      out += text.substr(0, size);
      text.remove_prefix(size - 1);
    } else {
      out += "\\ufffd";
    }
  }
  out += '"';
}

}  // namespace

Valid<JsonObject> JsonObject::parse(std::string_view text) {
  auto document = std::make_shared<Json>(parse_document(text));
  if (document->is_discarded()) return refuse(kInvalidParameter, "the request body is not JSON");
  if (!document->is_object()) return refuse(kInvalidParameter, "the request body is not a JSON object");
  // Writing JSON follows the nesting by recursion.
  if (is_deeper_than(*document, kMaxDepth)) return refuse(kInvalidParameter, "the request body is nested too deeply");
  return JsonObject(std::move(document), "");
}

std::vector<std::string> JsonObject::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : json_of(node_).items()) names.push_back(name);
  return names;
}

Valid<std::optional<std::string>> JsonObject::text(std::string_view name) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return wrong_type(name, name_of(JsonType::text));
  return value->get<std::string>();
}

Valid<std::optional<std::int64_t>> JsonObject::integer(std::string_view name) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::nullopt;
  if (!fits_int64(*value)) return wrong_type(name, name_of(JsonType::integer));
  return value->get<std::int64_t>();
}

Valid<std::optional<bool>> JsonObject::boolean(std::string_view name) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) return wrong_type(name, name_of(JsonType::boolean));
  return value->get<bool>();
}

Valid<std::optional<JsonObject>> JsonObject::object(std::string_view name) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) return wrong_type(name, name_of(JsonType::object));
  return JsonObject(std::shared_ptr<const void>(node_, value), path_of(name));
}

Valid<std::vector<JsonObject>> JsonObject::objects(std::string_view name) const {
  std::vector<JsonObject> objects;
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return objects;
  if (!value->is_array()) return wrong_type(name, "a list of objects");
  for (const auto& item : *value) {
    if (!item.is_object()) return wrong_type(name, "a list of objects");
    objects.push_back(JsonObject(std::shared_ptr<const void>(node_, &item), path_of(name)));
  }
  return objects;
}

Valid<std::vector<std::string>> JsonObject::texts(std::string_view name) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::vector<std::string>();
  if (!is_text_list(*value)) return wrong_type(name, name_of(JsonType::text_list));
  return value->get<std::vector<std::string>>();
}

Valid<std::optional<std::string>> JsonObject::raw(std::string_view name, JsonType type) const {
  const Json* value = find(json_of(node_), name);
  if (value == nullptr) return std::nullopt;
  if (!has_type(*value, type)) return wrong_type(name, name_of(type));
  return value->dump();
}

std::string JsonObject::canonical() const {
  return json_of(node_).dump();
}

std::string JsonObject::merged_with(const JsonObject& changes) const {
  Json merged = json_of(node_);
  merged.update(json_of(changes.node_));
  return merged.dump();
}

tl::unexpected<Fault> JsonObject::wrong_type(std::string_view name, std::string_view expected) const {
  const Json* value = find(json_of(node_), name);
  return refuse(kInvalidParameter, path_of(name) + ": expected " + std::string(expected) + ", found " +
                                       (value == nullptr ? "nothing" : std::string(value->type_name())));
}

std::string JsonObject::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

JsonObject stored_object(const std::string& text) {
  auto object = JsonObject::parse(text);
  if (!object) throw std::runtime_error("the state holds a text that is no JSON object");
  return *object;
}

std::optional<Fault> check_types(const JsonObject& object, std::span<const JsonField> fields) {
  for (const auto& [name, type] : fields) {
    if (const auto value = object.raw(name, type); !value) return value.error();
  }
  return std::nullopt;
}

std::string text_of(const JsonObject& object, std::string_view name) {
  const auto value = object.text(name);
  return value ? value->value_or("") : "";
}

JsonMembers& JsonMembers::text(std::string_view name, std::string_view value) {
  begin(name);
  append_quoted(members_, value);
  return *this;
}

JsonMembers& JsonMembers::number(std::string_view name, std::int64_t value) {
  begin(name);
  members_ += std::to_string(value);
  return *this;
}

JsonMembers& JsonMembers::boolean(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonMembers& JsonMembers::raw(std::string_view name, std::string_view json) {
  begin(name);
  members_ += json;
  return *this;
}

void JsonMembers::begin(std::string_view name) {
  if (!members_.empty()) members_ += ',';
  append_quoted(members_, name);
  members_ += ':';
}

std::string json_text(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return quoted;
}

std::string json_array(const std::vector<std::string>& items) {
  std::string array = "[";
  for (const auto& item : items) {
    if (array.size() > 1) array += ',';
    array += item;
  }
  return array + "]";
}

}  // namespace fgsync::emulator

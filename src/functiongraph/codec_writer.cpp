#include "functiongraph/codec_writer.hpp"

#include <nlohmann/json.hpp>

namespace fgsync::functiongraph {
namespace {

std::string quoted(std::string_view text) {
  const nlohmann::json value(text);
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string after(const std::string& fields, std::string_view key) {
  return fields + (fields.empty() ? "" : ",") + quoted(key) + ":";
}

template <class Items, class ToJson>
std::string list_of(const Items& items, ToJson to_json) {
  std::string list;
  for (const auto& item : items) list += (list.empty() ? "" : ",") + to_json(item);
  return "[" + list + "]";
}

}  // namespace

ObjectWriter& ObjectWriter::text(std::string_view key, std::string_view value) {
  return raw(key, quoted(value));
}

ObjectWriter& ObjectWriter::text_if_any(std::string_view key, std::string_view value) {
  return value.empty() ? *this : text(key, value);
}

ObjectWriter& ObjectWriter::number(std::string_view key, std::int64_t value) {
  return raw(key, std::to_string(value));
}

ObjectWriter& ObjectWriter::flag(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}

ObjectWriter& ObjectWriter::texts(std::string_view key, const std::vector<std::string>& values) {
  return raw(key, list_of(values, quoted));
}

ObjectWriter& ObjectWriter::object(std::string_view key, const ObjectWriter& value) {
  return raw(key, value.json());
}

ObjectWriter& ObjectWriter::objects(std::string_view key, const std::vector<ObjectWriter>& values) {
  return raw(key, list_of(values, [](const ObjectWriter& value) { return value.json(); }));
}

ObjectWriter& ObjectWriter::raw(std::string_view key, std::string_view json) {
  fields_ = after(fields_, key);
  fields_ += json;
  return *this;
}

std::string ObjectWriter::json_up_to(std::string_view key) const {
  return "{" + after(fields_, key);
}

ObjectWriter write_map(const std::map<std::string, std::string>& values) {
  ObjectWriter object;
  for (const auto& [key, value] : values) object.text(key, value);
  return object;
}

}  // namespace fgsync::functiongraph

// Walks a value along its shape. Each kind of value has one function here that says all that can be wrong with it; what
// depends on more than one value is checked by the readers of each kind of document.
#include "manifest/schema.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "manifest/shown_text.hpp"

namespace fgsync::manifest::schema {
namespace {

using yaml::Mapping;
using yaml::Node;
using yaml::Report;
using yaml::Value;

constexpr std::string_view kMarkerStart = "[fgsync:";

/// `a, b or c`.
std::string enumerate(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

/// `spec.aliases[2].name` without the position in the list.
std::string without_positions(std::string_view field) {
  std::string text;
  bool is_inside = false;
  for (const char c : field) {
    if (c == '[') is_inside = true;
    if (!is_inside) text += c;
    if (c == ']') is_inside = false;
  }
  return text;
}

class Checker {
 public:
  Checker(Report& report, std::vector<UnusedField>& unused) : report_(report), unused_(unused) {}

  void check(const Value& value, const Shape& shape);

 private:
  void check_text(const Value& value, const Shape& shape);
  void check_integer(const Value& value, const Shape& shape);
  void check_list(const Value& value, const Shape& shape);
  void check_mapping(const Value& value, const Shape& shape);
  void check_field(Mapping& mapping, const Field& field);
  void check_alternatives(const Mapping& mapping, const Value& value, const Shape& shape);
  void check_dictionary(const Value& value, const Shape& shape);
  void check_key(const std::string& key, const Value& entry, const Shape& shape, const std::string& field);
  void check_count(const Value& value, const Shape& shape, std::size_t count);
  void error(std::string_view code, const Value& value, std::string message, std::string hint = {});

  Report& report_;
  std::vector<UnusedField>& unused_;
};

void Checker::error(std::string_view code, const Value& value, std::string message, std::string hint) {
  report_.error({.code = code,
                 .mark = value.mark(),
                 .field = value.field,
                 .message = std::move(message),
                 .hint = std::move(hint)});
}

void Checker::check(const Value& value, const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::text: return check_text(value, shape);
    case Shape::Kind::integer: return check_integer(value, shape);
    case Shape::Kind::boolean: static_cast<void>(read_bool(report_, value)); return;
    case Shape::Kind::list: return check_list(value, shape);
    case Shape::Kind::mapping: return check_mapping(value, shape);
    case Shape::Kind::dictionary: return check_dictionary(value, shape);
    case Shape::Kind::anything: return;
  }
}

void Checker::check_text(const Value& value, const Shape& shape) {
  const auto text = read_text(report_, value);
  if (!text) return;
  if (shape.rule != nullptr && !shape.rule->is_valid(*text)) {
    error("invalid_value", value, "must be " + std::string(shape.rule->expected) + ", found " + yaml::quoted(*text));
    return;
  }
  const auto values = values_of(shape);
  if (!values.empty() && !shape.is_open && std::find(values.begin(), values.end(), *text) == values.end()) {
    const std::vector<std::string_view> known(values.begin(), values.end());
    error("unknown_value", value, "must be " + enumerate(known) + ", found " + describe(*value.node),
          yaml::did_you_mean(*text, known));
    return;
  }
  if (shape.max_characters > 0) {
    const std::size_t count = yaml::count_characters(*text);
    if (count > static_cast<std::size_t>(shape.max_characters)) {
      error(
          "out_of_range", value,
          "must have at most " + std::to_string(shape.max_characters) + " characters, found " + std::to_string(count));
    }
  }
  if (shape.has_no_marker && text->find(kMarkerStart) != std::string::npos) {
    error("reserved_text", value, "must not contain \"[fgsync:\"", "fgsync writes its own marks there");
  }
}

void Checker::check_integer(const Value& value, const Shape& shape) {
  const auto number = read_integer(report_, value, shape.range);
  const auto values = values_of(shape);
  if (!number || values.empty() || shape.is_open) return;
  if (std::find(values.begin(), values.end(), std::to_string(*number)) != values.end()) return;
  error("unknown_value", value,
        "must be " + enumerate({values.begin(), values.end()}) + ", found " + std::to_string(*number));
}

void Checker::check_count(const Value& value, const Shape& shape, std::size_t count) {
  if (shape.max_items == 0 || count <= static_cast<std::size_t>(shape.max_items)) return;
  report_.error({.code = "out_of_range",
                 .mark = value.key,
                 .field = value.field,
                 .message = "must have at most " + std::to_string(shape.max_items) +
                            (shape.max_items == 1 ? " entry, found " : " entries, found ") + std::to_string(count)});
}

void Checker::check_list(const Value& value, const Shape& shape) {
  const auto entries = read_list(report_, value);
  if (!entries) return;
  check_count(value, shape, entries->size());
  for (const Value& entry : *entries) check(entry, *shape.items);
}

void Checker::check_mapping(const Value& value, const Shape& shape) {
  if (!shape.shorthand.empty() && value.node->kind == Node::Kind::scalar) {
    const std::string key = value.field.substr(value.field.rfind('.') + 1);
    return error("wrong_type", value, "must be a mapping, found " + describe(*value.node),
                 "write `" + key + ": {" + std::string(shape.shorthand) + ": " + yaml::quoted(value.node->text) + "}`");
  }
  auto mapping = Mapping::open(report_, value);
  if (!mapping) return;
  for (const Field& field : fields_of(shape)) check_field(*mapping, field);
  check_alternatives(*mapping, value, shape);
  mapping->hint_synonyms(std::span(shape.synonyms, shape.synonym_count));
  mapping->close();
}

void Checker::check_field(Mapping& mapping, const Field& field) {
  const bool is_required = field.presence == Field::Presence::required;
  const auto value = is_required ? mapping.require(field.key) : mapping.find(field.key);
  if (!value) return;
  if (field.effect == Field::Effect::later) {
    unused_.push_back({.field = without_positions(value->field), .position = report_.at(value->key)});
  }
  check(*value, field.shape);
}

void Checker::check_alternatives(const Mapping& mapping, const Value& value, const Shape& shape) {
  const auto alternatives = alternatives_of(shape);
  if (alternatives.empty()) return;
  std::vector<std::string_view> found;
  for (const auto& [key, entry] : mapping.entries()) {
    const auto match = std::find(alternatives.begin(), alternatives.end(), key);
    if (match != alternatives.end()) found.push_back(*match);
  }
  if (found.size() == 1) return;
  std::string message = "must have exactly one of " + enumerate(alternatives) + ", found ";
  if (found.empty()) message += "none";
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0) message += i + 1 == found.size() ? " and " : ", ";
    message += found[i];
  }
  report_.error({.code = found.empty() ? "missing" : "too_many",
                 .mark = value.key,
                 .field = value.field,
                 .message = std::move(message)});
}

void Checker::check_key(const std::string& key, const Value& entry, const Shape& shape, const std::string& field) {
  if (shape.keys == nullptr || shape.keys->is_valid(key)) return;
  report_.error({.code = "invalid_value",
                 .mark = entry.key,
                 .field = field,
                 .message = std::string(shape.key_noun) + " must be " + std::string(shape.keys->expected) + ", found " +
                            yaml::quoted(key)});
}

void Checker::check_dictionary(const Value& value, const Shape& shape) {
  const auto mapping = Mapping::open(report_, value);
  if (!mapping) return;
  const auto entries = mapping->entries();
  check_count(value, shape, entries.size());
  for (const auto& [key, entry] : entries) {
    if (key == yaml::kMergeKey) {
      report_.error({.code = "unknown_key",
                     .mark = entry.key,
                     .field = entry.field,
                     .message = "unknown key",
                     .hint = std::string(yaml::kMergeKeyHint)});
      continue;
    }
    check_key(key, entry, shape, value.field);
    check(entry, *shape.items);
  }
}

}  // namespace

std::span<const Field> fields_of(const Shape& shape) {
  return {shape.fields, shape.field_count};
}

std::span<const std::string_view> values_of(const Shape& shape) {
  return {shape.values, shape.value_count};
}

std::vector<std::string_view> alternatives_of(const Shape& shape) {
  std::vector<std::string_view> keys;
  for (const Field& field : fields_of(shape)) {
    if (field.presence == Field::Presence::alternative) keys.push_back(field.key);
  }
  return keys;
}

std::vector<UnusedField> check(Report& report, const Value& value, const Shape& shape) {
  std::vector<UnusedField> unused;
  Checker(report, unused).check(value, shape);
  return unused;
}

std::optional<std::string> View::text() const {
  if (value_.node->kind != Node::Kind::scalar) return std::nullopt;
  return value_.node->text;
}

std::optional<int> View::integer() const {
  const Node& node = *value_.node;
  int number = 0;
  const char* end = node.text.data() + node.text.size();
  if (node.kind != Node::Kind::scalar || !node.is_plain) return std::nullopt;
  const auto parsed = std::from_chars(node.text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<bool> View::boolean() const {
  const Node& node = *value_.node;
  if (node.kind != Node::Kind::scalar || (node.text != "true" && node.text != "false")) return std::nullopt;
  return node.text == "true";
}

std::vector<View> View::items() const {
  std::vector<View> views;
  for (const yaml::NodePtr& item : value_.node->items) {
    std::string field = value_.field + "[" + std::to_string(views.size()) + "]";
    views.emplace_back(Value{.node = item, .field = std::move(field), .key = item->mark});
  }
  return views;
}

std::vector<std::pair<std::string, View>> View::entries() const {
  std::vector<std::pair<std::string, View>> views;
  std::set<std::string_view> seen;
  for (const yaml::Entry& entry : value_.node->entries) {
    const std::string& key = entry.key->text;
    if (entry.key->kind != Node::Kind::scalar || !seen.insert(key).second) continue;
    std::string field = value_.field + "." + yaml::shown_text(key, 60);
    views.emplace_back(key, Value{.node = entry.value, .field = std::move(field), .key = entry.key->mark});
  }
  return views;
}

std::map<std::string, std::string> View::texts() const {
  std::map<std::string, std::string> texts;
  for (const auto& [key, entry] : entries()) {
    if (auto text = entry.text()) texts.emplace(key, *std::move(text));
  }
  return texts;
}

std::optional<View> View::find(std::string_view key) const {
  for (const yaml::Entry& entry : value_.node->entries) {
    if (entry.key->kind != Node::Kind::scalar || entry.key->text != key) continue;
    std::string field = value_.field.empty() ? std::string(key) : value_.field + "." + std::string(key);
    return View(Value{.node = entry.value, .field = std::move(field), .key = entry.key->mark});
  }
  return std::nullopt;
}

std::optional<std::string> View::text(std::string_view key) const {
  const auto value = find(key);
  return value ? value->text() : std::nullopt;
}

std::optional<int> View::integer(std::string_view key) const {
  const auto value = find(key);
  return value ? value->integer() : std::nullopt;
}

std::optional<bool> View::boolean(std::string_view key) const {
  const auto value = find(key);
  return value ? value->boolean() : std::nullopt;
}

}  // namespace fgsync::manifest::schema

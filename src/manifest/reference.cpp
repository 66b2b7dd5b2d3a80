#include "manifest/schema.hpp"

namespace fgsync::manifest::schema {
namespace {

/// Text that may stand in a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string code(std::string_view text) {
  return "`" + cell(text) + "`";
}

std::string joined(std::span<const std::string_view> values) {
  std::string text;
  for (const std::string_view value : values) text += (text.empty() ? "" : ", ") + code(value);
  return text;
}

std::string count_limit(const Shape& shape) {
  return shape.max_items > 0 ? ", at most " + std::to_string(shape.max_items) : "";
}

std::string describe_text(const Shape& shape) {
  const auto values = values_of(shape);
  if (!values.empty()) return (shape.is_open ? "usually one of " : "one of ") + joined(values);
  if (shape.rule != nullptr) return cell(shape.rule->expected);
  if (shape.max_characters > 0) return "text, at most " + std::to_string(shape.max_characters) + " characters";
  return "text";
}

std::string describe_integer(const Shape& shape) {
  const auto values = values_of(shape);
  const std::string range = std::to_string(shape.range.low) + " to " + std::to_string(shape.range.high);
  if (values.empty()) return range;
  return shape.is_open ? range + ", usually one of " + joined(values) : "one of " + joined(values);
}

std::string describe(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::text: return describe_text(shape);
    case Shape::Kind::integer: return describe_integer(shape);
    case Shape::Kind::boolean: return "true or false";
    case Shape::Kind::list: return "a list" + count_limit(shape);
    case Shape::Kind::mapping: return "a mapping";
    case Shape::Kind::dictionary: return "a mapping of your own keys" + count_limit(shape);
    case Shape::Kind::anything: return "anything";
  }
  return {};
}

std::string default_of(const Field& field) {
  switch (field.presence) {
    case Field::Presence::required: return "**required**";
    case Field::Presence::alternative: return "one of these";
    case Field::Presence::optional: break;
  }
  return cell(field.fallback);
}

std::string meaning_of(const Field& field) {
  std::string text = cell(field.doc);
  if (field.effect == Field::Effect::later) text += " *Checked, not acted on yet.*";
  if (!field.example.empty()) text += " Example: " + code(field.example);
  return text;
}

void add_fields(std::string& table, const Shape& shape, const std::string& path);

/// The rows of what is inside of a field, if that has fields of its own.
void add_below(std::string& table, const Shape& shape, const std::string& path) {
  if (shape.kind == Shape::Kind::mapping) add_fields(table, shape, path + ".");
  if (shape.kind == Shape::Kind::list) add_below(table, *shape.items, path + "[]");
  if (shape.kind == Shape::Kind::dictionary) add_below(table, *shape.items, path + ".*");
}

void add_fields(std::string& table, const Shape& shape, const std::string& path) {
  for (const Field& field : fields_of(shape)) {
    const std::string name = path + std::string(field.key);
    table += "| " + code(name) + " | " + describe(field.shape) + " | " + default_of(field) + " | " + cell(field.api) +
             " | " + meaning_of(field) + " |\n";
    add_below(table, field.shape, name);
  }
}

}  // namespace

std::string reference_table(const Shape& shape, std::string_view api_column) {
  std::string table = "| key | value | default | " + std::string(api_column) + " | meaning |\n|---|---|---|---|---|\n";
  add_fields(table, shape, "");
  return table;
}

}  // namespace fgsync::manifest::schema

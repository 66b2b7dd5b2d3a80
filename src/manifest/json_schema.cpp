// A text is any scalar as written, and editors hand over what YAML made of it, so a text's schema also takes the
// numbers and truth values whose usual spelling its rule would accept.
#include <nlohmann/json.hpp>

#include "manifest/schema.hpp"

namespace fgsync::manifest::schema {
namespace {

using Json = nlohmann::ordered_json;

/// A pattern that no text without a variable fits.
constexpr const char* kVariable = R"(\$\{[A-Za-z_][A-Za-z0-9_]*\})";

Json schema_of(const Shape& shape, Variables variables);

/// With variables any value may be one, whatever it must be once its text is put in.
Json or_variable(Json schema, Variables variables) {
  const bool takes_any_text = schema.value("type", Json()) == "string" && schema.size() == 1;
  if (variables == Variables::none || takes_any_text) return schema;
  return {{"anyOf", Json::array({std::move(schema), {{"type", "string"}, {"pattern", kVariable}}})}};
}

bool accepts(const Shape& shape, std::string_view text) {
  return shape.rule == nullptr || shape.rule->is_valid(text);
}

Json text_types(const Shape& shape) {
  Json types = Json::array({"string"});
  if (accepts(shape, "0") || accepts(shape, "1.5")) types.push_back("number");
  if (accepts(shape, "true")) types.push_back("boolean");
  return types.size() == 1 ? types.front() : types;
}

Json closed_values(const Shape& shape) {
  Json values = Json::array();
  for (const std::string_view value : values_of(shape)) {
    values.push_back(value);
    if (value == "true" || value == "false") values.push_back(value == "true");
  }
  return values;
}

Json schema_of_text(const Shape& shape) {
  const auto values = values_of(shape);
  if (!values.empty() && !shape.is_open) return {{"enum", closed_values(shape)}};
  Json schema{{"type", text_types(shape)}};
  if (!values.empty()) schema["examples"] = Json(std::vector<std::string>(values.begin(), values.end()));
  if (shape.rule != nullptr && !shape.rule->pattern.empty()) schema["pattern"] = shape.rule->pattern;
  if (shape.max_characters > 0) schema["maxLength"] = shape.max_characters;
  if (shape.has_no_marker) schema["not"] = {{"type", "string"}, {"pattern", R"(\[fgsync:)"}};
  return schema;
}

Json schema_of_integer(const Shape& shape) {
  Json values = Json::array();
  for (const std::string_view value : values_of(shape)) values.push_back(std::stoll(std::string(value)));
  if (!values.empty() && !shape.is_open) return {{"enum", values}};
  Json schema{{"type", "integer"}, {"minimum", shape.range.low}, {"maximum", shape.range.high}};
  if (!values.empty()) schema["examples"] = values;
  return schema;
}

/// Exactly one of the alternatives.
Json one_of_keys(const std::vector<std::string_view>& keys) {
  Json choices = Json::array();
  for (const std::string_view key : keys) choices.push_back({{"required", Json::array({key})}});
  return choices;
}

Json schema_of_field(const Field& field, Variables variables) {
  Json schema = schema_of(field.shape, variables);
  std::string text(field.doc);
  if (!field.fallback.empty())
    text += (text.empty() ? "" : " ") + std::string("Default: ") + std::string(field.fallback) + ".";
  if (field.effect == Field::Effect::later) text += " Checked, and not acted on by this version of fgsync.";
  if (!text.empty()) schema["description"] = text;
  return schema;
}

Json schema_of_mapping(const Shape& shape, Variables variables) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : fields_of(shape)) {
    properties[std::string(field.key)] = schema_of_field(field, variables);
    if (field.presence == Field::Presence::required) required.push_back(field.key);
  }
  Json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  const auto alternatives = alternatives_of(shape);
  if (!alternatives.empty()) schema["oneOf"] = one_of_keys(alternatives);
  return schema;
}

Json schema_of_dictionary(const Shape& shape, Variables variables) {
  Json schema{{"type", "object"}, {"additionalProperties", schema_of(*shape.items, variables)}};
  if (shape.keys != nullptr && !shape.keys->pattern.empty()) {
    schema["propertyNames"] = {{"pattern", shape.keys->pattern}};
  }
  if (shape.max_items > 0) schema["maxProperties"] = shape.max_items;
  return schema;
}

Json schema_of(const Shape& shape, Variables variables) {
  switch (shape.kind) {
    case Shape::Kind::text: return or_variable(schema_of_text(shape), variables);
    case Shape::Kind::integer: return or_variable(schema_of_integer(shape), variables);
    case Shape::Kind::boolean: return or_variable({{"type", "boolean"}}, variables);
    case Shape::Kind::mapping: return schema_of_mapping(shape, variables);
    case Shape::Kind::dictionary: return schema_of_dictionary(shape, variables);
    case Shape::Kind::list: break;
    case Shape::Kind::anything: return Json::object();
  }
  Json schema{{"type", "array"}, {"items", schema_of(*shape.items, variables)}};
  if (shape.max_items > 0) schema["maxItems"] = shape.max_items;
  return schema;
}

}  // namespace

std::string json_schema(const Shape& document, std::string_view title, Variables variables) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  schema.update(schema_of(document, variables));
  // What a document is has to be known before its variables are.
  for (const Field& field : fields_of(document)) {
    if (field.shape.kind == Shape::Kind::text) {
      schema["properties"][std::string(field.key)] = schema_of_field(field, Variables::none);
    }
  }
  return schema.dump(2) + "\n";
}

}  // namespace fgsync::manifest::schema

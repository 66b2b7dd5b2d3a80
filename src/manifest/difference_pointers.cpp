// Walks down the schema of spec. What a list holds, and some mappings, are compared as a whole: there the way ends.
#include "manifest/difference_pointers.hpp"

#include <algorithm>
#include <array>

#include "manifest/function_schema.hpp"

namespace fgsync::manifest {
namespace {

using schema::Field;
using schema::Shape;

/// Keys of spec that say how fgsync works, or what cannot be left to others.
constexpr auto kNotCompared = std::to_array<std::string_view>(
    {"app", "runtime", "code", "type", "version", "aliases", "retain_versions", "depends_on", "protect", "suspend",
     "on_change", "adopt", "self_heal", "ignore_differences", "encrypted_user_data"});

/// Mappings of which only the whole is compared.
constexpr auto kWhole =
    std::to_array<std::string_view>({"/mount_config/mount_user", "/function_async_config/destination_config/on_success",
                                     "/function_async_config/destination_config/on_failure"});

/// A list in a manifest that is compared by entry, each under its qualifier.
constexpr std::string_view kReserved = "/reserved_instances";
constexpr std::string_view kQualifier = "qualifier";

template <class List>
bool holds(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const Shape& spec() {
  const auto fields = schema::fields_of(function_document());
  return std::find_if(fields.begin(), fields.end(), [](const Field& field) { return field.key == "spec"; })->shape;
}

/// What can be named one step below a place; nothing: it is compared as a whole.
struct Parts {
  std::vector<const Field*> fields;
  const Shape* any = nullptr;  ///< under keys of one's own
};

Parts parts_of(const std::string& place, const Shape& shape) {
  if (place == kReserved) return {{}, shape.items};
  if (shape.kind == Shape::Kind::dictionary) return {{}, shape.items};
  Parts parts;
  if (shape.kind != Shape::Kind::mapping || holds(kWhole, place)) return parts;
  for (const Field& field : schema::fields_of(shape)) {
    const bool is_left_out =
        place.empty() ? holds(kNotCompared, field.key) : place.starts_with(kReserved) && field.key == kQualifier;
    if (!is_left_out) parts.fields.push_back(&field);
  }
  return parts;
}

std::string joined(const std::string& place, const std::vector<const Field*>& fields) {
  std::string text;
  for (const Field* field : fields) text += (text.empty() ? "" : ", ") + place + "/" + std::string(field->key);
  return text;
}

PointerMistake unknown_part(const std::string& place, std::string_view key, const Parts& parts,
                            const std::string& found) {
  std::vector<std::string_view> names;
  for (const Field* field : parts.fields) names.push_back(field->key);
  std::string hint = yaml::did_you_mean(key, names);
  if (hint.empty()) hint = "what can be named is " + joined(place, parts.fields);
  return {place.empty() ? "must start with the name of a setting that can be left to others" + found
                        : "must name something in " + place + found,
          std::move(hint)};
}

void collect(const std::string& place, const Shape& shape, std::vector<std::string>& pointers) {
  if (!place.empty()) pointers.push_back(place);
  const Parts parts = parts_of(place, shape);
  if (parts.any != nullptr) collect(place + "/*", *parts.any, pointers);
  for (const Field* field : parts.fields) collect(place + "/" + std::string(field->key), field->shape, pointers);
}

}  // namespace

std::optional<PointerMistake> check_pointer(std::string_view pointer) {
  const std::string found = ", found " + yaml::quoted(pointer);
  std::string place;
  const Shape* shape = &spec();
  while (place.size() < pointer.size()) {
    const std::string_view rest = pointer.substr(place.size() + 1);
    const std::string_view key = rest.substr(0, rest.find('/'));
    const Parts parts = parts_of(place, *shape);
    const auto field =
        std::find_if(parts.fields.begin(), parts.fields.end(), [key](const Field* known) { return known->key == key; });
    if (parts.any == nullptr && parts.fields.empty()) {
      return PointerMistake{"goes deeper than fgsync compares" + found, "what can be named is " + place};
    }
    if (parts.any == nullptr && field == parts.fields.end()) return unknown_part(place, key, parts, found);
    if (key.empty()) return PointerMistake{"must name something in " + place + found, ""};
    shape = parts.any != nullptr ? parts.any : &(*field)->shape;
    place += "/" + std::string(key);
  }
  return std::nullopt;
}

std::vector<std::string> difference_pointers() {
  std::vector<std::string> pointers;
  collect("", spec(), pointers);
  return pointers;
}

}  // namespace fgsync::manifest

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/codec.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/codec_writer.hpp"

/// What the parts of the codec share.
namespace fgsync::functiongraph {

/// A field whose value is a text, and the member that holds it.
template <class Object>
struct TextField {
  const char* key;
  std::string Object::* member;
};

/// Texts that are settings: they must be texts when they are set.
template <class Object, std::size_t Count>
void read_texts(ObjectReader& reader, const TextField<Object> (&fields)[Count], Object& object) {
  for (const auto& field : fields) object.*field.member = reader.text_setting(field.key).value_or("");
}

/// Texts that are only shown.
template <class Object, std::size_t Count>
void read_shown_texts(const ObjectReader& reader, const TextField<Object> (&fields)[Count], Object& object) {
  for (const auto& field : fields) object.*field.member = reader.shown_text(field.key);
}

/// Those that are not empty.
template <class Object, std::size_t Count>
void write_texts(ObjectWriter& writer, const TextField<Object> (&fields)[Count], const Object& object) {
  for (const auto& field : fields) writer.text_if_any(field.key, object.*field.member);
}

// What reads an object answers a value, or, where there is no empty one, nothing after a problem.

/// Reads a body that is one object.
template <class T>
Result<T> read_object(const std::string& body, T (*read)(ObjectReader&)) {
  auto reader = ObjectReader::parse(body);
  if (!reader) return fail(std::move(reader).error());
  T value = read(*reader);
  return reader->finish(std::move(value));
}

template <class T>
Result<T> read_object(const std::string& body, std::optional<T> (*read)(ObjectReader&)) {
  auto reader = ObjectReader::parse(body);
  if (!reader) return fail(std::move(reader).error());
  std::optional<T> value = read(*reader);
  if (auto problem = reader->first_problem()) return fail(std::move(*problem));
  return std::move(*value);
}

/// What is only shown and has a strict reader: nothing when it has a problem.
template <class T>
std::optional<T> read_apart(const ObjectReader& reader, T (*read)(ObjectReader&)) {
  ObjectReader own = reader.apart();
  std::optional<T> value = read(own);
  if (own.first_problem()) value.reset();
  return value;
}

/// The same for a field that is an object.
template <class T>
std::optional<T> read_shown(const ObjectReader& reader, const char* key, T (*read)(ObjectReader&)) {
  const auto object = reader.shown_object(key);
  return object ? read_apart(*object, read) : std::nullopt;
}

template <class T>
std::vector<T> read_each(std::vector<ObjectReader> rows, T (*read)(ObjectReader&)) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (ObjectReader& row : rows) values.push_back(read(row));
  return values;
}

template <class T>
std::vector<T> read_each(std::vector<ObjectReader> rows, std::optional<T> (*read)(ObjectReader&)) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (ObjectReader& row : rows) {
    if (auto value = read(row)) values.push_back(std::move(*value));
  }
  return values;
}

template <class T>
Result<std::vector<T>> read_list(const std::string& body, const std::string& of_what, T (*read)(ObjectReader&)) {
  auto rows = ObjectReader::parse_list(body, of_what);
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return std::vector<T>();
  const ObjectReader first = rows->front();
  return first.finish(read_each(std::move(*rows), read));
}

/// A page with the rows under `key`, of which `read` looks at `fields` only (none given: at any). A marker of another
/// type would read as the end of the list, so it is refused.
template <class Row, class Read>
Result<OffsetPage<Row>> read_offset_page(const std::string& body, const char* key, Read read,
                                         std::span<const std::string_view> fields = {}) {
  auto reader = fields.empty() ? ObjectReader::parse(body) : ObjectReader::parse_rows(body, fields);
  if (!reader) return fail(std::move(reader).error());
  OffsetPage<Row> page;
  page.rows = read_each(reader->rows(key), read);
  page.next_marker = reader->number_if_any("next_marker").value_or(0);
  page.count = reader->number_if_any("count");
  return reader->finish(std::move(page));
}

/// A mark is a number in the SDK and a text in the request; 0 says the same as none.
std::string read_marker(const ObjectReader& page_info);

template <class Row>
Result<MarkedPage<Row>> read_marked_page(const std::string& body, const char* key, Row (*read)(ObjectReader&)) {
  auto reader = ObjectReader::parse(body);
  if (!reader) return fail(std::move(reader).error());
  MarkedPage<Row> page;
  page.rows = read_each(reader->rows(key), read);
  if (auto info = reader->object_setting("page_info")) page.next_marker = read_marker(*info);
  page.count = reader->number_if_any("count");
  return reader->finish(std::move(page));
}

FunctionConfig read_config(ObjectReader& reader);
/// Which request the configuration becomes part of: creating takes fewer settings than updating.
enum class ConfigUse { create, update };
void write_config_fields(ObjectWriter& writer, const FunctionConfig& config, ConfigUse use);

/// Of a configuration, the settings that are objects.
void read_nested_settings(ObjectReader& reader, FunctionConfig& config);
void write_nested_settings(ObjectWriter& writer, const FunctionConfig& config, ConfigUse use);

StrategyConfig read_strategy_config(ObjectReader& reader);
AsyncConfig read_async_config_fields(ObjectReader& reader);

FunctionFacts read_facts(ObjectReader& reader);
/// `last_modified`, and `last_modified_utc` where there is one.
Timestamp read_last_modified(const ObjectReader& reader);
Timestamp read_timestamp(const ObjectReader& reader, const char* key);
/// A time that is a number.
std::optional<std::chrono::system_clock::time_point> read_epoch(const ObjectReader& reader, const char* key);
std::vector<DependencyReference> read_dependency_references(const ObjectReader& reader);

}  // namespace fgsync::functiongraph

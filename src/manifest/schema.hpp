#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/service_rules.hpp"
#include "manifest/yaml_reader.hpp"

/// What a kind of document may hold, as data. One table per kind is the only place where a field is named: checking,
/// the JSON Schema for editors and the reference pages all come from it.
namespace fgsync::manifest::schema {

struct Field;

/// A word that people write for a key which is called otherwise here.
using Synonym = std::pair<std::string_view, std::string_view>;

/// What a value may be. Made by the functions below.
struct Shape {
  enum class Kind {
    text,        ///< any scalar, as written
    integer,     ///< a plain decimal number
    boolean,     ///< true or false
    list,        ///< of `items`
    mapping,     ///< of `fields`, and nothing else
    dictionary,  ///< of any keys that follow `keys`, to `items`
    anything,    ///< looked at elsewhere
  };
  Kind kind = Kind::text;

  const NameRule* rule = nullptr;       ///< of a text
  const std::string_view* values = {};  ///< of a text: what it may be
  std::size_t value_count = 0;
  bool is_open = false;        ///< the service may extend `values`: they are only suggested
  int max_characters = 0;      ///< of a text; 0: no limit
  bool has_no_marker = false;  ///< of a text: fgsync's own marks must not be in it

  yaml::Range range{.low = 0, .high = 0};  ///< of an integer

  const Shape* items = nullptr;    ///< of a list or dictionary
  int max_items = 0;               ///< of a list or dictionary; 0: no limit
  const NameRule* keys = nullptr;  ///< of a dictionary
  std::string_view key_noun = {};  ///< of a dictionary: `a label`

  const Field* fields = nullptr;  ///< of a mapping
  std::size_t field_count = 0;
  const Synonym* synonyms = nullptr;
  std::size_t synonym_count = 0;
  std::string_view shorthand = {};  ///< of a mapping: the key that somebody means who writes a text instead
};

/// A key of a mapping, with what a reader of the reference needs to know.
struct Field {
  enum class Presence {
    optional,
    required,
    alternative,  ///< exactly one of the alternatives of a mapping must be there
  };
  /// Whether this version of fgsync does something with the field, or only reads and checks it.
  enum class Effect { acted_on, later };

  std::string_view key;
  Shape shape = {};
  Presence presence = Presence::optional;
  Effect effect = Effect::acted_on;
  std::string_view fallback = {};  ///< what holds when it is left out, in words for the reference
  std::string_view api = {};       ///< what it is called in the API, and in which call
  std::string_view doc = {};       ///< what it means, in sentences
  std::string_view example = {};   ///< as it is written after `key: `
};

inline constexpr auto kRequired = Field::Presence::required;
inline constexpr auto kAlternative = Field::Presence::alternative;
inline constexpr auto kLater = Field::Effect::later;

inline constexpr Shape kText{};
inline constexpr Shape kBoolean{.kind = Shape::Kind::boolean};
inline constexpr Shape kAnything{.kind = Shape::Kind::anything};

constexpr Shape text_up_to(int max_characters) {
  return {.kind = Shape::Kind::text, .max_characters = max_characters};
}

constexpr Shape named(const NameRule& rule) {
  return {.kind = Shape::Kind::text, .rule = &rule};
}

constexpr Shape one_of(std::span<const std::string_view> values) {
  return {.kind = Shape::Kind::text, .values = values.data(), .value_count = values.size()};
}

/// One of the values, or another that the service has come to know since.
constexpr Shape usually_one_of(std::span<const std::string_view> values) {
  return {.kind = Shape::Kind::text, .values = values.data(), .value_count = values.size(), .is_open = true};
}

constexpr Shape integer(long long low, long long high) {
  return {.kind = Shape::Kind::integer, .range = {.low = low, .high = high}};
}

/// A number that the service lists, or another that it has come to know since.
constexpr Shape integer_near(std::span<const std::string_view> values, long long low, long long high) {
  return {.kind = Shape::Kind::integer,
          .values = values.data(),
          .value_count = values.size(),
          .is_open = true,
          .range = {.low = low, .high = high}};
}

/// One of the numbers.
constexpr Shape integer_of(std::span<const std::string_view> values, long long low, long long high) {
  return {.kind = Shape::Kind::integer,
          .values = values.data(),
          .value_count = values.size(),
          .range = {.low = low, .high = high}};
}

constexpr Shape list_of(const Shape& items, int max_items = 0) {
  return {.kind = Shape::Kind::list, .items = &items, .max_items = max_items};
}

constexpr Shape dictionary_of(const NameRule& keys, std::string_view key_noun, const Shape& items, int max_items = 0) {
  return {
      .kind = Shape::Kind::dictionary, .items = &items, .max_items = max_items, .keys = &keys, .key_noun = key_noun};
}

constexpr Shape mapping_of(std::span<const Field> fields, std::span<const Synonym> synonyms = {},
                           std::string_view shorthand = {}) {
  return {.kind = Shape::Kind::mapping,
          .fields = fields.data(),
          .field_count = fields.size(),
          .synonyms = synonyms.data(),
          .synonym_count = synonyms.size(),
          .shorthand = shorthand};
}

std::span<const Field> fields_of(const Shape& shape);
std::span<const std::string_view> values_of(const Shape& shape);
/// The alternatives of a mapping; empty: it has none.
std::vector<std::string_view> alternatives_of(const Shape& shape);

/// A field that is there and not acted on yet.
struct UnusedField {
  std::string field;  ///< without positions in lists: `spec.aliases.additional_version_weights`
  SourcePosition position;
};

/// Reports everything about the value that the shape does not allow. The fields that are set and not acted on.
std::vector<UnusedField> check(yaml::Report& report, const yaml::Value& value, const Shape& shape);

/// Reads a value that was checked. What is not of the type that is asked for reads as absent: it has been reported.
class View {
 public:
  explicit View(yaml::Value value) : value_(std::move(value)) {}

  [[nodiscard]] const yaml::Value& value() const { return value_; }
  [[nodiscard]] yaml::Mark mark() const { return value_.mark(); }

  [[nodiscard]] std::optional<std::string> text() const;
  [[nodiscard]] std::optional<int> integer() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  /// The entries of a list.
  [[nodiscard]] std::vector<View> items() const;
  /// The entries of a mapping; of a key that stands there twice, the first.
  [[nodiscard]] std::vector<std::pair<std::string, View>> entries() const;
  /// The entries of a mapping of texts.
  [[nodiscard]] std::map<std::string, std::string> texts() const;
  /// The value of a key of a mapping.
  [[nodiscard]] std::optional<View> find(std::string_view key) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::optional<int> integer(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;

 private:
  yaml::Value value_;
};

/// Whether the values of a document may be variables of an environment.
enum class Variables { none, anywhere };

/// The JSON Schema (draft 2020-12) of a document, indented, with a line break at its end. It describes values as an
/// editor sees them after parsing YAML 1.2.
std::string json_schema(const Shape& document, std::string_view title, Variables variables = Variables::none);

/// A Markdown table of all fields below the shape, nested ones with their path, for the reference pages. `api_column`
/// says what Field::api is about.
std::string reference_table(const Shape& shape, std::string_view api_column);

}  // namespace fgsync::manifest::schema

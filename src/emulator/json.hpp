#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/fault.hpp"

namespace fgsync::emulator {

enum class JsonType { text, integer, boolean, object, text_list };

/// A read-only view of a JSON object; keeps the document it came from alive. Types are strict, as in the service's own
/// parser: a number written as a string is refused (FSS.0400). A null counts as absent, unknown members are ignored.
class JsonObject {
 public:
  static Valid<JsonObject> parse(std::string_view text);

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] Valid<std::optional<std::string>> text(std::string_view name) const;
  [[nodiscard]] Valid<std::optional<std::int64_t>> integer(std::string_view name) const;
  [[nodiscard]] Valid<std::optional<bool>> boolean(std::string_view name) const;
  [[nodiscard]] Valid<std::optional<JsonObject>> object(std::string_view name) const;
  /// A list of objects; absent: empty.
  [[nodiscard]] Valid<std::vector<JsonObject>> objects(std::string_view name) const;
  /// A list of strings; absent: empty.
  [[nodiscard]] Valid<std::vector<std::string>> texts(std::string_view name) const;
  /// The member as compact JSON with sorted keys, when it has the type.
  [[nodiscard]] Valid<std::optional<std::string>> raw(std::string_view name, JsonType type) const;
  /// This object as compact JSON with sorted keys.
  [[nodiscard]] std::string canonical() const;
  /// The same with the members of `changes` added or in place of its own.
  [[nodiscard]] std::string merged_with(const JsonObject& changes) const;

 private:
  JsonObject(std::shared_ptr<const void> node, std::string path) : node_(std::move(node)), path_(std::move(path)) {}
  [[nodiscard]] tl::unexpected<Fault> wrong_type(std::string_view name, std::string_view expected) const;
  [[nodiscard]] std::string path_of(std::string_view name) const;

  std::shared_ptr<const void> node_;
  std::string path_;  ///< of this object in its document, for messages
};

/// An object that this program has stored: a damaged text is an exception.
JsonObject stored_object(const std::string& text);

/// A member that an object may have.
struct JsonField {
  std::string_view name;
  JsonType type;
};

/// FSS.0400 for the first of the members that is there with another type.
std::optional<Fault> check_types(const JsonObject& object, std::span<const JsonField> fields);

/// A text member whose type has been checked; empty when it is absent.
std::string text_of(const JsonObject& object, std::string_view name);

/// Members of a JSON object that is being written, in order.
class JsonMembers {
 public:
  JsonMembers& text(std::string_view name, std::string_view value);
  JsonMembers& number(std::string_view name, std::int64_t value);
  JsonMembers& boolean(std::string_view name, bool value);
  JsonMembers& raw(std::string_view name, std::string_view json);

  [[nodiscard]] std::string object() const { return "{" + members_ + "}"; }

 private:
  void begin(std::string_view name);

  std::string members_;
};

/// The text in quotes.
std::string json_text(std::string_view text);

/// `[a,b]` of JSON texts.
std::string json_array(const std::vector<std::string>& items);

}  // namespace fgsync::emulator

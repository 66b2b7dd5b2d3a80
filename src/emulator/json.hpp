#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  [[nodiscard]] Valid<std::optional<JsonObject>> object(std::string_view name) const;
  /// A list of objects; absent: empty.
  [[nodiscard]] Valid<std::vector<JsonObject>> objects(std::string_view name) const;
  /// The member as compact JSON with sorted keys, when it has the type.
  [[nodiscard]] Valid<std::optional<std::string>> raw(std::string_view name, JsonType type) const;

 private:
  JsonObject(std::shared_ptr<const void> node, std::string path) : node_(std::move(node)), path_(std::move(path)) {}
  [[nodiscard]] tl::unexpected<Fault> wrong_type(std::string_view name, std::string_view expected) const;
  [[nodiscard]] std::string path_of(std::string_view name) const;

  std::shared_ptr<const void> node_;
  std::string path_;  ///< of this object in its document, for messages
};

/// Members of a JSON object that is being written, in order.
class JsonMembers {
 public:
  JsonMembers& text(std::string_view name, std::string_view value);
  JsonMembers& number(std::string_view name, std::int64_t value);
  JsonMembers& raw(std::string_view name, std::string_view json);

  [[nodiscard]] std::string object() const { return "{" + members_ + "}"; }

 private:
  void begin(std::string_view name);

  std::string members_;
};

/// `[a,b]` of JSON texts.
std::string json_array(const std::vector<std::string>& items);

}  // namespace fgsync::emulator

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::functiongraph {

/// A JSON object that is being written, its fields in the order in which they are put. Texts are UTF-8; bytes that are
/// not become U+FFFD, since JSON cannot hold them.
class ObjectWriter {
 public:
  ObjectWriter& text(std::string_view key, std::string_view value);
  /// Unless it is empty.
  ObjectWriter& text_if_any(std::string_view key, std::string_view value);
  ObjectWriter& number(std::string_view key, std::int64_t value);
  ObjectWriter& flag(std::string_view key, bool value);
  ObjectWriter& texts(std::string_view key, const std::vector<std::string>& values);
  ObjectWriter& object(std::string_view key, const ObjectWriter& value);
  ObjectWriter& objects(std::string_view key, const std::vector<ObjectWriter>& values);
  /// A value that is JSON already.
  ObjectWriter& raw(std::string_view key, std::string_view json);

  [[nodiscard]] bool is_empty() const { return fields_.empty(); }
  /// `{…}`
  [[nodiscard]] std::string json() const { return "{" + fields_ + "}"; }
  /// `{…` up to where `key`'s value stands, for one that is not made here; after it `}` is missing.
  [[nodiscard]] std::string json_up_to(std::string_view key) const;

 private:
  std::string fields_;
};

/// A map as a JSON object.
ObjectWriter write_map(const std::map<std::string, std::string>& values);

}  // namespace fgsync::functiongraph

#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace fgsync::functiongraph {

/// One JSON object of an answer, field by field. What reads an answer is then a list of its fields: the first field
/// that is not as it must be is remembered for the whole document and reading goes on with empty values, until `finish`
/// makes the error of it. Fields that nobody asks for are ignored.
///
/// How strict a field is taken goes by what is done with it:
/// * what a decision rests on must be there and of its type (`text`, `number`), or may be missing or null but not of
///   another type (`…_or_empty`, `…_if_any`);
/// * a setting is absent when it is unset in its type's way, too (null, 0, false, "", {}, []), and must else be of its
///   type, because it is sent back (`…_setting`);
/// * what is only shown is absent when it is not of its type (`shown_…`).
class ObjectReader {
 public:
  /// Errors `corrupt`: not JSON, nested too deeply, not an object.
  static Result<ObjectReader> parse(const std::string& body);
  /// The same for an answer with a list of objects of which only some fields matter: those are all that is kept of the
  /// objects two levels down. Of thousands of rows the others take most of the room.
  static Result<ObjectReader> parse_rows(const std::string& body, std::span<const std::string_view> fields);
  /// The same for an answer that is a list of objects; `of_what` is for the message. The readers share their problem.
  static Result<std::vector<ObjectReader>> parse_list(const std::string& body, const std::string& of_what);

  // ---- what decisions rest on
  [[nodiscard]] std::string text(std::string_view key);
  template <class Integer = std::int64_t>
  [[nodiscard]] Integer number(std::string_view key) {
    return static_cast<Integer>(
        number_within(key, std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()).value_or(0));
  }
  [[nodiscard]] std::string text_or_empty(std::string_view key);
  [[nodiscard]] std::optional<std::string> text_if_any(std::string_view key);
  template <class Integer = std::int64_t>
  [[nodiscard]] std::optional<Integer> number_if_any(std::string_view key) {
    return is_null(key) ? std::nullopt : std::optional(number<Integer>(key));
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  /// A field that is a list of objects, which must be there; null: empty.
  [[nodiscard]] std::vector<ObjectReader> rows(std::string_view key);
  /// The same for one that may be missing.
  [[nodiscard]] std::vector<ObjectReader> rows_if_any(std::string_view key);

  // ---- settings
  [[nodiscard]] std::optional<std::string> text_setting(std::string_view key);
  template <class Integer>
  [[nodiscard]] std::optional<Integer> number_setting(std::string_view key) {
    return is_unset(key) ? std::nullopt : std::optional(number<Integer>(key));
  }
  [[nodiscard]] std::optional<bool> flag_setting(std::string_view key);
  [[nodiscard]] std::optional<ObjectReader> object_setting(std::string_view key);
  [[nodiscard]] std::map<std::string, std::string> text_map_setting(std::string_view key);

  // ---- what is only shown
  [[nodiscard]] std::string shown_text(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> shown_number(std::string_view key) const;
  [[nodiscard]] std::optional<bool> shown_flag(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> shown_texts(std::string_view key) const;
  [[nodiscard]] std::vector<ObjectReader> shown_rows(std::string_view key) const;
  [[nodiscard]] std::optional<ObjectReader> shown_object(std::string_view key) const;
  /// The same object for reading it strictly without harm to the document: its problems are its own.
  [[nodiscard]] ObjectReader apart() const;

  /// Whether the field is there, be it null.
  [[nodiscard]] bool has(std::string_view key) const;
  /// The names of the fields, for objects whose keys are data.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// A field's text, or its compact JSON when it is none; empty when it is missing.
  [[nodiscard]] std::string text_or_json(std::string_view key) const;
  /// The whole object as compact JSON.
  [[nodiscard]] std::string json() const;

  /// Remembers a problem that the types alone do not show.
  void refuse(const std::string& problem);
  void refuse(Error problem);
  /// The value, or the error for the first problem of the document.
  template <class T>
  [[nodiscard]] Result<T> finish(T value) const {
    if (auto problem = first_problem()) return fail(std::move(*problem));
    return value;
  }
  [[nodiscard]] std::optional<Error> first_problem() const;

 private:
  struct Document;
  /// `json` is a document of the library.
  static Result<ObjectReader> of_document(std::shared_ptr<const void> json);
  ObjectReader(std::shared_ptr<Document> document, const void* object, std::string path)
      : document_(std::move(document)), object_(object), path_(std::move(path)) {}

  [[nodiscard]] std::optional<std::int64_t> number_within(std::string_view key, std::int64_t min, std::int64_t max);
  [[nodiscard]] bool is_null(std::string_view key) const;  ///< or missing
  [[nodiscard]] bool is_unset(std::string_view key) const;
  [[nodiscard]] std::vector<ObjectReader> objects_of(std::string_view key, const void* list);
  [[nodiscard]] std::string name_of(std::string_view key) const;

  std::shared_ptr<Document> document_;  ///< keeps what `object_` points into
  const void* object_;                  ///< a JSON object of the library, which no header names
  std::string path_;                    ///< of this object in its document, for messages
};

/// Whether the text is JSON of any kind.
bool is_json(const std::string& text);
/// Whether the text is JSON that `parse` takes.
bool is_json_object(const std::string& text);
/// The same for a list.
bool is_json_list(const std::string& text);

}  // namespace fgsync::functiongraph

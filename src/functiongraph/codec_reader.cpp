#include "functiongraph/codec_reader.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace fgsync::functiongraph {

struct ObjectReader::Document {
  std::shared_ptr<const nlohmann::json> root;
  std::optional<Error> problem = {};
};

namespace {

using Json = nlohmann::json;

tl::unexpected<Error> corrupt(const std::string& what) {
  return fail(ErrorKind::corrupt, what);
}

const Json& json_of(const void* object) {
  return *static_cast<const Json*>(object);
}

/// Null when it is missing.
const Json* find(const void* object, std::string_view key) {
  const auto found = json_of(object).find(key);
  return found == json_of(object).end() ? nullptr : &*found;
}

/// Whether the text nests deeper than any answer does. Copying and writing JSON recurses: a text of brackets only
/// would exhaust the stack.
bool is_too_deep(std::string_view text) {
  constexpr int kMaxDepth = 64;
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\') ++i;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

Result<Json> parse_json(const std::string& text) {
  if (is_too_deep(text)) return corrupt("it is JSON nested too deeply");
  Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return corrupt("it is not JSON, or cut off");
  return document;
}

/// Builds the document without the fields of rows that nobody asked for: their values are passed over, not built.
class RowFilter : public nlohmann::json_sax<Json> {
 public:
  explicit RowFilter(std::span<const std::string_view> fields) : fields_(fields) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return is_passed_over() ? pass() : add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*count*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*count*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (depth_passed_over_ > 0) return true;
    const bool is_of_row = open_.size() == kRowDepth;
    is_next_passed_over_ = is_of_row && std::find(fields_.begin(), fields_.end(), name) == fields_.end();
    if (!is_next_passed_over_) key_ = name;
    return true;
  }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*why*/) override {
    return false;
  }

  Json take() { return std::move(root_); }

 private:
  static constexpr std::size_t kRowDepth = 3;  // an object in an array in the object

  [[nodiscard]] bool is_passed_over() const { return depth_passed_over_ > 0 || is_next_passed_over_; }
  bool pass() {
    is_next_passed_over_ = false;
    return true;
  }
  template <class Value>
  bool add(Value&& value) {
    if (is_passed_over()) return pass();
    place(Json(std::forward<Value>(value)));
    return true;
  }
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));  // of a key that comes twice, the last counts
    parent.push_back(std::move(value));
    return &parent.back();
  }
  bool open(Json value) {
    if (is_passed_over()) {
      ++depth_passed_over_;
      return pass();
    }
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    if (depth_passed_over_ > 0) {
      --depth_passed_over_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  std::span<const std::string_view> fields_;
  Json root_;
  std::vector<Json*> open_;  ///< from the root down; an array grows only while its last element is open
  std::string key_;
  std::size_t depth_passed_over_ = 0;
  bool is_next_passed_over_ = false;
};

Result<Json> parse_filtered(const std::string& text, std::span<const std::string_view> fields) {
  if (is_too_deep(text)) return corrupt("it is JSON nested too deeply");
  RowFilter filter(fields);
  if (!Json::sax_parse(text, &filter)) return corrupt("it is not JSON, or cut off");
  return filter.take();
}

bool is_int64(const Json& value) {
  if (!value.is_number_integer()) return false;
  return !value.is_number_unsigned() ||
         value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

bool is_unset_value(const Json& value) {
  const bool is_empty_text = value.is_string() && value.get_ref<const std::string&>().empty();
  return value.is_null() || value == 0 || value == false || is_empty_text || (value.is_structured() && value.empty());
}

std::vector<std::string> texts_in(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace

Result<ObjectReader> ObjectReader::of_document(std::shared_ptr<const void> json) {
  const auto root = std::static_pointer_cast<const Json>(std::move(json));
  if (!root->is_object()) return corrupt("it is JSON, but not an object");
  auto document = std::make_shared<Document>(Document{root});
  return ObjectReader(std::move(document), root.get(), "");
}

Result<ObjectReader> ObjectReader::parse(const std::string& body) {
  auto root = parse_json(body);
  if (!root) return fail(std::move(root).error());
  return of_document(std::make_shared<const Json>(std::move(*root)));
}

Result<ObjectReader> ObjectReader::parse_rows(const std::string& body, std::span<const std::string_view> fields) {
  auto root = parse_filtered(body, fields);
  if (!root) return fail(std::move(root).error());
  return of_document(std::make_shared<const Json>(std::move(*root)));
}

Result<std::vector<ObjectReader>> ObjectReader::parse_list(const std::string& body, const std::string& of_what) {
  auto root = parse_json(body);
  if (!root) return fail(std::move(root).error());
  if (!root->is_array()) return corrupt("the list of " + of_what + " is not an array");
  const auto document = std::make_shared<Document>(Document{std::make_shared<const Json>(std::move(*root))});
  std::vector<ObjectReader> readers;
  for (const Json& entry : *document->root) {
    if (!entry.is_object()) return corrupt("an entry of the list is not an object");
    readers.push_back(ObjectReader(document, &entry, ""));
  }
  return readers;
}

// ---- what decisions rest on

std::string ObjectReader::text(std::string_view key) {
  const Json* value = find(object_, key);
  if (value == nullptr) {
    refuse(name_of(key) + " is missing");
  } else if (!value->is_string()) {
    refuse(name_of(key) + " is not a string");
  } else {
    return value->get<std::string>();
  }
  return "";
}

std::string ObjectReader::text_or_empty(std::string_view key) {
  return text_if_any(key).value_or("");
}

std::optional<std::string> ObjectReader::text_if_any(std::string_view key) {
  return is_null(key) ? std::nullopt : std::optional(text(key));
}

std::optional<std::int64_t> ObjectReader::number_within(std::string_view key, std::int64_t min, std::int64_t max) {
  const Json* value = find(object_, key);
  if (value == nullptr) {
    refuse(name_of(key) + " is missing");
  } else if (!value->is_number_integer()) {
    refuse(name_of(key) + " is not a whole number");
  } else if (!is_int64(*value) || value->get<std::int64_t>() < min || value->get<std::int64_t>() > max) {
    refuse(name_of(key) + " is beyond what it can be");
  } else {
    return value->get<std::int64_t>();
  }
  return std::nullopt;
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
  const Json* value = find(object_, key);
  if (value == nullptr || value->is_null()) return {};
  const bool is_list_of_texts =
      value->is_array() && std::all_of(value->begin(), value->end(), [](const Json& item) { return item.is_string(); });
  if (!is_list_of_texts) {
    refuse(name_of(key) + " is not a list of strings");
    return {};
  }
  return texts_in(*value);
}

std::vector<ObjectReader> ObjectReader::rows(std::string_view key) {
  if (find(object_, key) == nullptr) {
    refuse(name_of(key) + " is missing");
    return {};
  }
  return rows_if_any(key);
}

std::vector<ObjectReader> ObjectReader::rows_if_any(std::string_view key) {
  const Json* value = find(object_, key);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_array()) {
    refuse(name_of(key) + " is not a list");
    return {};
  }
  return objects_of(key, value);
}

std::vector<ObjectReader> ObjectReader::objects_of(std::string_view key, const void* list) {
  std::vector<ObjectReader> readers;
  for (const Json& entry : json_of(list)) {
    if (!entry.is_object()) {
      refuse("an entry of the list " + path_ + std::string(key) + " is not an object");
      return {};
    }
    readers.push_back(
        ObjectReader(document_, &entry, path_ + std::string(key) + "[" + std::to_string(readers.size()) + "]."));
  }
  return readers;
}

// ---- settings

std::optional<std::string> ObjectReader::text_setting(std::string_view key) {
  return is_unset(key) ? std::nullopt : std::optional(text(key));
}

std::optional<bool> ObjectReader::flag_setting(std::string_view key) {
  if (is_unset(key)) return std::nullopt;
  if (!find(object_, key)->is_boolean()) refuse(name_of(key) + " is neither true nor false");
  return true;
}

std::optional<ObjectReader> ObjectReader::object_setting(std::string_view key) {
  if (is_unset(key)) return std::nullopt;
  const Json* value = find(object_, key);
  if (!value->is_object()) {
    refuse(name_of(key) + " is not an object");
    return std::nullopt;
  }
  return ObjectReader(document_, value, path_ + std::string(key) + ".");
}

std::map<std::string, std::string> ObjectReader::text_map_setting(std::string_view key) {
  std::map<std::string, std::string> values;
  auto object = object_setting(key);
  if (!object) return values;
  for (const std::string& name : object->keys()) values[name] = object->text(name);
  return values;
}

// ---- what is only shown

std::string ObjectReader::shown_text(std::string_view key) const {
  const Json* value = find(object_, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<std::int64_t> ObjectReader::shown_number(std::string_view key) const {
  const Json* value = find(object_, key);
  return value != nullptr && is_int64(*value) ? std::optional(value->get<std::int64_t>()) : std::nullopt;
}

std::optional<bool> ObjectReader::shown_flag(std::string_view key) const {
  const Json* value = find(object_, key);
  return value != nullptr && value->is_boolean() ? std::optional(value->get<bool>()) : std::nullopt;
}

std::vector<std::string> ObjectReader::shown_texts(std::string_view key) const {
  const Json* value = find(object_, key);
  return value != nullptr && value->is_array() ? texts_in(*value) : std::vector<std::string>();
}

std::vector<ObjectReader> ObjectReader::shown_rows(std::string_view key) const {
  std::vector<ObjectReader> readers;
  const Json* value = find(object_, key);
  if (value == nullptr || !value->is_array()) return readers;
  for (const Json& entry : *value) {
    if (entry.is_object()) readers.push_back(ObjectReader(document_, &entry, path_ + std::string(key) + "."));
  }
  return readers;
}

std::optional<ObjectReader> ObjectReader::shown_object(std::string_view key) const {
  const Json* value = find(object_, key);
  if (value == nullptr || !value->is_object() || value->empty()) return std::nullopt;
  return ObjectReader(document_, value, path_ + std::string(key) + ".");
}

ObjectReader ObjectReader::apart() const {
  return ObjectReader(std::make_shared<Document>(Document{document_->root}), object_, path_);
}

bool ObjectReader::has(std::string_view key) const {
  return find(object_, key) != nullptr;
}

std::vector<std::string> ObjectReader::keys() const {
  std::vector<std::string> names;
  for (const auto& item : json_of(object_).items()) names.push_back(item.key());
  return names;
}

std::string ObjectReader::text_or_json(std::string_view key) const {
  const Json* value = find(object_, key);
  if (value == nullptr) return "";
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::string ObjectReader::json() const {
  return json_of(object_).dump();
}

void ObjectReader::refuse(const std::string& problem) {
  refuse(Error(ErrorKind::corrupt, problem));
}

void ObjectReader::refuse(Error problem) {
  if (!document_->problem) document_->problem = std::move(problem);
}

std::optional<Error> ObjectReader::first_problem() const {
  return document_->problem;
}

bool ObjectReader::is_null(std::string_view key) const {
  const Json* value = find(object_, key);
  return value == nullptr || value->is_null();
}

bool ObjectReader::is_unset(std::string_view key) const {
  const Json* value = find(object_, key);
  return value == nullptr || is_unset_value(*value);
}

std::string ObjectReader::name_of(std::string_view key) const {
  return "the field " + path_ + std::string(key);
}

bool is_json(const std::string& text) {
  return parse_json(text).has_value();
}

bool is_json_object(const std::string& text) {
  const auto document = parse_json(text);
  return document && document->is_object();
}

bool is_json_list(const std::string& text) {
  const auto document = parse_json(text);
  return document && document->is_array();
}

}  // namespace fgsync::functiongraph

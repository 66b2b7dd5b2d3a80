// The table in function_schema.cpp says what each field may be, and is checked first. What is left to do here: taking
// the values over, and what no single field can show.
#include "manifest/function_reader.hpp"

#include <set>

#include "manifest/difference_pointers.hpp"
#include "manifest/field_readers.hpp"
#include "manifest/function_schema.hpp"
#include "manifest/release_reader.hpp"
#include "manifest/settings_reader.hpp"

namespace fgsync::manifest {
namespace {

using schema::View;
using yaml::Report;

class FunctionReader {
 public:
  explicit FunctionReader(Report& report) : report_(report) {}

  Function read(const View& document);

 private:
  void read_metadata(const View& metadata);
  void read_spec(const View& spec);
  void read_settings(const View& spec);
  void check_app_differs_from_name(const View& spec);
  void check_runtime(const View& spec);
  void check_memory_size(const View& value);
  void check_image(const View& spec);
  void read_code(const View& spec);
  void read_code_path(const View& code, std::string_view key, Code::Kind kind);
  void read_user_data(const View& spec);
  void check_user_data_size(const View& user_data);
  void read_depends_on(const View& list);
  void read_handling(const View& spec);
  void check_ignored(const View& pointer);
  void error(std::string_view code, const View& at, std::string message, std::string hint = {});

  Report& report_;
  Function function_;
};

void FunctionReader::error(std::string_view code, const View& at, std::string message, std::string hint) {
  report_.error({.code = code,
                 .mark = at.mark(),
                 .field = at.value().field,
                 .message = std::move(message),
                 .hint = std::move(hint)});
}

Function FunctionReader::read(const View& document) {
  function_.position = report_.at(document.mark());
  if (const auto metadata = document.find("metadata")) read_metadata(*metadata);
  function_.runtime_position = function_.position;
  function_.app_position = function_.position;
  if (const auto spec = document.find("spec")) read_spec(*spec);
  return std::move(function_);
}

void FunctionReader::read_metadata(const View& metadata) {
  if (const auto name = metadata.find("name")) {
    function_.position = report_.at(name->mark());
    const auto text = name->text();
    if (text && kFunctionName.is_valid(*text)) function_.name = *text;
  }
  if (const auto labels = metadata.find("labels")) function_.labels = labels->texts();
}

void FunctionReader::read_spec(const View& spec) {
  read_settings(spec);
  read_code(spec);
  check_runtime(spec);
  check_image(spec);
  read_user_data(spec);
  function_.extra = read_extra_settings(report_, spec);
  if (const auto version = spec.find("version")) function_.version = read_version(report_, *version);
  if (const auto aliases = spec.find("aliases")) {
    function_.aliases = read_aliases(report_, *aliases, function_.version);
  }
  if (const auto depends_on = spec.find("depends_on")) read_depends_on(*depends_on);
  read_handling(spec);
}

void FunctionReader::read_settings(const View& spec) {
  if (const auto app = spec.find("app")) function_.app_position = report_.at(app->mark());
  function_.app = spec.text("app").value_or("default");
  check_app_differs_from_name(spec);
  if (const auto runtime = spec.find("runtime")) function_.runtime_position = report_.at(runtime->mark());
  function_.runtime = spec.text("runtime").value_or("");
  function_.handler = spec.text("handler").value_or("");
  function_.memory_size = spec.integer("memory_size").value_or(function_.memory_size);
  if (const auto memory_size = spec.find("memory_size")) check_memory_size(*memory_size);
  if (const auto timeout = spec.integer("timeout")) function_.timeout = std::chrono::seconds(*timeout);
  function_.description = spec.text("description").value_or("");
}

void FunctionReader::check_app_differs_from_name(const View& spec) {
  // The service refuses an import package where both are the same (FSS.1058).
  if (function_.name.empty() || function_.name != function_.app) return;
  report_.error({.code = "invalid_value",
                 .mark = spec.find("app") ? spec.find("app")->mark() : spec.value().key,
                 .field = "spec.app",
                 .message = "must differ from the function's name, both are " + yaml::quoted(function_.name)});
}

void FunctionReader::check_runtime(const View& spec) {
  const auto value = spec.find("runtime");
  const auto runtime = value ? value->text() : std::nullopt;
  if (!runtime) return;
  const auto finding = manifest::check_runtime(*runtime);
  if (!finding) return;
  const std::string message = yaml::quoted(*runtime) + " is not a documented runtime";
  if (finding->kind == ListFinding::Kind::near_miss) {
    error("unknown_value", *value, message, "did you mean " + finding->nearest + "?");
  } else if (runtime->empty()) {
    error("unknown_value", *value, message);
  } else {
    report_.warning({.code = "unknown_value",
                     .mark = value->mark(),
                     .field = value->value().field,
                     .message = message,
                     .hint = "it is sent as it stands; the service may know it"});
  }
}

void FunctionReader::check_memory_size(const View& value) {
  const auto size = value.integer();
  const bool is_in_range = size && *size >= 128 && *size <= 32768;
  const auto finding = is_in_range ? manifest::check_memory_size(*size) : std::nullopt;
  if (!finding) return;
  const std::string message = std::to_string(*size) + " MB is not a documented memory size";
  if (finding->kind == ListFinding::Kind::near_miss) {
    error("unknown_value", value, message, "did you mean " + finding->nearest + "?");
    return;
  }
  report_.warning({.code = "unknown_value",
                   .mark = value.mark(),
                   .field = value.value().field,
                   .message = message,
                   .hint = "it is sent as it stands; the service may know it"});
}

/// An image, its runtime and its handler go together.
void FunctionReader::check_image(const View& spec) {
  const auto code = spec.find("code");
  const bool has_image = code && code->find("image");
  const auto runtime = spec.find("runtime");
  const auto handler = spec.find("handler");
  const bool is_image_runtime = function_.runtime == kImageRuntime;
  const auto finding = manifest::check_runtime(function_.runtime);
  const bool is_misspelt = finding && finding->kind == ListFinding::Kind::near_miss;  // has been reported
  if (has_image && runtime && !is_image_runtime && !is_misspelt) {
    error("invalid_value", *runtime, "must be \"Custom Image\" for an image, found " + yaml::quoted(function_.runtime));
  }
  if (!has_image && is_image_runtime && code) {
    report_.error({.code = "invalid_value",
                   .mark = code->value().key,
                   .field = code->value().field,
                   .message = "must be an image for the runtime \"Custom Image\"",
                   .hint = "write `code: {image: …}`"});
  }
  if (!has_image && handler && function_.handler == kNoHandler) {
    error("invalid_value", *handler, "must be " + std::string(kHandler.expected) + ", found \"-\"",
          "only a function made from an image has no handler");
  }
}

void FunctionReader::read_code_path(const View& code, std::string_view key, Code::Kind kind) {
  const auto value = code.find(key);
  if (!value) return;
  function_.code.kind = kind;
  function_.code.position = report_.at(value->mark());
  const auto text = value->text();
  if (text && kPath.is_valid(*text)) function_.code.path = joined_path(function_.code.position.file, *text);
}

void FunctionReader::read_code(const View& spec) {
  const auto code = spec.find("code");
  if (!code) return;
  function_.code.position = report_.at(code->value().key);
  read_code_path(*code, "jar", Code::Kind::jar);
  read_code_path(*code, "archive", Code::Kind::archive);
  read_code_path(*code, "file", Code::Kind::file);
  read_code_path(*code, "directory", Code::Kind::directory);
  if (const auto object = code->find("obs")) {
    function_.code.kind = Code::Kind::obs;
    function_.code.position = report_.at(object->mark());
    function_.code.url = object->text("url").value_or("");
    const std::string digest = object->text("digest").value_or("");
    function_.code.digest = digest.substr(std::min(digest.size(), std::string_view("sha512:").size()));
  }
  if (const auto image = code->find("image")) {
    function_.code.kind = Code::Kind::image;
    function_.code.position = report_.at(image->mark());
    function_.code.image = image->text().value_or("");
  }
  const auto ignore = code->find("ignore");
  if (!ignore) return;
  for (const View& pattern : ignore->items()) function_.code.ignore.push_back(pattern.text().value_or(""));
  const bool has_other_code = function_.code.kind != Code::Kind::directory;
  if (has_other_code) error("invalid_value", *ignore, "goes with a directory only");
}

void FunctionReader::check_user_data_size(const View& user_data) {
  constexpr std::size_t kMaxCharacters = 4096;
  std::size_t characters = 0;
  for (const auto& [key, entry] : user_data.entries()) {
    characters += yaml::count_characters(key) + yaml::count_characters(entry.text().value_or(""));
  }
  if (characters <= kMaxCharacters) return;
  report_.error({.code = "out_of_range",
                 .mark = user_data.value().key,
                 .field = user_data.value().field,
                 .message = "must have at most 4096 characters in keys and values together, found " +
                            std::to_string(characters)});
}

void FunctionReader::read_user_data(const View& spec) {
  const auto user_data = spec.find("user_data");
  if (!user_data) return;
  function_.user_data = user_data->texts();
  check_user_data_size(*user_data);
  const auto encrypted = spec.find("encrypted_user_data");
  if (!encrypted) return;
  for (const auto& [key, entry] : encrypted->entries()) {
    if (report_.is_full()) return;
    if (!function_.user_data.contains(key)) continue;
    report_.error({.code = "duplicate_name",
                   .mark = entry.value().key,
                   .field = entry.value().field,
                   .message = yaml::quoted(key) + " stands in user_data already, at " +
                              report_.at(user_data->find(key)->value().key).to_string()});
  }
}

void FunctionReader::read_depends_on(const View& list) {
  std::set<std::string> seen;
  for (const View& entry : list.items()) {
    const auto name = entry.text();
    if (!name || !kFunctionName.is_valid(*name)) continue;
    if (*name == function_.name) {
      error("dependency_cycle", entry, "a function must not depend on itself");
    } else if (!seen.insert(*name).second) {
      error("duplicate_name", entry, yaml::quoted(*name) + " stands in this list already");
    } else {
      function_.depends_on.push_back({.value = *name, .position = report_.at(entry.mark())});
    }
  }
}

void FunctionReader::check_ignored(const View& pointer) {
  const auto text = pointer.text();
  if (report_.is_full() || !text || !kJsonPointer.is_valid(*text)) return;
  auto mistake = check_pointer(*text);
  if (!mistake) {
    function_.handling.ignore_differences.push_back(*text);
    return;
  }
  error("unknown_value", pointer, mistake->message, mistake->hint);
}

void FunctionReader::read_handling(const View& spec) {
  Handling& handling = function_.handling;
  handling.retain_versions = spec.integer("retain_versions");
  handling.is_protected = spec.boolean("protect").value_or(false);
  handling.is_suspended = spec.boolean("suspend").value_or(false);
  handling.adopt = spec.boolean("adopt").value_or(false);
  handling.self_heal = spec.boolean("self_heal");
  const std::string on_change = spec.text("on_change").value_or("update");
  if (on_change == "import") handling.on_change = Handling::OnChange::import;
  if (on_change == "recreate") handling.on_change = Handling::OnChange::recreate;
  if (const auto pointers = spec.find("ignore_differences")) {
    for (const View& pointer : pointers->items()) check_ignored(pointer);
  }
}

}  // namespace

ReadFunction read_function(Report& report, const yaml::Value& root) {
  ReadFunction result;
  result.unused = schema::check(report, root, function_document());
  result.function = FunctionReader(report).read(View(root));
  result.is_valid = !report.has_error();
  return result;
}

}  // namespace fgsync::manifest

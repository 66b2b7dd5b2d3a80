// One function per level of the document. Each reads its keys, reports what is wrong with each, and goes on: a field
// that could not be read keeps its default, and the report tells that the function must not be used.
#include "manifest/function_reader.hpp"

#include <set>

#include "manifest/field_readers.hpp"
#include "manifest/release_reader.hpp"

namespace fgsync::manifest {
namespace {

using yaml::Mapping;
using yaml::Report;
using yaml::Value;

class FunctionReader {
 public:
  explicit FunctionReader(Report& report) : report_(report) {}

  Function read(const Value& root);

 private:
  void read_metadata(const Value& value);
  void read_spec(const Value& value);
  void read_settings(Mapping& spec);
  void read_runtime(const Value& value);
  void read_handler(const Value& value);
  void read_memory_size(const Value& value);
  void read_timeout(const Value& value);
  void read_code(const Value& value);
  void read_user_data(const Value& value);
  void read_depends_on(const Value& value);
  void check_app_differs_from_name();
  Report& report_;
  Function function_;
};

Function FunctionReader::read(const Value& root) {
  auto document = Mapping::open(report_, root);
  if (!document) return std::move(function_);
  document->find("apiVersion");
  document->find("kind");
  function_.position = report_.at(root.mark());
  if (const auto metadata = document->require("metadata")) read_metadata(*metadata);
  function_.runtime_position = function_.position;
  function_.app_position = function_.position;
  if (const auto spec = document->require("spec")) read_spec(*spec);
  document->close();
  return std::move(function_);
}

void FunctionReader::read_metadata(const Value& value) {
  auto metadata = Mapping::open(report_, value);
  if (!metadata) return;
  if (const auto name = metadata->require("name")) {
    function_.position = report_.at(name->mark());
    function_.name = read_name(report_, *name, kFunctionName).value_or("");
  }
  if (const auto labels = metadata->find("labels")) function_.labels = read_labels(report_, *labels);
  metadata->close();
}

void FunctionReader::read_spec(const Value& value) {
  auto spec = Mapping::open(report_, value);
  if (!spec) return;
  read_settings(*spec);
  if (const auto code = spec->require("code")) read_code(*code);
  if (const auto user_data = spec->find("user_data")) read_user_data(*user_data);
  if (const auto version = spec->find("version")) function_.version = read_version(report_, *version);
  if (const auto aliases = spec->find("aliases"))
    function_.aliases = read_aliases(report_, *aliases, function_.version);
  if (const auto depends_on = spec->find("depends_on")) read_depends_on(*depends_on);
  if (const auto adopt = spec->find("adopt")) function_.adopt = read_bool(report_, *adopt).value_or(false);
  spec->refuse_later({"encrypted_user_data",
                      "xrole",
                      "app_xrole",
                      "initializer_handler",
                      "initializer_timeout",
                      "pre_stop_handler",
                      "pre_stop_timeout",
                      "depend_version_list",
                      "func_vpc",
                      "mount_config",
                      "strategy_config",
                      "function_async_config",
                      "max_instance_num",
                      "enable_dynamic_memory",
                      "ephemeral_storage",
                      "log_config",
                      "network_controller",
                      "tags",
                      "reserved_instances",
                      "enterprise_project_id",
                      "type",
                      "retain_versions",
                      "protect",
                      "suspend",
                      "on_change",
                      "self_heal",
                      "ignore_differences"});
  spec->hint_synonyms({{"package", "app"},
                       {"memory", "memory_size"},
                       {"env", "user_data"},
                       {"environment", "user_data"},
                       {"variables", "user_data"},
                       {"entrypoint", "handler"},
                       {"versions", "version"}});
  spec->close();
}

void FunctionReader::read_settings(Mapping& spec) {
  if (const auto app = spec.find("app")) {
    function_.app_position = report_.at(app->mark());
    if (auto name = read_name(report_, *app, kAppName)) function_.app = *std::move(name);
  }
  check_app_differs_from_name();
  if (const auto runtime = spec.require("runtime")) read_runtime(*runtime);
  if (const auto handler = spec.require("handler")) read_handler(*handler);
  if (const auto memory_size = spec.find("memory_size")) read_memory_size(*memory_size);
  if (const auto timeout = spec.find("timeout")) read_timeout(*timeout);
  if (const auto description = spec.find("description")) {
    function_.description = read_description(report_, *description).value_or("");
  }
}

void FunctionReader::check_app_differs_from_name() {
  // The service refuses an import package where both are the same (FSS.1058).
  if (function_.name.empty() || function_.name != function_.app) return;
  report_.error({.code = "invalid_value",
                 .mark = {.line = function_.app_position.line, .column = function_.app_position.column},
                 .field = "spec.app",
                 .message = "must differ from the function's name, both are " + yaml::quoted(function_.name)});
}

void FunctionReader::read_runtime(const Value& value) {
  function_.runtime_position = report_.at(value.mark());
  auto runtime = read_text(report_, value);
  if (!runtime) return;
  function_.runtime = *runtime;
  if (*runtime == kImageRuntime) {
    report_.error({.code = "not_supported_yet",
                   .mark = value.mark(),
                   .field = value.field,
                   .message = "functions made from an image are not supported by this version of fgsync"});
    return;
  }
  const auto finding = check_runtime(*runtime);
  if (!finding) return;
  const bool is_near_miss = finding->kind == ListFinding::Kind::near_miss;
  yaml::Finding problem{.code = "unknown_value",
                        .mark = value.mark(),
                        .field = value.field,
                        .message = yaml::quoted(*runtime) + " is not a documented runtime"};
  if (is_near_miss) {
    problem.hint = "did you mean " + finding->nearest + "?";
    report_.error(std::move(problem));
  } else if (runtime->empty()) {
    report_.error(std::move(problem));
  } else {
    problem.hint = "it is sent as it stands; the service may know it";
    report_.warning(std::move(problem));
  }
}

void FunctionReader::read_handler(const Value& value) {
  const auto handler = read_text(report_, value);
  if (!handler) return;
  function_.handler = *handler;
  const std::size_t length = yaml::count_characters(*handler);
  const bool is_valid = length >= 3 && length <= 128 && handler->find('.') != std::string::npos;
  if (is_valid) return;
  report_.error({.code = "invalid_value",
                 .mark = value.mark(),
                 .field = value.field,
                 .message = "must be 3 to 128 characters with a dot, found " + yaml::quoted(*handler),
                 .hint = "a file and a function in it: index.handler"});
}

void FunctionReader::read_memory_size(const Value& value) {
  const auto size = read_integer(report_, value, {.low = 128, .high = 32768});
  if (!size) return;
  function_.memory_size = *size;
  const auto finding = check_memory_size(*size);
  if (!finding) return;
  yaml::Finding problem{.code = "unknown_value",
                        .mark = value.mark(),
                        .field = value.field,
                        .message = std::to_string(*size) + " MB is not a documented memory size"};
  if (finding->kind == ListFinding::Kind::near_miss) {
    problem.hint = "did you mean " + finding->nearest + "?";
    report_.error(std::move(problem));
  } else {
    problem.hint = "it is sent as it stands; the service may know it";
    report_.warning(std::move(problem));
  }
}

void FunctionReader::read_timeout(const Value& value) {
  const auto seconds = read_integer(report_, value, {.low = 3, .high = 259'200});
  if (seconds) function_.timeout = std::chrono::seconds(*seconds);
}

void FunctionReader::read_code(const Value& value) {
  auto code = Mapping::open(report_, value);
  if (!code) return;
  function_.code.position = report_.at(value.key);
  const bool has_later_kind = code->refuse_later({"archive", "file", "jar", "obs", "image"});
  const auto directory = has_later_kind ? code->find("directory") : code->require("directory");
  if (directory) {
    function_.code.position = report_.at(directory->mark());
    function_.code.path = read_path(report_, *directory, function_.code.position.file).value_or("");
  }
  if (const auto ignore = code->find("ignore")) {
    for (const Value& pattern : read_list(report_, *ignore).value_or(std::vector<Value>())) {
      if (auto text = read_text(report_, pattern)) function_.code.ignore.push_back(*std::move(text));
    }
  }
  code->hint_synonyms({{"dir", "directory"}, {"path", "directory"}, {"exclude", "ignore"}});
  code->close();
}

void FunctionReader::read_user_data(const Value& value) {
  constexpr std::size_t kMaxEntries = 20;
  constexpr std::size_t kMaxCharacters = 4096;
  const auto mapping = Mapping::open(report_, value);
  if (!mapping) return;
  std::size_t characters = 0;
  for (const auto& [key, entry] : mapping->entries()) {
    if (!kVariableName.is_valid(key)) {
      report_.error(
          {.code = "invalid_value",
           .mark = entry.key,
           .field = value.field,
           .message = "a key must be " + std::string(kVariableName.expected) + ", found " + yaml::quoted(key)});
    }
    const auto text = read_text(report_, entry);
    if (!text) continue;
    characters += yaml::count_characters(key) + yaml::count_characters(*text);
    function_.user_data.emplace(key, *text);
  }
  const auto too_much = [&](const std::string& limit, std::size_t found) {
    report_.error({.code = "out_of_range",
                   .mark = value.key,
                   .field = value.field,
                   .message = "must have at most " + limit + ", found " + std::to_string(found)});
  };
  if (mapping->entries().size() > kMaxEntries) too_much("20 entries", mapping->entries().size());
  if (characters > kMaxCharacters) too_much("4096 characters in keys and values together", characters);
}

void FunctionReader::read_depends_on(const Value& value) {
  const auto entries = read_list(report_, value);
  if (!entries) return;
  std::set<std::string> seen;
  for (const Value& entry : *entries) {
    auto name = read_name(report_, entry, kFunctionName);
    if (!name) continue;
    const auto reject = [&](std::string_view code, std::string message) {
      report_.error({.code = code, .mark = entry.mark(), .field = entry.field, .message = std::move(message)});
    };
    if (*name == function_.name) {
      reject("dependency_cycle", "a function must not depend on itself");
    } else if (!seen.insert(*name).second) {
      reject("duplicate_name", yaml::quoted(*name) + " stands in this list already");
    } else {
      function_.depends_on.push_back({.value = *std::move(name), .position = report_.at(entry.mark())});
    }
  }
}

}  // namespace

ReadFunction read_function(Report& report, const Value& root) {
  ReadFunction result;
  result.function = FunctionReader(report).read(root);
  result.is_valid = !report.has_error();
  return result;
}

}  // namespace fgsync::manifest

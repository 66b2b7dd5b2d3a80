// Only the frame is read here: what the fields of a function may be is the service's to say, when it is asked to create
// them (seed.cpp).
#include "emulator/seed_document.hpp"

#include <algorithm>

#include "emulator/effect_reader.hpp"
#include "emulator/json.hpp"
#include "emulator/settings.hpp"
#include "emulator/yaml_json.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::emulator {
namespace {

namespace yaml = manifest::yaml;
using yaml::Mapping;
using yaml::Report;
using yaml::Value;

/// The lists and mappings of a seed that are not fields of a request.
bool is_frame(const std::string& key) {
  return key == "project" || key == "code" || key == "versions" || key == "aliases";
}

using Names = std::vector<std::string_view>;

/// The service skips fields that it does not know; in a file that a person wrote they are slips.
void check_names(Report& report, const Mapping& mapping, const Names& known) {
  for (const auto& [key, value] : mapping.entries()) {
    if (is_frame(key) || std::find(known.begin(), known.end(), key) != known.end()) continue;
    report.error({.code = "unknown_key",
                  .mark = value.key,
                  .field = value.field,
                  .message = "unknown key",
                  .hint = yaml::did_you_mean(key, known)});
  }
}

Names setting_names(Names more) {
  for (const auto& setting : all_settings()) more.push_back(setting.name);
  return more;
}

SeedFields fields_of(const Mapping& mapping) {
  SeedFields fields;
  for (const auto& [key, value] : mapping.entries()) {
    if (!is_frame(key)) fields[key] = to_json(*value.node);
  }
  // The service wants the variables as JSON within a text; a mapping is easier to write.
  for (const auto* key : {"user_data", "encrypted_user_data"}) {
    const auto found = fields.find(key);
    if (found != fields.end() && found->second.starts_with('{')) found->second = json_text(found->second);
  }
  return fields;
}

SeedCode read_seed_code(Report& report, const Value& value) {
  SeedCode code;
  code.position = report.at(value.mark());
  auto mapping = Mapping::open(report, value);
  if (!mapping) return code;
  const auto file = mapping->find("file");
  const auto text = mapping->find("inline");
  if (file) code.file = yaml::read_text(report, *file).value_or("");
  if (text) code.text = yaml::read_text(report, *text).value_or("");
  mapping->close();
  const bool is_one = file.has_value() != text.has_value() && (!file || !code.file.empty());
  if (!is_one && !report.has_error()) wrong_value(report, value, "either file or inline");
  return code;
}

SeedVersion read_version(Report& report, const Value& value) {
  SeedVersion version;
  version.position = report.at(value.mark());
  auto mapping = Mapping::open(report, value);
  if (!mapping) return version;
  mapping->require("version");
  check_names(report, *mapping, setting_names({"version"}));
  version.changes = fields_of(*mapping);
  for (const auto* key : {"version", "description"}) {
    if (auto field = version.changes.extract(key)) version.publish.insert(std::move(field));
  }
  if (const auto code = mapping->find("code")) version.code = read_seed_code(report, *code);
  return version;
}

std::vector<Value> items_of(Report& report, Mapping& mapping, std::string_view key) {
  const auto list = mapping.find(key);
  return list ? yaml::read_list(report, *list).value_or(std::vector<Value>()) : std::vector<Value>();
}

std::string text_or(Report& report, const std::optional<Value>& value, const std::string& fallback) {
  return value ? yaml::read_text(report, *value).value_or(fallback) : fallback;
}

SeedAlias read_alias(Report& report, const Value& value) {
  SeedAlias alias;
  alias.position = report.at(value.mark());
  const auto mapping = Mapping::open(report, value);
  if (!mapping) return alias;
  check_names(report, *mapping,
              {"name", "version", "description", "additional_version_weights", "additional_version_strategy"});
  alias.fields = fields_of(*mapping);
  return alias;
}

SeedFunction read_function(Report& report, const Value& value, const std::string& project) {
  SeedFunction function;
  function.position = report.at(value.mark());
  auto mapping = Mapping::open(report, value);
  if (!mapping) return function;
  function.project = text_or(report, mapping->find("project"), project);
  if (function.project.empty() && !report.has_error()) {
    report.error({.code = "missing",
                  .mark = value.mark(),
                  .field = value.field + ".project",
                  .message = "is missing, here and at the top of the document"});
  }
  function.name = text_or(report, mapping->require("func_name"), "");
  check_names(report, *mapping, setting_names({"func_name", "package", "code_type", "code_filename"}));
  function.fields = fields_of(*mapping);
  if (const auto code = mapping->require("code")) function.code = read_seed_code(report, *code);
  for (const auto& item : items_of(report, *mapping, "versions")) {
    function.versions.push_back(read_version(report, item));
  }
  for (const auto& item : items_of(report, *mapping, "aliases")) function.aliases.push_back(read_alias(report, item));
  return function;
}

std::vector<SeedFunction> read_document(Report& report, const Value& value) {
  std::vector<SeedFunction> functions;
  auto mapping = Mapping::open(report, value);
  if (!mapping) return functions;
  const auto project = text_or(report, mapping->find("project"), "");
  if (const auto list = mapping->require("functions")) {
    for (const auto& item : yaml::read_list(report, *list).value_or(std::vector<Value>())) {
      functions.push_back(read_function(report, item, project));
    }
  }
  mapping->close();
  return functions;
}

}  // namespace

Read<std::vector<SeedFunction>> read_seed(std::string_view text, const std::string& file) {
  return read_yaml(text, file, &read_document);
}

}  // namespace fgsync::emulator

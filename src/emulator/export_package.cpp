#include "emulator/export_package.hpp"

#include <yaml-cpp/yaml.h>

#include "emulator/json.hpp"
#include "emulator/zip_writer.hpp"

namespace fgsync::emulator {
namespace {

/// The code's file name, or another where an import would not take it for the code.
std::string code_name(const CodeFacts& code) {
  const std::string& name = code.filename;
  const bool is_usable = !name.empty() && name != "." && name != ".." && !name.ends_with(".yaml") &&
                         !name.ends_with(".yml") &&
                         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
  if (is_usable) return name;
  return code.type == "inline" ? "index" : "index." + code.type;
}

void emit_text(YAML::Emitter& yaml, const char* key, const std::string& value) {
  yaml << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
}

void emit_setting(YAML::Emitter& yaml, const char* key, const JsonObject& settings, std::string_view name) {
  const auto value = settings.text(name);
  emit_text(yaml, key, value ? value->value_or("") : "");
}

void emit_number(YAML::Emitter& yaml, const char* key, const JsonObject& settings, std::string_view name) {
  const auto value = settings.integer(name);
  yaml << YAML::Key << key << YAML::Value << (value ? value->value_or(0) : 0);
}

void emit_variables(YAML::Emitter& yaml, const JsonObject& settings) {
  yaml << YAML::Key << "Environment" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "Variables" << YAML::Value << YAML::BeginMap;
  const auto user_data = settings.text("user_data");
  const bool has_variables = user_data && *user_data && !(*user_data)->empty();
  const JsonObject variables = stored_object(has_variables ? **user_data : "{}");
  for (const auto& name : variables.names()) {
    const auto value = variables.text(name);
    yaml << YAML::Key << YAML::DoubleQuoted << name << YAML::Value << YAML::DoubleQuoted << **value;
  }
  yaml << YAML::EndMap << YAML::EndMap;
}

std::string joined_dependencies(const JsonObject& settings) {
  std::string joined;
  const auto ids = settings.texts("depend_version_list");
  for (const auto& id : ids.value_or(std::vector<std::string>())) joined += (joined.empty() ? "" : ",") + id;
  return joined;
}

std::string write_description(const FunctionRow& function, const Version& version) {
  const JsonObject settings = stored_object(version.settings);
  YAML::Emitter yaml;
  yaml << YAML::BeginMap;
  emit_text(yaml, "HcCrmTemplateVersion", "v1");
  yaml << YAML::Key << "Resources" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << YAML::DoubleQuoted << function.name << YAML::Value << YAML::BeginMap;
  emit_text(yaml, "Type", "HC::Serverless::Function");
  yaml << YAML::Key << "Properties" << YAML::Value << YAML::BeginMap;
  emit_setting(yaml, "Handler", settings, "handler");
  emit_setting(yaml, "Runtime", settings, "runtime");
  emit_text(yaml, "CodeType", version.code.type);
  emit_text(yaml, "CodeFileName", code_name(version.code));
  emit_text(yaml, "DependencyPkg", joined_dependencies(settings));
  emit_setting(yaml, "Description", settings, "description");
  emit_number(yaml, "MemorySize", settings, "memory_size");
  emit_number(yaml, "Timeout", settings, "timeout");
  emit_text(yaml, "Version", "latest");
  emit_variables(yaml, settings);
  yaml << YAML::EndMap << YAML::EndMap << YAML::EndMap << YAML::EndMap;
  return std::string(yaml.c_str(), yaml.size()) + '\n';
}

}  // namespace

std::string write_export_package(const FunctionRow& function, const Version& version, std::string_view code,
                                 ExportPart part) {
  const std::string description = write_description(function, version);
  std::vector<ZipContent> files;
  if (part != ExportPart::configuration) files.push_back({code_name(version.code), code});
  if (part != ExportPart::code) files.push_back({function.name + ".yaml", description});
  return write_zip(files);
}

}  // namespace fgsync::emulator

#include "package/import_description.hpp"

#include <yaml-cpp/yaml.h>

#include "package/text.hpp"

namespace fgsync::package {
namespace {

bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && is_utf8(name) &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

Result<void> check(const ImportProperties& properties) {
  const std::string whose = "import package of " + quoted_path(properties.function_name) + ": ";
  if (!is_plain_name(properties.function_name)) {
    return fail(ErrorKind::invalid, whose + "the function name cannot be a file name");
  }
  if (!is_plain_name(properties.code_file_name) || properties.code_file_name == properties.function_name + ".yaml") {
    return fail(ErrorKind::invalid, whose + "the code cannot be named " + quoted_path(properties.code_file_name));
  }
  const bool texts_are_utf8 =
      is_utf8(properties.handler) && is_utf8(properties.runtime) && is_utf8(properties.description);
  if (!texts_are_utf8) return fail(ErrorKind::invalid, whose + "handler, runtime or description is not UTF-8");
  for (const auto& [name, value] : properties.environment) {
    if (!is_utf8(name) || !is_utf8(value)) {
      // The value may be a secret: only its name is told.
      return fail(ErrorKind::invalid, whose + "environment variable " + quoted_path(name) + " is not UTF-8");
    }
  }
  return {};
}

void emit_text(YAML::Emitter& yaml, const char* key, const std::string& value) {
  yaml << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
}

template <class Integer>
void emit_number(YAML::Emitter& yaml, const char* key, Integer value) {
  yaml << YAML::Key << key << YAML::Value << value;
}

void emit_environment(YAML::Emitter& yaml, const std::map<std::string, std::string>& environment) {
  yaml << YAML::Key << "Environment" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << "Variables" << YAML::Value << YAML::BeginMap;
  for (const auto& [name, value] : environment) {
    yaml << YAML::Key << YAML::DoubleQuoted << name << YAML::Value << YAML::DoubleQuoted << value;
  }
  yaml << YAML::EndMap << YAML::EndMap;
}

void emit_properties(YAML::Emitter& yaml, const ImportProperties& properties) {
  yaml << YAML::Key << "Properties" << YAML::Value << YAML::BeginMap;
  emit_text(yaml, "Handler", properties.handler);
  emit_text(yaml, "Runtime", properties.runtime);
  emit_text(yaml, "CodeType", "zip");
  emit_text(yaml, "CodeFileName", properties.code_file_name);
  emit_text(yaml, "DependencyPkg", "");
  emit_text(yaml, "Description", properties.description);
  emit_number(yaml, "MemorySize", properties.memory_size);
  emit_number(yaml, "Timeout", properties.timeout.count());
  emit_text(yaml, "Version", "latest");
  emit_environment(yaml, properties.environment);
  yaml << YAML::EndMap;
}

}  // namespace

Result<std::string> render_import_description(const ImportProperties& properties) {
  if (auto checked = check(properties); !checked) return fail(std::move(checked).error());
  YAML::Emitter yaml;
  yaml << YAML::BeginMap;
  emit_text(yaml, "HcCrmTemplateVersion", "v1");
  yaml << YAML::Key << "Resources" << YAML::Value << YAML::BeginMap;
  yaml << YAML::Key << YAML::DoubleQuoted << properties.function_name << YAML::Value << YAML::BeginMap;
  emit_text(yaml, "Type", "HC::Serverless::Function");
  emit_properties(yaml, properties);
  yaml << YAML::EndMap << YAML::EndMap << YAML::EndMap;
  if (!yaml.good()) {
    return fail(ErrorKind::internal, "cannot write the import package's YAML: " + yaml.GetLastError());
  }
  return std::string(yaml.c_str(), yaml.size()) + '\n';
}

}  // namespace fgsync::package

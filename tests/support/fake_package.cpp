#include "tests/support/fake_package.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/stored_zip.hpp"

namespace fgsync::test {
namespace {

using functiongraph::FunctionConfig;
using Files = std::vector<std::pair<std::string, std::string>>;

/// The little-endian number at `offset`, which must be there.
std::size_t number_at(std::string_view bytes, std::size_t offset, int size) {
  std::size_t number = 0;
  for (int i = size - 1; i >= 0; --i) {
    number = number << 8U | static_cast<unsigned char>(bytes.at(offset + static_cast<std::size_t>(i)));
  }
  return number;
}

std::string text_at(std::string_view bytes, std::size_t offset, std::size_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) throw std::out_of_range("text");
  return std::string(bytes.substr(offset, size));
}

/// The files of an uncompressed zip, by its directory. Throws out_of_range for what is none.
Files read_directory(std::string_view zip) {
  const std::size_t end = zip.rfind("PK\x05\x06");
  if (end == std::string_view::npos) throw std::out_of_range("end");
  Files files(number_at(zip, end + 10, 2));
  std::size_t entry = number_at(zip, end + 16, 4);
  for (auto& [name, bytes] : files) {
    const bool is_stored = number_at(zip, entry + 10, 2) == 0;
    if (!is_stored) throw std::out_of_range("method");
    const std::size_t name_size = number_at(zip, entry + 28, 2);
    name = text_at(zip, entry + 46, name_size);
    const std::size_t local = number_at(zip, entry + 42, 4);
    const std::size_t content = local + 30 + number_at(zip, local + 26, 2) + number_at(zip, local + 28, 2);
    bytes = text_at(zip, content, number_at(zip, entry + 20, 4));
    entry += 46 + name_size + number_at(zip, entry + 30, 2) + number_at(zip, entry + 32, 2);
  }
  return files;
}

std::optional<Files> read_stored_zip(std::string_view zip) {
  try {
    return read_directory(zip);
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

bool is_yaml(const std::pair<std::string, std::string>& file) {
  return file.first.ends_with(".yaml") || file.first.ends_with(".yml");
}

std::string text_of(const YAML::Node& properties, const char* key) {
  return properties[key].as<std::string>("");
}

FunctionConfig read_config(const YAML::Node& properties) {
  FunctionConfig config;
  config.runtime = text_of(properties, "Runtime");
  config.handler = text_of(properties, "Handler");
  config.description = text_of(properties, "Description");
  config.memory_size = properties["MemorySize"].as<int>(0);
  config.timeout = std::chrono::seconds(properties["Timeout"].as<int>(0));
  const YAML::Node environment = properties["Environment"];
  if (!environment.IsDefined() || !environment["Variables"].IsDefined()) return config;
  for (const auto& variable : environment["Variables"]) {
    config.user_data[variable.first.as<std::string>()] = variable.second.as<std::string>();
  }
  return config;
}

Result<FakePackage> read_properties(const YAML::Node& properties, const Files& files) {
  FakePackage package;
  package.config = read_config(properties);
  package.code.type = text_of(properties, "CodeType");
  package.code.filename = text_of(properties, "CodeFileName");
  const auto code =
      std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.first == package.code.filename; });
  if (code == files.end()) return refuse(refusals::kNoCode);
  package.code.bytes = code->second;
  return package;
}

void write_properties(YAML::Emitter& yaml, const FakePackage& package) {
  const FunctionConfig& config = package.config;
  yaml << YAML::BeginMap;
  for (const auto& [key, value] : {std::pair<const char*, std::string>{"Handler", config.handler},
                                   {"Runtime", config.runtime},
                                   {"CodeType", package.code.type},
                                   {"CodeFileName", package.code.filename},
                                   {"DependencyPkg", ""},
                                   {"Description", config.description},
                                   {"Version", "latest"}}) {
    yaml << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  }
  yaml << YAML::Key << "MemorySize" << YAML::Value << config.memory_size;
  yaml << YAML::Key << "Timeout" << YAML::Value << config.timeout.count();
  yaml << YAML::Key << "Environment" << YAML::Value << YAML::BeginMap << YAML::Key << "Variables" << YAML::Value
       << YAML::BeginMap;
  for (const auto& [name, value] : config.user_data) {
    yaml << YAML::Key << YAML::DoubleQuoted << name << YAML::Value << YAML::DoubleQuoted << value;
  }
  yaml << YAML::EndMap << YAML::EndMap << YAML::EndMap;
}

}  // namespace

std::string write_package(const std::string& function, const FakePackage& package,
                          const functiongraph::ExportRequest& parts) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap << YAML::Key << "HcCrmTemplateVersion" << YAML::Value << "v1";
  yaml << YAML::Key << "Resources" << YAML::Value << YAML::BeginMap << YAML::Key << function << YAML::Value;
  yaml << YAML::BeginMap << YAML::Key << "Type" << YAML::Value << "HC::Serverless::Function";
  yaml << YAML::Key << "Properties" << YAML::Value;
  write_properties(yaml, package);
  yaml << YAML::EndMap << YAML::EndMap << YAML::EndMap;
  std::vector<std::pair<std::string, std::string>> files;
  if (parts.config) files.emplace_back(function + ".yaml", yaml.c_str());
  if (parts.code) files.emplace_back(package.code.filename, package.code.bytes);
  return stored_zip(files);
}

Result<FakePackage> read_package(const std::string& bytes, const std::string& function) {
  const auto files = read_stored_zip(bytes);
  if (!files) return refuse(refusals::kInvalidCode);
  if (std::count_if(files->begin(), files->end(), is_yaml) > 1) return refuse(refusals::kSeveralYaml);
  const auto yaml = std::find_if(files->begin(), files->end(), is_yaml);
  if (yaml == files->end()) return refuse(refusals::kInvalidYaml);
  try {
    const YAML::Node root = YAML::Load(yaml->second);
    if (!root.IsMap() || root["HcCrmTemplateVersion"].as<std::string>("") != "v1" || !root["Resources"].IsDefined()) {
      return refuse(refusals::kInvalidYaml);
    }
    const YAML::Node resource = root["Resources"][function];
    if (!resource.IsDefined()) return refuse(refusals::kNotInYaml);
    return read_properties(resource["Properties"], *files);
  } catch (const YAML::Exception&) {
    return refuse(refusals::kInvalidYaml);
  }
}

}  // namespace fgsync::test

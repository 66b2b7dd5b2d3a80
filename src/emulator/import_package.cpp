#include "emulator/import_package.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "emulator/text.hpp"
#include "emulator/zip_reader.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::uint64_t kMaxYamlBytes = std::uint64_t{64} << 10U;
constexpr std::size_t kMaxVariables = 1000;

/// Where the two files stand in the archive.
struct Entries {
  std::size_t yaml;
  std::vector<std::string> names;
};

bool is_yaml(std::string_view name) {
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

/// A package is flat: a name with a folder in it can only be a mistake or an attack.
bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find_first_of("/\\") == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

Valid<Entries> find_entries(const ZipReader& archive) {
  Entries entries{0, archive.names()};
  if (!std::all_of(entries.names.begin(), entries.names.end(), is_plain)) {
    return refuse(kInvalidCode, "the package must not have folders in it");
  }
  const auto yaml = std::find_if(entries.names.begin(), entries.names.end(), is_yaml);
  if (yaml == entries.names.end()) return refuse(kInvalidYaml, "the package has no YAML file");
  if (std::count_if(entries.names.begin(), entries.names.end(), is_yaml) > 1) return refuse(kSeveralYaml);
  if (entries.names.size() > 2) return refuse(kInvalidCode, "the package must hold one YAML file and the code file");
  entries.yaml = static_cast<std::size_t>(yaml - entries.names.begin());
  return entries;
}

Valid<std::string> inflate(const ZipReader& archive, std::size_t index, std::uint64_t limit) {
  const auto size = archive.size_of(index);
  if (!size || *size > limit) return refuse(kImportTooLarge);
  auto bytes = archive.read(index);
  if (!bytes) return refuse(kInvalidCode, "the package is damaged");
  return std::move(*bytes);
}

tl::unexpected<Fault> invalid_yaml(const std::string& what) {
  return refuse(kInvalidYaml, what);
}

/// `Properties` of the function, after everything around it was checked.
Valid<YAML::Node> find_properties(const YAML::Node& root, const std::string& func_name) {
  if (!root.IsMap()) return invalid_yaml("the YAML file must be a map");
  if (root["HcCrmTemplateVersion"].as<std::string>("") != "v1") {
    return invalid_yaml("HcCrmTemplateVersion: expected v1");
  }
  const YAML::Node resources = root["Resources"];
  if (!resources || !resources.IsMap()) return invalid_yaml("Resources: expected a map with one function");
  const YAML::Node function = resources[func_name];
  if (!function) return refuse(kNotInYaml);
  if (resources.size() != 1) return invalid_yaml("Resources: expected only one function");
  if (!function.IsMap() || function["Type"].as<std::string>("") != "HC::Serverless::Function") {
    return invalid_yaml("Type: expected HC::Serverless::Function");
  }
  const YAML::Node properties = function["Properties"];
  if (!properties || !properties.IsMap()) return invalid_yaml("Properties: expected a map");
  return properties;
}

/// `Environment.Variables` as the text of `user_data`; empty: none.
Valid<std::string> read_variables(const YAML::Node& properties) {
  const YAML::Node environment = properties["Environment"];
  if (!environment || environment.IsNull()) return "";
  if (!environment.IsMap()) return invalid_yaml("Environment: expected a map");
  const YAML::Node variables = environment["Variables"];
  if (!variables || variables.IsNull()) return "";
  if (!variables.IsMap() || variables.size() > kMaxVariables) return invalid_yaml("Variables: expected a map");
  JsonMembers members;
  for (const auto& variable : variables) {
    if (!variable.second.IsScalar()) return invalid_yaml("Variables: expected names with strings as values");
    members.text(variable.first.as<std::string>(), variable.second.Scalar());
  }
  return variables.size() == 0 ? "" : members.object();
}

/// `DependencyPkg` as a JSON list of ids, which are written with commas between them; empty: none.
std::string read_dependencies(const YAML::Node& properties) {
  const auto text = properties["DependencyPkg"].as<std::string>("");
  std::vector<std::string> ids;
  for (const auto id : split(text, ',')) {
    if (!id.empty()) ids.push_back(json_text(id));
  }
  return ids.empty() ? "" : json_array(ids);
}

/// The properties in the words of a create request, so that the same rules are applied to them.
Valid<JsonObject> to_configuration(const YAML::Node& properties) {
  JsonMembers members;
  for (const auto& [property, field] :
       {std::pair{"Runtime", "runtime"}, std::pair{"Handler", "handler"}, std::pair{"Description", "description"}}) {
    if (properties[property]) members.text(field, properties[property].as<std::string>());
  }
  for (const auto& [property, field] : {std::pair{"MemorySize", "memory_size"}, std::pair{"Timeout", "timeout"}}) {
    if (properties[property]) members.number(field, properties[property].as<std::int64_t>());
  }
  auto variables = read_variables(properties);
  if (!variables) return refuse(variables.error());
  if (!variables->empty()) members.text("user_data", *variables);
  const auto dependencies = read_dependencies(properties);
  if (!dependencies.empty()) members.raw("depend_version_list", dependencies);
  // Text from a YAML file need not be UTF-8; then it is not JSON either.
  auto configuration = JsonObject::parse(members.object());
  if (!configuration) return invalid_yaml("the YAML file is not valid UTF-8");
  return configuration;
}

Valid<ReceivedCode> read_code_file(const ZipReader& archive, const Entries& entries, const YAML::Node& properties,
                                   const SizeLimits& limits) {
  const auto type = properties["CodeType"].as<std::string>("");
  if (type != "zip" && type != "jar" && type != "inline") return refuse(kInvalidCodeType);
  const auto filename = properties["CodeFileName"].as<std::string>("");
  const auto found = std::find(entries.names.begin(), entries.names.end(), filename);
  if (found == entries.names.end() || is_yaml(filename)) return refuse(kNoCode);
  const auto index = static_cast<std::size_t>(found - entries.names.begin());
  auto bytes = inflate(archive, index, bytes_of_mb(limits.package_mb));
  if (!bytes) return refuse(bytes.error());
  return accept_code(type, filename, std::move(*bytes), limits);
}

Valid<ImportedFunction> read_function(const ZipReader& archive, const std::string& func_name,
                                      const SizeLimits& limits) {
  auto entries = find_entries(archive);
  if (!entries) return refuse(entries.error());
  auto yaml = inflate(archive, entries->yaml, kMaxYamlBytes);
  if (!yaml) return refuse(yaml.error());
  auto properties = find_properties(YAML::Load(*yaml), func_name);
  if (!properties) return refuse(properties.error());
  auto configuration = to_configuration(*properties);
  if (!configuration) return refuse(configuration.error());
  auto code = read_code_file(archive, *entries, *properties, limits);
  if (!code) return refuse(code.error());
  return ImportedFunction{std::move(*configuration), std::move(*code)};
}

}  // namespace

Valid<ImportedFunction> read_import_package(std::string_view package, const std::string& func_name,
                                            const SizeLimits& limits) {
  if (package.size() > bytes_of_mb(limits.import_mb)) {
    return refuse(over_limit(kImportTooLarge, limits.import_mb, SizeLimits().import_mb, "MB"));
  }
  const auto archive = ZipReader::open(package);
  if (!archive || archive->names().empty()) return refuse(kInvalidCode, "zip: not a valid zip file");
  try {
    return read_function(*archive, func_name, limits);
  } catch (const YAML::Exception& error) {
    // The message may quote the file, whose bytes need not be text.
    std::string what = error.msg;
    std::replace_if(what.begin(), what.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7e; }, '?');
    return invalid_yaml("line " + std::to_string(error.mark.line + 1) + ": " + what);
  }
}

}  // namespace fgsync::emulator

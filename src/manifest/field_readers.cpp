#include "manifest/field_readers.hpp"

#include <filesystem>

namespace fgsync::manifest {

std::optional<std::string> read_name(yaml::Report& report, const yaml::Value& value, const NameRule& rule) {
  auto name = yaml::read_text(report, value);
  if (!name || rule.is_valid(*name)) return name;
  report.error({.code = "invalid_value",
                .mark = value.mark(),
                .field = value.field,
                .message = "must be " + std::string(rule.expected) + ", found " + yaml::quoted(*name)});
  return std::nullopt;
}

std::optional<std::string> read_path(yaml::Report& report, const yaml::Value& value, const std::string& file) {
  const auto text = read_name(report, value, kPath);
  if (!text) return std::nullopt;
  return joined_path(file, *text);
}

std::string joined_path(const std::string& file, const std::string& path) {
  std::string joined = (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
  while (joined.size() > 1 && joined.ends_with('/')) joined.pop_back();
  return joined;
}

}  // namespace fgsync::manifest

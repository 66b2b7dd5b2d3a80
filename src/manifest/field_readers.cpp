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

std::optional<std::string> read_description(yaml::Report& report, const yaml::Value& value) {
  constexpr std::size_t kMaxCharacters = 512;
  constexpr std::string_view kMarkerStart = "[fgsync:";
  auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  if (const std::size_t length = yaml::count_characters(*text); length > kMaxCharacters) {
    report.error({.code = "out_of_range",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "must have at most 512 characters, found " + std::to_string(length)});
    return std::nullopt;
  }
  if (text->find(kMarkerStart) != std::string::npos) {
    report.error({.code = "reserved_text",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "must not contain \"[fgsync:\"",
                  .hint = "fgsync writes its own marks there"});
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> read_path(yaml::Report& report, const yaml::Value& value, const std::string& file) {
  auto text = yaml::read_text(report, value);
  if (!text) return std::nullopt;
  if (text->empty()) {
    report.error(
        {.code = "wrong_type", .mark = value.mark(), .field = value.field, .message = "must be a path, found nothing"});
    return std::nullopt;
  }
  const auto joined = (std::filesystem::path(file).parent_path() / *text).lexically_normal();
  std::string path = joined.string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::map<std::string, std::string> read_labels(yaml::Report& report, const yaml::Value& value) {
  std::map<std::string, std::string> labels;
  const auto mapping = yaml::Mapping::open(report, value);
  if (!mapping) return labels;
  for (const auto& [key, entry] : mapping->entries()) {
    if (!kLabelKey.is_valid(key)) {
      report.error({.code = "invalid_value",
                    .mark = entry.key,
                    .field = value.field,
                    .message = "a label must be " + std::string(kLabelKey.expected) + ", found " + yaml::quoted(key)});
    }
    if (auto text = read_name(report, entry, kLabelValue)) labels.emplace(key, *std::move(text));
  }
  return labels;
}

}  // namespace fgsync::manifest

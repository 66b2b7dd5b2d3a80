#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr TextField<DependencyVersion> kShownTexts[]{
    {"dep_id", &DependencyVersion::dep_id},       {"runtime", &DependencyVersion::runtime},
    {"owner", &DependencyVersion::owner},         {"link", &DependencyVersion::link},
    {"etag", &DependencyVersion::etag},           {"description", &DependencyVersion::description},
    {"file_name", &DependencyVersion::file_name},
};

DependencyVersion read_dependency_object(ObjectReader& reader) {
  DependencyVersion dependency;
  dependency.id = reader.text("id");
  dependency.name = reader.text("name");
  dependency.version = reader.number_if_any("version").value_or(0);
  dependency.size = reader.shown_number("size").value_or(0);
  dependency.last_modified = read_epoch(reader, "last_modified");
  read_shown_texts(reader, kShownTexts, dependency);
  return dependency;
}

}  // namespace

/// The documents say only "a timestamp": seconds and milliseconds are told apart by their size.
std::optional<std::chrono::system_clock::time_point> read_epoch(const ObjectReader& reader, const char* key) {
  constexpr std::int64_t kFirstMilliseconds = 100'000'000'000;  // as seconds: the year 5138
  constexpr std::int64_t kEnd = kFirstMilliseconds * 80;        // as milliseconds: the year 2223
  const auto number = reader.shown_number(key);
  if (!number || *number <= 0 || *number >= kEnd) return std::nullopt;
  const bool is_milliseconds = *number >= kFirstMilliseconds;
  return std::chrono::system_clock::time_point(
      is_milliseconds ? std::chrono::milliseconds(*number) : std::chrono::milliseconds(std::chrono::seconds(*number)));
}

Result<OffsetPage<DependencyVersion>> read_dependency_page(const std::string& body) {
  return read_offset_page<DependencyVersion>(body, "dependencies", read_dependency_object);
}

Result<DependencyVersion> read_dependency(const std::string& body) {
  return read_object(body, read_dependency_object);
}

BodyWithCode write_dependency(const DependencyUpload& upload) {
  ObjectWriter body;
  body.text("name", upload.name)
      .text("runtime", upload.runtime)
      .text_if_any("description", upload.description)
      .text("depend_type", upload.bytes ? "zip" : "obs");
  if (!upload.bytes) return {body.text("depend_link", upload.link).json(), nullptr, ""};
  return {body.json_up_to("depend_file") + '"', upload.bytes, R"("})"};
}

}  // namespace fgsync::functiongraph

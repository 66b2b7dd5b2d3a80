#include "config/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>

#include "config/value_shapes.hpp"
#include "manifest/document_kind.hpp"
#include "manifest/field_readers.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::config {
namespace {

using manifest::NameRule;
using manifest::yaml::Mapping;
using manifest::yaml::Report;
using manifest::yaml::Value;

class ConfigReader {
 public:
  ConfigReader(Report& report, std::string file) : report_(report), file_(std::move(file)) {}

  Config read(const Value& root);

 private:
  void read_metadata(const Value& value);
  void read_spec(const Value& value);
  void read_connection(Mapping& spec);
  void read_credentials(const Value& value);
  void read_sources(const Value& value);
  void read_timeouts(const Value& value);
  void read_markers(const Value& value);
  std::optional<std::chrono::milliseconds> read_duration(const Value& value);
  std::optional<std::string> read_path(const Value& value) { return manifest::read_path(report_, value, file_); }
  std::optional<std::string> read_name(const Value& value, const NameRule& rule) {
    return manifest::read_name(report_, value, rule);
  }

  Report& report_;
  std::string file_;
  Config config_;
};

Config ConfigReader::read(const Value& root) {
  config_.name = source_id_of(std::filesystem::path(file_).parent_path().filename().string());
  auto document = Mapping::open(report_, root);
  if (!document) return std::move(config_);
  document->find("apiVersion");
  document->find("kind");
  if (const auto metadata = document->find("metadata")) read_metadata(*metadata);
  if (const auto spec = document->require("spec")) read_spec(*spec);
  document->close();
  return std::move(config_);
}

void ConfigReader::read_metadata(const Value& value) {
  auto metadata = Mapping::open(report_, value);
  if (!metadata) return;
  if (const auto name = metadata->find("name")) config_.name = read_name(*name, kSourceId).value_or("");
  metadata->close();
}

void ConfigReader::read_spec(const Value& value) {
  auto spec = Mapping::open(report_, value);
  if (!spec) return;
  read_connection(*spec);
  if (const auto sources = spec->find("sources")) read_sources(*sources);
  if (const auto directory = spec->find("state_directory")) config_.state_directory = read_path(*directory);
  if (const auto parallel = spec->find("parallel")) {
    config_.parallel = read_integer(report_, *parallel, {.low = 1, .high = 256});
  }
  if (const auto timeouts = spec->find("timeouts")) read_timeouts(*timeouts);
  if (const auto markers = spec->find("markers")) read_markers(*markers);
  spec->refuse_later({"intervals", "control", "metrics", "budget", "guards", "import_via", "secrets",
                      "fingerprint_key_file", "mode", "log", "targets"});
  spec->hint_synonyms({{"project", "project_id"}, {"state", "state_directory"}, {"directory", "sources"}});
  spec->close();
}

void ConfigReader::read_connection(Mapping& spec) {
  if (const auto endpoint = spec.find("endpoint")) config_.endpoint = read_name(*endpoint, kEndpoint);
  if (const auto region = spec.find("region")) config_.region = read_name(*region, kRegion);
  if (const auto project_id = spec.find("project_id")) config_.project_id = read_name(*project_id, kProjectId);
  if (const auto ca_file = spec.find("ca_file")) config_.ca_file = read_path(*ca_file);
  if (const auto credentials = spec.find("credentials")) read_credentials(*credentials);
}

void ConfigReader::read_credentials(const Value& value) {
  auto credentials = Mapping::open(report_, value);
  if (!credentials) return;
  if (credentials->entries().size() > 1) {
    report_.error({.code = "out_of_range",
                   .mark = value.key,
                   .field = value.field,
                   .message = "must have exactly one entry, found " + std::to_string(credentials->entries().size())});
  }
  const bool has_later_kind = credentials->refuse_later({"aksk", "profile", "iam", "metadata"});
  const auto token_file = has_later_kind ? credentials->find("token_file") : credentials->require("token_file");
  if (token_file) config_.token_file = read_path(*token_file);
  credentials->close();
}

void ConfigReader::read_sources(const Value& value) {
  const auto entries = read_list(report_, value);
  if (!entries) return;
  for (const Value& entry : *entries) {
    auto source = Mapping::open(report_, entry);
    if (!source) continue;
    const bool is_git = source->refuse_later({"git", "environment"});
    const auto directory = is_git ? source->find("directory") : source->require("directory");
    if (directory) {
      if (auto path = read_path(*directory)) config_.source_directories.push_back(*std::move(path));
    }
    source->close();
  }
}

void ConfigReader::read_timeouts(const Value& value) {
  auto timeouts = Mapping::open(report_, value);
  if (!timeouts) return;
  if (const auto call = timeouts->find("call")) config_.call_timeout = read_duration(*call);
  if (const auto upload = timeouts->find("upload")) config_.upload_timeout = read_duration(*upload);
  timeouts->close();
}

void ConfigReader::read_markers(const Value& value) {
  const auto text = read_text(report_, value);
  if (!text) return;
  const bool is_on = *text == "on" || *text == "true";
  if (is_on || *text == "off" || *text == "false") {
    config_.markers = is_on;
    return;
  }
  report_.error({.code = "unknown_value",
                 .mark = value.mark(),
                 .field = value.field,
                 .message = "must be on or off, found " + describe(*value.node)});
}

std::optional<std::chrono::milliseconds> ConfigReader::read_duration(const Value& value) {
  const auto text = read_text(report_, value);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  const bool is_in_range = duration && *duration >= kMinTimeout && *duration <= kMaxTimeout;
  if (is_in_range) return duration;
  report_.error({.code = duration ? "out_of_range" : "wrong_type",
                 .mark = value.mark(),
                 .field = value.field,
                 .message = std::string(duration ? "must be between 100ms and 24h" : "must be a duration") +
                            ", found " + describe(*value.node),
                 .hint = duration ? "" : "a number and ms, s, m or h: 30s"});
  return std::nullopt;
}

/// The one Config document of a file.
class FileReader {
 public:
  FileReader(const std::string& path, const std::string& text) : lines_(path, text), path_(path), text_(text) {}

  LoadedConfig read();

 private:
  void read_document(const manifest::yaml::NodePtr& root);
  void error(manifest::yaml::Finding finding);

  manifest::yaml::Lines lines_;
  const std::string& path_;
  const std::string& text_;
  LoadedConfig loaded_;
  bool is_found_ = false;
};

void FileReader::error(manifest::yaml::Finding finding) {
  Report report(lines_);
  report.error(std::move(finding));
  loaded_.diagnostics.push_back(report.take().front());
}

void FileReader::read_document(const manifest::yaml::NodePtr& root) {
  Report report(lines_);
  const Value document{.node = root, .field = {}, .key = root->mark};
  const auto kind = classify(report, document, manifest::Origin::named);
  if (kind == manifest::DocumentKind::config && !is_found_) {
    is_found_ = true;
    loaded_.config = ConfigReader(report, path_).read(document);
  } else if (kind == manifest::DocumentKind::config) {
    report.error({.code = "duplicate_name", .mark = root->mark, .message = "a second kind: Config in this file"});
  } else if (kind == manifest::DocumentKind::function) {
    report.error({.code = "unknown_value",
                  .mark = root->mark,
                  .field = "kind",
                  .message = "must be Config in this file, found \"Function\"",
                  .hint = "functions stand in files of their own, in one of the directories of spec.sources"});
  }
  auto diagnostics = report.take();
  std::move(diagnostics.begin(), diagnostics.end(), std::back_inserter(loaded_.diagnostics));
}

LoadedConfig FileReader::read() {
  const auto parsed = manifest::yaml::parse(text_);
  for (const auto& root : parsed.documents) read_document(root);
  if (parsed.problem) {
    error({.code = parsed.problem->code,
           .mark = parsed.problem->mark,
           .message = parsed.problem->message,
           .hint = parsed.problem->hint});
  } else if (!is_found_ && !manifest::has_error(loaded_.diagnostics)) {
    error({.code = "empty", .mark = {}, .message = "the file holds no kind: Config"});
  }
  return std::move(loaded_);
}

}  // namespace

LoadedConfig load(const std::string& path, const std::string& text) {
  return FileReader(path, text).read();
}

}  // namespace fgsync::config

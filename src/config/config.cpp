#include "config/config.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "config/config_reader.hpp"
#include "config/config_rules.hpp"
#include "config/config_schema.hpp"
#include "config/redaction.hpp"
#include "manifest/document_kind.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::config {
namespace {

using manifest::schema::UnusedField;
using manifest::schema::View;
using manifest::yaml::Report;
using manifest::yaml::Value;

/// `a, b and c`.
std::string enumerate(const std::vector<UnusedField>& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += i + 1 == fields.size() ? " and " : ", ";
    text += fields[i].field;
  }
  return text;
}

/// Each field once, in the order of the text, without those inside of another one.
std::vector<UnusedField> outermost(std::vector<UnusedField> fields) {
  std::sort(fields.begin(), fields.end(), [](const UnusedField& a, const UnusedField& b) {
    return std::tie(a.position.line, a.position.column, a.field) <
           std::tie(b.position.line, b.position.column, b.field);
  });
  std::vector<UnusedField> kept;
  for (UnusedField& field : fields) {
    const auto covers = [&field](const UnusedField& outer) {
      return field.field == outer.field || field.field.starts_with(outer.field + ".");
    };
    if (std::none_of(kept.begin(), kept.end(), covers)) kept.push_back(std::move(field));
  }
  return kept;
}

void warn_of(Report& report, const std::vector<UnusedField>& unused) {
  if (unused.empty()) return;
  const bool is_one = unused.size() == 1;
  report.warning({.code = "not_acted_on",
                  .mark = report.mark_of(unused.front().position),
                  .message = enumerate(unused) + (is_one ? " is" : " are") +
                             " checked, but this version of fgsync does not act on " + (is_one ? "it" : "them") +
                             " yet"});
}

/// The one Config document of a file.
class FileReader {
 public:
  FileReader(const std::string& path, const std::string& text) : lines_(path, text), path_(path), text_(text) {}

  LoadedConfig read();

 private:
  void read_document(const manifest::yaml::NodePtr& root);
  void read_config_document(Report& report, const Value& document);
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

void FileReader::read_config_document(Report& report, const Value& document) {
  loaded_.unused = outermost(check(report, document, document_shape()));
  const View view(document);
  if (const auto spec = view.find("spec")) check_rules(report, *spec, path_);
  warn_of(report, loaded_.unused);
  loaded_.config = read_config(view, path_);
}

void FileReader::read_document(const manifest::yaml::NodePtr& root) {
  Report report(lines_);
  const Value document{.node = root, .field = {}, .key = root->mark};
  const auto kind = classify(report, document, manifest::Origin::named);
  if (kind == manifest::DocumentKind::config && !is_found_) {
    is_found_ = true;
    read_config_document(report, document);
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
  redact(loaded_.diagnostics);
  return std::move(loaded_);
}

}  // namespace

std::vector<std::string> source_directories(const TargetSettings& settings) {
  std::vector<std::string> directories;
  for (const Source& source : settings.sources) {
    if (source.directory) directories.push_back(*source.directory);
  }
  return directories;
}

bool has_repository(const TargetSettings& settings) {
  return std::any_of(settings.sources.begin(), settings.sources.end(),
                     [](const Source& source) { return source.git.has_value(); });
}

LoadedConfig load(const std::string& path, const std::string& text) {
  return FileReader(path, text).read();
}

}  // namespace fgsync::config

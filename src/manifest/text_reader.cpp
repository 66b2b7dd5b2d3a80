#include "manifest/text_reader.hpp"

#include <utility>

#include "manifest/compose.hpp"
#include "manifest/document_kind.hpp"
#include "manifest/environment.hpp"
#include "manifest/redaction.hpp"

namespace fgsync::manifest {
namespace {

void move_into(Diagnostics& all, Diagnostics some) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

class TextReader {
 public:
  TextReader(const yaml::Lines& lines, const yaml::Lines* environment_lines, const Environment* environment)
      : lines_(lines), environment_lines_(environment_lines), environment_(environment) {}

  ReadText read(const SourceText& text);

 private:
  [[nodiscard]] yaml::Report new_report() const;
  void read_document(const yaml::NodePtr& root, const SourceText& text, Origin origin);
  void report_problem(const yaml::Problem& problem, const SourceText& text, Origin origin);
  void report(yaml::Finding finding);

  const yaml::Lines& lines_;
  const yaml::Lines* environment_lines_;
  const Environment* environment_;
  ReadText read_;
};

yaml::Report TextReader::new_report() const {
  std::vector<const yaml::Lines*> files{&lines_};
  if (environment_lines_ != nullptr) files.push_back(environment_lines_);
  return yaml::Report(std::move(files));
}

void TextReader::report(yaml::Finding finding) {
  yaml::Report report = new_report();
  report.error(std::move(finding));
  move_into(read_.diagnostics, report.take());
}

ReadText TextReader::read(const SourceText& text) {
  const Origin origin = text.is_named ? Origin::named : Origin::scanned;
  const yaml::Documents parsed = yaml::parse(text.text);
  for (const yaml::NodePtr& root : parsed.documents) read_document(root, text, origin);
  if (parsed.problem) {
    report_problem(*parsed.problem, text, origin);
  } else if (parsed.documents.empty() && origin == Origin::named) {
    report({.code = "empty", .mark = {}, .field = {}, .message = "the file holds no manifest"});
  }
  return std::move(read_);
}

void TextReader::read_document(const yaml::NodePtr& root, const SourceText& text, Origin origin) {
  yaml::Report report = new_report();
  const yaml::Value document{.node = root, .field = {}, .key = root->mark};
  const DocumentKind kind = classify(report, document, origin);
  if (kind == DocumentKind::environment) {
    report.error({.code = "misplaced",
                  .mark = root->mark,
                  .field = "kind",
                  .message = "an Environment is read from the directory environments/ only",
                  .hint = "move the file there; --env chooses it by its name"});
  }
  if (kind == DocumentKind::config) {
    report.error({.code = "misplaced",
                  .mark = root->mark,
                  .field = "kind",
                  .message = "a Config is read from fgsync.yaml in the root only",
                  .hint = "rename the file to fgsync.yaml and put it there; one that is given with --config must lie "
                          "outside of the directories that are read"});
  }
  if (kind == DocumentKind::function) {
    const yaml::NodePtr composed = compose(report, root, environment_);
    read_.functions.push_back(read_function(report, {.node = composed, .field = {}, .key = root->mark}));
    read_.documents.push_back({.name = read_.functions.back().function.name, .path = text.path, .root = composed});
  }
  Diagnostics diagnostics = report.take();
  redact(diagnostics);
  move_into(read_.diagnostics, std::move(diagnostics));
}

void TextReader::report_problem(const yaml::Problem& problem, const SourceText& text, Origin origin) {
  yaml::Finding finding{
      .code = problem.code, .mark = problem.mark, .field = {}, .message = problem.message, .hint = problem.hint};
  if (finding.hint.empty() && origin == Origin::scanned) {
    finding.hint = "if this is no manifest, keep it out of the directories that are scanned";
  }
  report(std::move(finding));
  // What could not be parsed may be a secret that was written where a reference to one belongs.
  const bool may_hold_secrets = text.text.find("encrypted_user_data") != std::string::npos;
  if (may_hold_secrets) read_.diagnostics.back().source_line.clear();
}

}  // namespace

ReadText read_text(const SourceText& text, const yaml::Lines& lines, const Environment* environment,
                   const yaml::Lines* environment_lines) {
  return TextReader(lines, environment_lines, environment).read(text);
}

}  // namespace fgsync::manifest

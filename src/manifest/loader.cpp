#include "manifest/loader.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "manifest/cross_checks.hpp"
#include "manifest/diagnostic_order.hpp"
#include "manifest/document_kind.hpp"
#include "manifest/function_reader.hpp"

namespace fgsync::manifest {
namespace {

using FileOrder = std::map<std::string, std::size_t, std::less<>>;

void move_into(Diagnostics& all, Diagnostics some) {
  std::move(some.begin(), some.end(), std::back_inserter(all));
}

/// Loads texts one after the other, then looks at all functions together.
class Loader {
 public:
  void read(const SourceText& text);
  LoadResult finish();

 private:
  void read_document(const yaml::Lines& lines, const yaml::NodePtr& root, Origin origin);
  void report_problem(const yaml::Lines& lines, const yaml::Problem& problem, Origin origin);
  void report_empty(const yaml::Lines& lines);
  const yaml::Lines& remember(const SourceText& text);

  std::map<std::string, yaml::Lines> lines_;
  FileOrder order_;
  std::vector<ReadFunction> functions_;
  Diagnostics diagnostics_;
};

const yaml::Lines& Loader::remember(const SourceText& text) {
  order_.emplace(text.path, order_.size());
  return lines_.try_emplace(text.path, text.path, text.text).first->second;
}

void Loader::read(const SourceText& text) {
  const yaml::Lines& lines = remember(text);
  const Origin origin = text.is_named ? Origin::named : Origin::scanned;
  const yaml::Documents parsed = yaml::parse(text.text);
  for (const yaml::NodePtr& root : parsed.documents) read_document(lines, root, origin);
  if (parsed.problem) {
    report_problem(lines, *parsed.problem, origin);
  } else if (parsed.documents.empty() && origin == Origin::named) {
    report_empty(lines);
  }
}

void Loader::read_document(const yaml::Lines& lines, const yaml::NodePtr& root, Origin origin) {
  yaml::Report report(lines);
  const yaml::Value document{.node = root, .field = {}, .key = root->mark};
  if (classify(report, document, origin) == DocumentKind::function) {
    functions_.push_back(read_function(report, document));
  }
  move_into(diagnostics_, report.take());
}

void Loader::report_problem(const yaml::Lines& lines, const yaml::Problem& problem, Origin origin) {
  yaml::Report report(lines);
  yaml::Finding finding{
      .code = problem.code, .mark = problem.mark, .field = {}, .message = problem.message, .hint = problem.hint};
  if (finding.hint.empty() && origin == Origin::scanned) {
    finding.hint = "if this is no manifest, keep it out of the directories that are scanned";
  }
  report.error(std::move(finding));
  move_into(diagnostics_, report.take());
}

void Loader::report_empty(const yaml::Lines& lines) {
  yaml::Report report(lines);
  report.error({.code = "empty", .mark = {}, .field = {}, .message = "the file holds no manifest"});
  move_into(diagnostics_, report.take());
}

LoadResult Loader::finish() {
  check_across(functions_, [this](const SourcePosition& position, yaml::Finding finding) {
    yaml::Report report(lines_.at(position.file));
    finding.mark = {.line = position.line, .column = position.column};
    report.error(std::move(finding));
    move_into(diagnostics_, report.take());
  });

  LoadResult result;
  for (ReadFunction& read : functions_) {
    if (read.is_valid) {
      result.functions.push_back(std::move(read.function));
    } else {
      result.rejected.push_back({.name = std::move(read.function.name),
                                 .position = std::move(read.function.position),
                                 .code_directory = std::move(read.function.code.path)});
    }
  }
  order_by(diagnostics_, [this](const Diagnostic& diagnostic) {
    const SourcePosition& position = diagnostic.position;
    return std::tuple(order_.at(position.file), position.line, position.column);
  });
  result.diagnostics = std::move(diagnostics_);
  return result;
}

bool is_inside(const std::string& path, const std::string& directory) {
  if (directory.empty()) return false;
  if (directory == ".") return !path.starts_with('/') && path != ".." && !path.starts_with("../");
  if (directory == "/") return path.starts_with('/');
  return path == directory ||
         (path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/');
}

/// A code directory and the file that names it.
struct CodePlace {
  std::string directory;
  std::string manifest;
};

std::vector<CodePlace> code_places(const LoadResult& result) {
  std::vector<CodePlace> places;
  for (const Function& function : result.functions) {
    places.push_back({.directory = function.code.path, .manifest = function.position.file});
  }
  for (const Rejected& rejected : result.rejected) {
    places.push_back({.directory = rejected.code_directory, .manifest = rejected.position.file});
  }
  return places;
}

Diagnostic left_out(const SourcePosition& position, const std::string& name, const CodePlace& place) {
  Diagnostic warning;
  warning.severity = Severity::warning;
  warning.code = "inside_code_directory";
  warning.position = position;
  warning.field = "metadata.name";
  warning.message = "function " + yaml::quoted(name) + " is not read: the file lies in the code directory " +
                    place.directory + " that " + place.manifest + " names";
  warning.hint = "move the manifest out of the code, or name it on the command line";
  return warning;
}

}  // namespace

LoadResult load(const std::vector<SourceText>& texts) {
  Loader loader;
  for (const SourceText& text : texts) loader.read(text);
  return loader.finish();
}

LoadResult load_tree(const std::vector<SourceText>& texts) {
  LoadResult everything = load(texts);
  const std::vector<CodePlace> places = code_places(everything);
  const auto find_place = [&places](const std::string& path) {
    return std::find_if(places.begin(), places.end(), [&path](const CodePlace& place) {
      return is_inside(path, place.directory) && !is_inside(place.manifest, place.directory);
    });
  };

  std::vector<SourceText> kept;
  std::map<std::string, CodePlace> dropped;
  for (const SourceText& text : texts) {
    const auto place = find_place(text.path);
    if (text.is_named || place == places.end()) {
      kept.push_back(text);
    } else {
      dropped.emplace(text.path, *place);
    }
  }
  if (dropped.empty()) return everything;

  LoadResult result = load(kept);
  const auto warn = [&](const SourcePosition& position, const std::string& name) {
    const auto place = dropped.find(position.file);
    if (place != dropped.end()) result.diagnostics.push_back(left_out(position, name, place->second));
  };
  for (const Function& function : everything.functions) warn(function.position, function.name);
  for (const Rejected& rejected : everything.rejected) warn(rejected.position, rejected.name);
  return result;
}

std::vector<std::string> code_directories(const LoadResult& result) {
  std::set<std::string> directories;
  for (const CodePlace& place : code_places(result)) {
    if (!place.directory.empty()) directories.insert(place.directory);
  }
  return {directories.begin(), directories.end()};
}

bool is_below(const std::string& path, const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [&path](const std::string& directory) { return is_inside(path, directory); });
}

}  // namespace fgsync::manifest

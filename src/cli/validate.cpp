#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include "base/printable.hpp"
#include "cli/code_paths.hpp"
#include "cli/commands.hpp"
#include "cli/diagnostics_view.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_json.hpp"
#include "cli/workspace.hpp"
#include "manifest/show.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kMaxLine = 4000;

void print_text(std::ostream& out, const manifest::Diagnostics& diagnostics) {
  for (const manifest::Diagnostic& diagnostic : diagnostics) out << manifest::to_text(diagnostic);
}

void print_counts(std::ostream& out, const Workspace& workspace, std::size_t valid) {
  if (workspace.is_nothing_selected) {
    out << "No function matches " << printable(workspace.selection->flags(), kMaxLine) << ".\n";
  }
  const auto errors = std::count_if(
      workspace.diagnostics.begin(), workspace.diagnostics.end(),
      [](const manifest::Diagnostic& diagnostic) { return diagnostic.severity == manifest::Severity::error; });
  out << valid << (valid == 1 ? " function" : " functions") << " valid, " << errors
      << (errors == 1 ? " error" : " errors") << ".\n";
}

void print(const Workspace& workspace, std::size_t valid, Format format) {
  switch (format) {
    case Format::text:
      print_text(std::cout, workspace.diagnostics);
      print_counts(std::cout, workspace, valid);
      break;
    case Format::github:
      std::cout << render_github(workspace.diagnostics);
      print_counts(std::cout, workspace, valid);
      break;
    case Format::json: std::cout << render_diagnostics_json(workspace.diagnostics, valid, workspace.selection); break;
    case Format::markdown:
    case Format::ndjson:
    case Format::junit: break;  // of other commands only
    case Format::sarif: std::cout << render_sarif(workspace.diagnostics, workspace.root); break;
  }
}

/// The manifests as they are read, of the selected functions: that is the result, so all else goes to standard error.
void print_documents(const Workspace& workspace, std::size_t valid) {
  bool is_first = true;
  for (const manifest::Document& document : workspace.documents) {
    const bool is_selected =
        !workspace.selection || std::any_of(workspace.functions.begin(), workspace.functions.end(),
                                            [&](const auto& function) { return function.name == document.name; });
    if (!is_selected) continue;
    if (!std::exchange(is_first, false)) std::cout << "---\n";
    std::cout << manifest::show(document, workspace.environment.get());
  }
  print_text(std::cerr, workspace.diagnostics);
  print_counts(std::cerr, workspace, valid);
}

}  // namespace

int run_validate(const Options& options) {
  auto workspace = load_workspace(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  if (workspace->selection_error) {
    for (const manifest::Diagnostic& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
    print_error(*workspace->selection_error);
    return workspace->selection_error->kind == ErrorKind::invalid ? kNothingUsable : kFailed;
  }
  manifest::Diagnostics of_code = check_code_paths(*workspace);
  const std::size_t valid = workspace->functions.size() - of_code.size();
  std::move(of_code.begin(), of_code.end(), std::back_inserter(workspace->diagnostics));
  if (options.shows_result) {
    print_documents(*workspace, valid);
  } else {
    print(*workspace, valid, options.format);
  }
  return manifest::has_error(workspace->diagnostics) ? kNothingUsable : kOk;
}

}  // namespace fgsync::cli

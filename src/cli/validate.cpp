#include <algorithm>
#include <iostream>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_json.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {

int run_validate(const Options& options) {
  auto workspace = load_workspace(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  manifest::Diagnostics& diagnostics = workspace->diagnostics;
  manifest::Diagnostics of_code = check_code_directories(*workspace);
  const std::size_t valid = workspace->functions.size() - of_code.size();
  std::move(of_code.begin(), of_code.end(), std::back_inserter(diagnostics));
  if (options.format == Format::json) {
    std::cout << render_diagnostics_json(diagnostics, valid);
    return manifest::has_error(diagnostics) ? kNothingUsable : kOk;
  }
  std::size_t errors = 0;
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity == manifest::Severity::error ? 1 : 0;
    std::cout << manifest::to_text(diagnostic);
  }
  std::cout << valid << (valid == 1 ? " function" : " functions") << " valid, " << errors
            << (errors == 1 ? " error" : " errors") << ".\n";
  return errors == 0 ? kOk : kNothingUsable;
}

}  // namespace fgsync::cli

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/output_file.hpp"
#include "cli/package_view.hpp"
#include "cli/remembered.hpp"
#include "cli/workspace.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "plan/desired.hpp"
#include "plan/explain.hpp"
#include "reconcile/code.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::cli {
namespace {

struct Packed {
  package::Contents contents;
  package::Archive archive;
};

Result<Packed> pack(const manifest::Function& function, const std::string& root) {
  if (!reconcile::is_files(function.code)) {
    return fail(ErrorKind::invalid,
                "there is no archive: its code is an object or an image, which the service fetches itself");
  }
  auto list = reconcile::scan_code(function.code, root);
  if (!list) return fail(std::move(list).error());
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(std::move(contents).error());
  auto archive = package::build_archive(*list, contents->digest);
  if (!archive) return fail(std::move(archive).error());
  return Packed{std::move(*contents), std::move(*archive)};
}

/// Fills in what --explain shows. What was applied last is read from the state, when it can be found.
void explain(const Options& options, const Workspace& workspace, PackageView& view) {
  std::optional<plan::LastApplied> last;
  auto entry = remembered_entry(options, workspace, view.function.name);
  if (!entry) {
    view.no_record = entry.error().describe();
  } else if (!*entry) {
    view.no_record = "the state remembers nothing of this function";
  } else {
    last = reconcile::to_last_applied(**entry);
  }
  view.explanation = plan::explain(view.function, view.contents, last);
}

}  // namespace

int run_package(const Options& options) {
  auto workspace = load_workspace(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  const auto& functions = workspace->functions;
  const auto function = std::find_if(functions.begin(), functions.end(),
                                     [&](const auto& candidate) { return candidate.name == options.package_name; });
  if (function == functions.end()) {
    for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
    print_error(Error(ErrorKind::invalid, "no usable manifest for a function named " + options.package_name + " in " +
                                              workspace->shown_source));
    return kNothingUsable;
  }
  auto packed = pack(*function, workspace->root);
  if (!packed) {
    Error error = std::move(packed).error();
    error.position = function->code.position;
    print_error(error);
    return kFailed;
  }
  if (options.package_file) {
    auto written = write_file(*options.package_file, packed->archive);
    if (!written) {
      print_error(written.error());
      return kFailed;
    }
  }
  PackageView view{.function = *function,
                   .contents = packed->contents,
                   .archive = packed->archive,
                   .fingerprint = plan::fingerprint_of(packed->contents.digest, *function),
                   .explanation = {},
                   .no_record = {}};
  if (options.explains) explain(options, *workspace, view);
  std::cout << (options.format == Format::json ? render_package_json(view) : render_package_text(view));
  return kOk;
}

}  // namespace fgsync::cli

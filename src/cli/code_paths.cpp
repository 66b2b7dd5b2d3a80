#include "cli/code_paths.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "reconcile/code.hpp"
#include "source/root.hpp"

namespace fgsync::cli {

namespace fs = std::filesystem;

namespace {

std::string_view field_of(manifest::Code::Kind kind) {
  switch (kind) {
    case manifest::Code::Kind::file: return "spec.code.file";
    case manifest::Code::Kind::archive: return "spec.code.archive";
    case manifest::Code::Kind::jar: return "spec.code.jar";
    default: return "spec.code.directory";
  }
}

/// What is wrong with a function's code as far as a look without reading it tells.
std::optional<manifest::Diagnostic> check_code(const manifest::Code& code, const std::string& root) {
  using Kind = manifest::Code::Kind;
  if (code.kind == Kind::obs || code.kind == Kind::image) return std::nullopt;
  manifest::Diagnostic diagnostic;
  diagnostic.position = code.position;
  diagnostic.field = field_of(code.kind);
  std::error_code ignored;
  const bool is_directory = code.kind == Kind::directory;
  if (is_directory && !fs::is_directory(code.path, ignored)) {
    diagnostic.code = "no_such_directory";
    diagnostic.message = code.path + " is not a directory";
  } else if (!is_directory && !fs::exists(code.path, ignored)) {
    diagnostic.code = "no_such_file";
    diagnostic.message = code.path + " does not exist";
  } else if (!source::is_inside(root, code.path)) {
    diagnostic.code = "outside_of_root";
    diagnostic.message = code.path + " lies outside of the root " + root;
    diagnostic.hint = "move it inside, or name a wider root with --root";
  } else if (code.kind == Kind::file || code.kind == Kind::archive) {
    auto list = reconcile::scan_code(code, root);
    if (list) return std::nullopt;
    diagnostic.code = "bad_code";
    diagnostic.message = std::move(list.error().message);
  } else {
    return std::nullopt;
  }
  return diagnostic;
}

}  // namespace

manifest::Diagnostics check_code_paths(const Workspace& workspace) {
  manifest::Diagnostics diagnostics;
  for (const manifest::Function& function : workspace.functions) {
    if (auto diagnostic = check_code(function.code, workspace.root)) diagnostics.push_back(*std::move(diagnostic));
  }
  return diagnostics;
}

}  // namespace fgsync::cli

// A folder in another function's code would be published with it; one that no run reads would be forgotten.
#include "cli/adoption_target.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "source/root.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

/// Why a scan of `top` does not come to the folder below it; nothing when it does.
std::optional<std::string> obstacle_below(const fs::path& top, const std::string& folder) {
  std::error_code failed;
  fs::path walked = fs::weakly_canonical(top, failed);
  const fs::path below = fs::weakly_canonical(folder, failed).lexically_relative(walked);
  for (const fs::path& part : below) {
    if (part == ".") continue;
    const std::string name = part.string();
    if (name.starts_with('.')) return name + " is hidden";
    if (name == "environments") return "a folder of that name holds environments";
    walked /= part;
    if (fs::is_regular_file(walked / "fgsync.yaml", failed)) {
      return name + " has an fgsync.yaml of its own, so it is another source";
    }
  }
  return std::nullopt;
}

/// Why `plan` reads no manifests there; nothing when it does.
std::optional<std::string> obstacle_to_reading(const std::string& folder, const Workspace& workspace) {
  const auto sources = config::source_directories(workspace.config);
  if (sources.empty()) return obstacle_below(workspace.root, folder);
  std::string why = "it is in no source of " + workspace.config.file;
  for (const std::string& source : sources) {
    if (!source::is_inside(source, folder)) continue;
    const auto obstacle = obstacle_below(source, folder);
    if (!obstacle) return std::nullopt;
    why = *obstacle;
  }
  return why;
}

}  // namespace

Result<void> check_adoption_target(const std::string& folder, const Workspace& workspace) {
  for (const CodeFolder& code : workspace.code_folders) {
    if (!source::is_inside(code.path, folder)) continue;
    const bool is_all = source::is_inside(code.path, workspace.root);
    return fail(ErrorKind::invalid,
                folder + " lies in " + (is_all ? "the root, which is all" : code.path + ", which is") +
                    " the code of " + code.owner + ": the next sync would publish it there. " +
                    (is_all ? "Give that code a folder of its own, or name the manifests' folder outside of the code "
                              "as --into and in spec.sources of fgsync.yaml"
                            : "Name another --into, or the manifests' folder in spec.sources of fgsync.yaml"));
  }
  const auto obstacle = obstacle_to_reading(folder, workspace);
  if (!obstacle) return {};
  return fail(ErrorKind::invalid, folder + " is not read by plan: " + *obstacle +
                                      "; name another --into, or add a folder to spec.sources of fgsync.yaml");
}

std::optional<std::string> reason_unread(const std::string& name, const std::string& folder,
                                         const Workspace& workspace) {
  for (const manifest::Diagnostic& diagnostic : workspace.diagnostics) {
    const std::string& file = diagnostic.position.file;
    if (!file.empty() && source::is_inside(folder, file)) return file + ": " + diagnostic.message;
  }
  const auto is_it = [&](const manifest::Function& function) {
    return function.name == name && source::is_inside(folder, function.position.file);
  };
  const bool is_read = std::any_of(workspace.functions.begin(), workspace.functions.end(), is_it);
  return is_read ? std::nullopt : std::optional<std::string>("plan does not find its manifest in " + folder);
}

}  // namespace fgsync::cli

#include "cli/apply_command.hpp"

#include <optional>

#include "cli/selection.hpp"
#include "cli/shell_word.hpp"

namespace fgsync::cli {

std::string apply_command(const Options& options) {
  std::string command = "fgsync sync";
  auto add = [&command](const char* flag, const std::optional<std::string>& value) {
    if (value) command += std::string(" ") + flag + " " + shell_word(*value);
  };
  add("--root", options.root);
  add("--env", options.environment);
  add("--config", options.config_file);
  add("--endpoint", options.endpoint);
  add("--project-id", options.project_id);
  add("--region", options.region);
  add("--ca-file", options.ca_file);
  add("--state", options.state_directory);
  if (options.no_state) command += " --no-state";
  if (options.adopt) command += " --adopt";
  if (options.prune) command += *options.prune ? " --prune" : " --no-prune";
  if (options.allow_recreate) command += " --allow-recreate";
  if (options.refreshes_fully) command += *options.refreshes_fully ? " --refresh full" : " --refresh list";
  if (const auto selection = selection_of(options); selection && *selection) command += " " + (*selection)->flags();
  for (const std::string& path : options.paths) command += " " + shell_word(path);
  return command;
}

}  // namespace fgsync::cli

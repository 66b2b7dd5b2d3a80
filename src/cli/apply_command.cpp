#include "cli/apply_command.hpp"

#include <optional>
#include <utility>

#include "cli/selection.hpp"
#include "cli/shell_word.hpp"

namespace fgsync::cli {
namespace {

class CommandLine {
 public:
  explicit CommandLine(std::string beginning = "fgsync sync") : text_(std::move(beginning)) {}

  void add(const std::string& words) { text_ += " " + words; }
  void add(const char* flag, const std::optional<std::string>& value) {
    if (!value) return;
    // What looks like a flag is a value only behind `=`.
    text_ += std::string(" ") + flag + (value->starts_with('-') ? "=" : " ") + shell_word(*value);
  }

  void add_target(const Options& options) {
    add("--endpoint", options.endpoint);
    add("--project-id", options.project_id);
    add("--region", options.region);
    add("--ca-file", options.ca_file);
    add("--state", options.state_directory);
    if (options.no_state) add("--no-state");
  }

  void add_refresh(const Options& options) {
    if (options.refreshes_fully) add(*options.refreshes_fully ? "--refresh full" : "--refresh list");
  }

  void add_paths(const Options& options) {
    for (const std::string& path : options.paths) add(shell_word(path.starts_with('-') ? "./" + path : path));
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string apply_command(const Options& options) {
  CommandLine command;
  command.add("--root", options.root);
  command.add("--env", options.environment);
  command.add("--config", options.config_file);
  command.add_target(options);
  if (options.adopt) command.add("--adopt");
  if (options.prune) command.add(*options.prune ? "--prune" : "--no-prune");
  if (options.allow_recreate) command.add("--allow-recreate");
  command.add_refresh(options);
  if (const auto selection = selection_of(options); selection && *selection) command.add((*selection)->flags());
  command.add_paths(options);
  return command.take();
}

std::string apply_exactly_command(const Options& options) {
  CommandLine command;
  command.add("--plan", options.out_file);
  command.add("--root", options.root);
  command.add("--config", options.config_file);
  command.add_target(options);
  command.add_refresh(options);
  command.add_paths(options);
  return command.take();
}

std::string place_flags(const Options& options) {
  CommandLine flags("");
  flags.add("--root", options.root);
  flags.add("--env", options.environment);
  flags.add("--config", options.config_file);
  return flags.take();
}

std::string target_flags(const Options& options) {
  CommandLine flags("");
  flags.add_target(options);
  return flags.take();
}

std::string path_words(const Options& options) {
  CommandLine words("");
  words.add_paths(options);
  return words.take();
}

}  // namespace fgsync::cli

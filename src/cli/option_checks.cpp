#include "cli/option_checks.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/enumerate.hpp"
#include "base/nearest.hpp"
#include "cli/function_names.hpp"

namespace fgsync::cli {

std::optional<std::string> unknown_command(const std::vector<std::string>& words,
                                           const std::vector<std::string>& commands) {
  if (words.empty()) return "which command? There are " + enumerate(commands);
  const std::string& word = words.front();
  const bool is_known = word == "--help" || word == "-h" || word == "--version" ||
                        std::find(commands.begin(), commands.end(), word) != commands.end();
  if (is_known) return std::nullopt;
  if (word.starts_with('-')) {
    const auto command = std::find_first_of(words.begin(), words.end(), commands.begin(), commands.end());
    return "the command comes first, then its flags: fgsync " + (command == words.end() ? "COMMAND" : *command) + " " +
           word;
  }
  const std::vector<std::string_view> candidates(commands.begin(), commands.end());
  const auto meant = nearest(word, candidates);
  return "unknown command \"" + word + "\"" +
         (meant ? "; did you mean " + *meant + "?" : "; there are " + enumerate(commands));
}

std::optional<std::string> find_empty_option(const Options& options) {
  const std::array<std::pair<const char*, const std::optional<std::string>*>, 16> values{{
      {"--alias", &options.alias},
      {"--env", &options.environment},
      {"--selector", &options.selector},
      {"--since", &options.since},
      {"--root", &options.root},
      {"--config", &options.config_file},
      {"--endpoint", &options.endpoint},
      {"--project-id", &options.project_id},
      {"--region", &options.region},
      {"--ca-file", &options.ca_file},
      {"--state", &options.state_directory},
      {"--out", &options.package_file},
      {"--plan", &options.plan_file},
      {"--out", &options.out_file},
      {"--into", &options.into},
      {"--socket", &options.socket},
  }};
  for (const auto& [flag, value] : values) {
    if (*value && (*value)->empty()) return flag;
  }
  const auto has_empty = [](const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), "") != words.end();
  };
  if (has_empty(options.names)) return "--name";
  if (has_empty(options.functions) || has_empty(options.forgotten)) return "NAME";
  return has_empty(options.paths) ? std::optional<std::string>("PATH") : std::nullopt;
}

std::optional<std::string> find_bad_name(const Options& options) {
  std::vector<std::string> names = options.functions;
  names.insert(names.end(), options.forgotten.begin(), options.forgotten.end());
  if (!options.function.empty()) names.push_back(options.function);
  const auto checked = function_names(names);
  return checked ? std::nullopt : std::optional(checked.error().describe());
}

std::optional<std::string> find_flag_against_plan(const Options& options) {
  if (!options.plan_file) return std::nullopt;
  const std::array<std::pair<const char*, bool>, 7> given{{
      {"--name", !options.names.empty()},
      {"--selector", options.selector.has_value()},
      {"--since", options.since.has_value()},
      {"--adopt", options.adopt},
      {"--prune and --no-prune", options.prune.has_value()},
      {"--allow-recreate", options.allow_recreate},
      {"--out", options.out_file.has_value()},
  }};
  for (const auto& [flag, is_given] : given) {
    if (is_given) return flag;
  }
  return std::nullopt;
}

}  // namespace fgsync::cli

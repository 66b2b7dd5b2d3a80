// What is advised must be about what this run was about: the same root, environment, state and project. Without the
// flags it would look elsewhere, find nothing to do, and seem done.
#include "cli/advice.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/apply_command.hpp"
#include "source/root.hpp"

namespace fgsync::cli {
namespace {

constexpr std::string_view kProgram = "fgsync ";

/// A PATH may have led to another root than the one that is found from here.
Options with_root(Options options) {
  Options placed = std::move(options);
  if (placed.root || placed.paths.empty()) return placed;
  std::string root = source::find_root(placed.paths.front());
  if (root != source::find_root(".")) placed.root = std::move(root);
  return placed;
}

void advise(std::vector<plan::Blocked>& blocked, const Options& options) {
  for (plan::Blocked& entry : blocked) {
    for (std::string& next : entry.next) next = advised(next, options);
  }
}

}  // namespace

std::string advised(const std::string& command, const Options& options) {
  if (!command.starts_with(kProgram)) return command;
  const auto end = std::min(command.find(' ', kProgram.size()), command.size());
  const std::string word = command.substr(kProgram.size(), end - kProgram.size());
  const std::string rest = command.substr(end);
  const bool takes_paths = word == "plan" || word == "sync" || word == "validate";
  Options place = takes_paths ? options : with_root(options);
  const std::string target = word == "validate" ? "" : target_flags(options);
  const std::string paths = takes_paths ? path_words(options) : "";
  // What a plan advised comes back in the report of its sync.
  if (rest.starts_with(place_flags(place) + target) && rest.ends_with(paths)) return command;
  // It may be about another environment than this run.
  if (rest.find(" --env ") != std::string::npos) place.environment.reset();
  return command.substr(0, end) + place_flags(place) + target + rest + paths;
}

void advise(plan::Plan& plan, const Options& options) {
  for (plan::FunctionPlan& function : plan.functions) advise(function.blocked, options);
}

void advise(reconcile::Report& report, const Options& options) {
  for (reconcile::FunctionReport& function : report.functions) advise(function.blocked, options);
}

}  // namespace fgsync::cli

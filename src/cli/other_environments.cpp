// Each environment has a part of the state of its own. Who forgot --env would hear that there is nothing to do.
#include "cli/other_environments.hpp"

#include "cli/advice.hpp"
#include "cli/chosen_environment.hpp"
#include "cli/session.hpp"

namespace fgsync::cli {
namespace {

/// `in the environment prod`; of the empty name, `without an environment`.
std::string place_of(const std::string& environment) {
  return environment.empty() ? "without an environment" : "in the environment " + environment;
}

}  // namespace

ToldOfEnvironment told_of_environment(const Connection& connection, const Workspace& place, const InState& is_so,
                                      const std::string& command, const Options& options) {
  state::Scope scope = scope_of(connection, place);
  const std::string here = scope.environment;
  std::vector<std::string> names = environment_names(place.config, place.root);
  if (connection.state_directory.empty() || (here.empty() && names.empty())) return {"."};
  std::string text = " " + place_of(here);
  names.insert(names.begin(), "");
  for (const std::string& name : names) {
    if (name == here) continue;
    scope.environment = name;
    const auto snapshot = state::read_snapshot(connection.state_directory, scope);
    if (!snapshot || !*snapshot || !is_so(**snapshot)) continue;
    Options there = options;
    there.environment = name.empty() ? std::nullopt : std::optional(name);
    return {text + ", but " + place_of(name) + ": " + advised(command, there), true};
  }
  return {text + "."};
}

}  // namespace fgsync::cli

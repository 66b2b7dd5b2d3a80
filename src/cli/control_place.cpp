#include "cli/control_place.hpp"

#include <utility>

#include "cli/connection.hpp"

namespace fgsync::cli {
namespace {

/// The first folder, where there are several.
std::optional<std::string> runtime_directory(const config::Environment& environment) {
  const auto folders = environment("RUNTIME_DIRECTORY");
  if (!folders) return std::nullopt;
  return folders->substr(0, folders->find(':'));
}

}  // namespace

Result<std::string> control_socket_path(const Options& options, const config::Config& config,
                                        const config::Environment& environment) {
  if (config.control.socket) return *config.control.socket;
  if (const auto runtime = runtime_directory(environment)) return *runtime + "/" + kControlSocketName;
  auto state = resolve_state(options, config, environment);
  if (!state) return fail(std::move(state).error());
  return *state + "/" + kControlSocketName;
}

std::vector<SocketCandidate> socket_candidates(const Options& options, const config::Config& config,
                                               const config::Environment& environment) {
  if (options.socket) return {{*options.socket, true, false}};
  if (const auto named = environment("FGSYNC_SOCKET")) return {{*named, true, false}};
  std::vector<SocketCandidate> candidates;
  const bool is_state_named = options.no_state || options.state_directory || environment("FGSYNC_STATE");
  if (config.control.socket) candidates.push_back({*config.control.socket, false, false});
  if (!is_state_named) {
    if (const auto runtime = runtime_directory(environment)) {
      candidates.push_back({*runtime + "/" + kControlSocketName, false, false});
    }
    candidates.push_back({std::string("/run/fgsync/") + kControlSocketName, false, false});
  }
  const auto state = resolve_state(options, config, environment);
  if (state && !state->empty()) candidates.push_back({*state + "/" + kControlSocketName, false, true});
  return candidates;
}

}  // namespace fgsync::cli

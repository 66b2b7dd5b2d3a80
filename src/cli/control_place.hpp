#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"

namespace fgsync::cli {

inline constexpr const char* kControlSocketName = "control.sock";

/// Where the daemon listens when its configuration does not say: in the folder that the service manager made for it
/// (RUNTIME_DIRECTORY), else in the state directory.
Result<std::string> control_socket_path(const Options& options, const config::Config& config,
                                        const config::Environment& environment);

/// A socket at which a daemon may listen.
struct SocketCandidate {
  std::string path;
  bool is_named = false;     ///< somebody said so: that daemon is meant, and no other
  bool is_of_state = false;  ///< beside the state that is meant
};

/// Where to look for the daemon, in this order: --socket, FGSYNC_SOCKET, `control.socket`, RUNTIME_DIRECTORY,
/// /run/fgsync, the state directory. Ends with the first that somebody named. Where a state is named (--state), only
/// the daemon of that one is meant.
std::vector<SocketCandidate> socket_candidates(const Options& options, const config::Config& config,
                                               const config::Environment& environment);

}  // namespace fgsync::cli

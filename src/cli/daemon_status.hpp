#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/function_status.hpp"
#include "cli/status_view.hpp"

namespace fgsync::cli {

/// How functions are, as the running daemon says.
struct DaemonStatus {
  std::vector<FunctionStatus> functions;  ///< by target and name
  DaemonContext daemon;
  std::int64_t now = 0;  ///< epoch seconds, of the daemon's clock
  /// Targets that have not ended a sweep within an age, each with why: nobody looks there.
  struct Unwatched {
    std::string target;
    std::optional<std::int64_t> swept_at;  ///< epoch seconds
    std::string problem;                   ///< may be empty
  };
  std::vector<Unwatched> targets;
  std::size_t target_count = 0;
};

/// Reads what /v1/status answered. Only the given target; empty: all. Error `corrupt`: it is no status; `not_found`:
/// there is no such target.
Result<DaemonStatus> read_daemon_status(const std::string& json, const std::string& socket, const std::string& target);

/// What the state knows besides: what was applied, held and done last. How a function is stays as the daemon says.
void add_remembered(std::vector<FunctionStatus>& functions, std::vector<FunctionStatus> remembered);

}  // namespace fgsync::cli

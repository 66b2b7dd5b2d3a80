#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "functiongraph/budget.hpp"
#include "reconcile/condition.hpp"

namespace fgsync::daemon {

// What the daemon knows at one moment, as plain data: status, metrics and the control API all show this.

using WallTime = std::chrono::system_clock::time_point;
using reconcile::Condition;

struct FunctionView {
  std::string name;
  Condition condition = Condition::unknown;
  std::string code;                      ///< why, for scripts: `waiting_for_retry`; docs/daemon.md lists them
  std::string reason;                    ///< why, for people; one line
  WallTime since;                        ///< when the condition became this
  std::optional<WallTime> observed_at;   ///< when it was last read from the service, or the list showed it unchanged
  std::optional<WallTime> last_success;  ///< when it was last found as desired, or made so
  std::optional<WallTime> next_try;      ///< where one is due before the next sweep
  int failures = 0;                      ///< in a row
  bool is_in_flight = false;
  std::vector<std::string> steps;  ///< what would be done: of one that is held, or while nothing may be written
  std::string version;             ///< that its manifest wants, resolved; empty: none, or not known
  std::optional<int> versions_used;
  std::uint64_t drifts_healed = 0;  ///< since the start
};

struct SourceView {
  std::string kind;         ///< `directory` or `git`
  std::string where;        ///< a path, or a URL without user names
  std::string environment;  ///< empty: none
  std::string revision;     ///< of the commit that is used; empty: none
  std::string author;
  bool is_verified = false;  ///< the commit's signature was checked
  std::string problem;       ///< empty: none. What is wrong, and what to do; the last good content is used meanwhile
  std::optional<WallTime> checked_at;
  std::optional<WallTime> next_check;
  int failures = 0;            ///< in a row
  std::uint64_t requests = 0;  ///< to the repository's server, since the start
};

struct SweepView {
  std::optional<WallTime> started_at;    ///< the last one
  std::optional<WallTime> succeeded_at;  ///< the last one that read all that it wanted
  std::optional<WallTime> next_at;
  std::chrono::milliseconds took{0};
  std::uint64_t count = 0;
  std::string problem;  ///< of the last one; empty: none
};

struct QueueView {
  std::size_t ready = 0;
  std::size_t delayed = 0;
  std::size_t in_flight = 0;
  std::chrono::milliseconds oldest{0};  ///< how long the first of the ready ones has waited
};

struct PauseView {
  std::string who;
  std::string reason;
  std::string at;  ///< ISO 8601, UTC
};

/// Changes that are more than one unattended run may make: they wait for `fgsync approve`.
struct HeldPlanView {
  std::string plan_id;
  std::size_t changes = 0;  ///< functions
  std::size_t most = 0;     ///< that may change without asking
  WallTime since;
  std::size_t counted = 0;  ///< with those that were changed lately, and those whose change could not be looked at
};

struct TargetView {
  std::string name;
  std::string endpoint;
  std::string region;  ///< may be empty
  std::string project_id;
  std::string source_id;
  bool is_observing = false;  ///< mode: observe
  std::string problem;        ///< why it does not work at all: a state in use, bad credentials; empty: it works
  std::optional<PauseView> pause;
  std::optional<HeldPlanView> held_plan;
  std::vector<FunctionView> functions;  ///< by name
  std::vector<SourceView> sources;      ///< as configured
  SweepView sweep;
  QueueView queue;
  functiongraph::BudgetCounters budget;
  functiongraph::BudgetLimits budget_limits;
  std::uint64_t calls = 0;  ///< of the service, since the start
};

struct DaemonView {
  std::string version;
  WallTime started_at;
  WallTime now;
  std::string config_file;
  std::string log_level;
  std::optional<WallTime> reloaded_at;
  std::string reload_problem;  ///< of the last reload: the configuration before it is still in use
  bool is_ready = false;       ///< every target that works has ended a sweep
  bool is_stopping = false;
  std::vector<TargetView> targets;
};

}  // namespace fgsync::daemon

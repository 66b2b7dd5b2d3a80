#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "reconcile/condition.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::cli {

/// As far as manifests and state tell: no service is asked.
using reconcile::Condition;

struct FunctionStatus {
  std::string name;
  Condition condition = Condition::unknown;
  std::string code;                         ///< why, for scripts: `manifest_changed`
  std::string reason;                       ///< why, for people; one line
  std::string since;                        ///< ISO 8601, UTC; empty: not known
  std::optional<std::int64_t> observed_at;  ///< epoch seconds: when it was last applied, or read and found right
  std::optional<state::InventoryEntry> last_applied;
  std::string version;  ///< the published one that its manifest names, while that is what was applied; empty: not known
  std::map<std::string, std::string> aliases = {};  ///< that fgsync made or moved, and where to; empty: not known
  bool is_suspended = false;
  std::optional<state::HoldEntry> hold;
  std::optional<state::HistoryEntry> newest;        ///< entry of the history
  std::optional<state::HistoryEntry> last_success;  ///< the newest entry that says `applied`
  std::optional<state::HistoryEntry> last_failure;  ///< the newest that says `failed`, even if it went well since
  // Only the running daemon knows these.
  std::string target = {};    ///< empty: the only one
  std::string next_try = {};  ///< ISO 8601, UTC; empty: none before the next sweep
  int failures = 0;           ///< in a row
  bool is_in_flight = false;
  std::vector<std::string> steps = {};  ///< what would be done
};

/// What of a manifest differs from what was applied last. Absent: it could not be found out, and why.
struct Difference {
  std::vector<std::string> fields;  ///< `code`, `memory_size`, `alias prod`; none: nothing differs
  std::optional<std::string> problem;
};

/// What a status is made of. Pure: what was read of manifests, code and state.
struct StatusInputs {
  std::vector<manifest::Function> functions;
  std::map<std::string, std::string> rejected;  ///< functions whose manifest has an error, with where
  bool has_all_manifests = true;                ///< otherwise a missing one says nothing
  std::map<std::string, Difference> differences;
  std::optional<state::Snapshot> state;  ///< absent: there is none
  bool is_running = false;               ///< a sync holds the state's lock
  bool prunes = false;                   ///< the configuration says so
};

/// One for each function that a manifest or the inventory names, that a step was begun for, or that is held or
/// suspended; by name.
std::vector<FunctionStatus> statuses_of(const StatusInputs& inputs);

/// Whether a function was not observed within `max_age` before `now` (epoch seconds), or never.
bool is_stale(const FunctionStatus& status, std::int64_t max_age_s, std::int64_t now);

}  // namespace fgsync::cli

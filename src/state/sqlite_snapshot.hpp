#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "state/store.hpp"

namespace fgsync::state {

/// What a state says at one moment.
struct Snapshot {
  std::vector<InventoryEntry> inventory;
  std::vector<HoldEntry> holds;
  std::vector<SuspensionEntry> suspensions;
  std::vector<Intent> open_intents;
  std::vector<HistoryEntry> newest;                  ///< of each function the newest entry of its history
  std::vector<HistoryEntry> last_applied;            ///< of each function the newest entry that says `applied`
  std::vector<HistoryEntry> last_failed;             ///< and the newest that says `failed`, however long ago
  std::vector<HistoryEntry> last_removed;            ///< and the newest that says `deleted` or `forgotten`
  std::map<std::string, std::string> failing_since;  ///< of those whose newest entries are failures: the first of them
};

/// Reads the state in `directory` without changing it: no lock is taken, nobody is waited for, and a sync may be under
/// way. Nothing when there is no state, or none of this scope. Blocks. Errors: `corrupt` (a damaged file),
/// `invalid` (an older fgsync's), `internal` (cannot be read, or a newer fgsync's).
Result<std::optional<Snapshot>> read_snapshot(const std::string& directory, const Scope& scope);

/// Another environment of a source, in which a function was applied.
struct AppliedElsewhere {
  std::string environment;    ///< empty: none
  bool is_protected = false;  ///< its last manifest there said so
  friend bool operator==(const AppliedElsewhere&, const AppliedElsewhere&) = default;
};

/// In which other environments of the scope's endpoint, project and source a function is in the inventory, whatever
/// their root; by name, each once. Errors as above.
Result<std::vector<AppliedElsewhere>> read_elsewhere(const std::string& directory, const Scope& scope,
                                                     const std::string& function);

/// Only the names in the inventory; errors as above.
Result<std::vector<std::string>> read_inventory_names(const std::string& directory, const Scope& scope);

}  // namespace fgsync::state

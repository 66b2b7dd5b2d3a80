#pragma once

#include <memory>
#include <string>

#include "state/store.hpp"

namespace fgsync::state {

/// Where SQLite runs: on a thread of its own, or, for what must run the same way every time, where it is awaited.
enum class Threading { own, in_place };

/// The store in one SQLite file, `state.db` in the state directory (created with mode 0700), or in memory when
/// `directory` is empty. Errors: `corrupt` for a file that is no state,
/// `internal` when it cannot be created or written, or is a newer fgsync's.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, const Scope& scope,
                                                 Threading threading = Threading::own);

/// Moves a state that cannot be used out of the way, so that a new one can be opened: the file stays, under the name
/// that is answered. For whoever holds the directory's lock. Error `internal` when it cannot be moved.
Result<std::string> set_aside(const std::string& directory);

}  // namespace fgsync::state

#pragma once

#include <memory>
#include <string>

#include "state/store.hpp"

namespace fgsync::state {

/// The store in one SQLite file, `state.db` in the state directory (created with mode 0700), or in memory when
/// `directory` is empty. SQLite runs on a thread of its own. Errors: `corrupt` for a file that is no state or of a
/// newer fgsync, `internal` when it cannot be created or written.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, const Scope& scope);

}  // namespace fgsync::state

#pragma once

#include <cstdint>

#include "state/sqlite_database.hpp"
#include "state/store.hpp"

namespace fgsync::state {

/// Makes the database ready: made when it is new, brought up to date when an older fgsync wrote it, and read once so
/// that damage shows now. Answers the scope's id. Throws SqliteFailure; of a newer fgsync's, `kNewerSchema`.
std::int64_t prepare(Database& database, const Scope& scope);

/// For who only reads. Throws SqliteFailure: `kOtherProgram`, `kNewerSchema` or, where tables are missing,
/// `kOlderSchema`.
void check_is_readable(Database& database);

}  // namespace fgsync::state

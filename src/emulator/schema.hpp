#pragma once

#include <functional>

#include "emulator/database.hpp"

namespace fgsync::emulator {

/// Makes the tables of a new state, or brings those of an older emulator up to date; `on_upgrade` then runs in the same
/// transaction. Throws StorageFailure when the database is of another program or of a newer emulator, and leaves it
/// alone.
void prepare_schema(Database& database, const std::function<void()>& on_upgrade);

/// Throws StorageFailure unless the database is a state that this emulator can use, perhaps of an older one.
void check_schema(Database& database);

}  // namespace fgsync::emulator

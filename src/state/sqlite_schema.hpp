#pragma once

#include <cstdint>
#include <string>

#include "state/sqlite_database.hpp"
#include "state/store.hpp"

namespace fgsync::state {

/// Makes the database ready: made when it is new, brought up to date when an older fgsync wrote it, and read once so
/// that damage shows now. Answers the scope's id. Throws SqliteFailure; of a newer fgsync's, `kNewerSchema`.
std::int64_t prepare(Database& database, const Scope& scope);

/// Selects from a table of what people decided (hold, suspension), by name of the function, one row each. The parameter
/// is a scope's id. A decision is about a function of a project in an environment: it stays when the manifests come
/// from another folder or repository, or when sources of more environments come to them (`Scope::environment` lists
/// them). What is about `kAllFunctions` holds in every environment.
std::string decisions(const std::string& table, const std::string& columns);

/// The condition of this. Names of environments need no escaping in JSON.
inline constexpr const char* kDecided =
    "scope IN (SELECT other.id FROM scope AS own JOIN scope AS other USING (endpoint, project_id, source_id) "
    "WHERE own.id = ?1 AND (function = '*' OR EXISTS ("
    "SELECT value FROM json_each('[\"' || replace(own.environment, ',', '\",\"') || '\"]') INTERSECT "
    "SELECT value FROM json_each('[\"' || replace(other.environment, ',', '\",\"') || '\"]'))))";

/// For who only reads. Throws SqliteFailure: `kOtherProgram`, `kNewerSchema` or, where tables are missing,
/// `kOlderSchema`.
void check_is_readable(Database& database);

}  // namespace fgsync::state

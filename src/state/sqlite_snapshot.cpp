// A reader beside the store: opening the store writes (schema, scope, write-ahead log), and waits while another process
// does. One read transaction, so that what is answered is of one moment.
#include "state/sqlite_snapshot.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <utility>

#include "state/sqlite_database.hpp"
#include "state/sqlite_rows.hpp"
#include "state/sqlite_schema.hpp"

namespace fgsync::state {
namespace {

/// The scope's id; nothing when the state does not know it.
std::optional<std::int64_t> find_scope(Database& database, const Scope& scope) {
  Statement select(database,
                   "SELECT id FROM scope WHERE endpoint = ? AND project_id = ? AND source_id = ? AND root = ? AND "
                   "environment = ?");
  select.bind(1, scope.endpoint).bind(2, scope.project_id).bind(3, scope.source_id).bind(4, scope.root);
  select.bind(5, scope.environment);
  if (!select.step()) return std::nullopt;
  return select.number(0);
}

void read_inventory(Database& database, std::int64_t scope, Snapshot& snapshot) {
  Statement select(database,
                   "SELECT name, urn, content_digest, remote_digest, fingerprint, config, files, more FROM inventory "
                   "WHERE scope = ? ORDER BY name");
  select.bind(1, scope);
  while (select.step()) snapshot.inventory.push_back(inventory_entry(select));
}

void read_decisions(Database& database, std::int64_t scope, Snapshot& snapshot) {
  Statement holds(database, decisions("hold", "function, fingerprint, reason, who, at").c_str());
  holds.bind(1, scope);
  while (holds.step()) {
    snapshot.holds.push_back({holds.text(0), holds.text(1), holds.text(2), holds.text(3), holds.text(4)});
  }
  Statement suspensions(database, decisions("suspension", "function, reason, who, at").c_str());
  suspensions.bind(1, scope);
  while (suspensions.step()) {
    snapshot.suspensions.push_back(
        {suspensions.text(0), suspensions.text(1), suspensions.text(2), suspensions.text(3)});
  }
  Statement intents(
      database, "SELECT id, function, step, started_at FROM intent WHERE scope = ? AND outcome IS NULL ORDER BY id");
  intents.bind(1, scope);
  while (intents.step()) {
    snapshot.open_intents.push_back({intents.number(0), intents.text(1), intents.text(2), intents.text(3)});
  }
}

/// Of each function the newest entry of the history that fits the condition, which starts with ` AND` or is empty.
std::vector<HistoryEntry> newest_entries(Database& database, std::int64_t scope, const std::string& condition) {
  const std::string sql =
      "SELECT function, at, actor, event, detail, revision, plan_id, digest_before, digest_after, took_ms FROM history "
      "WHERE id IN (SELECT max(id) FROM history WHERE scope = ?" +
      condition + " GROUP BY function) ORDER BY function";
  Statement newest(database, sql.c_str());
  newest.bind(1, scope);
  std::vector<HistoryEntry> entries;
  while (newest.step()) entries.push_back(history_entry(newest));
  return entries;
}

void read_history(Database& database, std::int64_t scope, Snapshot& snapshot) {
  snapshot.newest = newest_entries(database, scope, "");
  snapshot.last_applied = newest_entries(database, scope, " AND event = 'applied'");
  snapshot.last_failed = newest_entries(database, scope, " AND event = 'failed'");
  snapshot.last_removed = newest_entries(database, scope, " AND event IN ('deleted', 'forgotten')");
  Statement failing(database,
                    "SELECT function, at FROM history AS one WHERE scope = ?1 AND event = 'failed' AND id = "
                    "(SELECT min(id) FROM history WHERE scope = ?1 AND function = one.function AND id > "
                    "ifnull((SELECT max(id) FROM history WHERE scope = ?1 AND function = one.function AND event <> "
                    "'failed'), 0))");
  failing.bind(1, scope);
  while (failing.step()) snapshot.failing_since[failing.text(0)] = failing.text(1);
}

/// False: there is nothing of what is asked for.
using Reading = std::function<bool(Database& database)>;

Reading of_scope(const Scope& scope, std::function<void(Database& database, std::int64_t scope)> reading) {
  return [scope, reading = std::move(reading)](Database& database) {
    const auto id = find_scope(database, scope);
    if (id) reading(database, *id);
    return id.has_value();
  };
}

bool read(const std::string& path, Database::Opening opening, const Reading& reading) {
  Database database(path, opening);
  database.execute("BEGIN");
  const bool is_empty = database.number_of("SELECT count(*) FROM sqlite_master") == 0;
  if (is_empty) return false;  // somebody is about to make it
  check_is_readable(database);
  return reading(database);
}

Result<bool> read_state(const std::string& directory, const Reading& reading) {
  const std::string path = directory + "/state.db";
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (status.type() == std::filesystem::file_type::not_found) return false;
  try {
    return read(path, Database::Opening::read_only, reading);
  } catch (const SqliteFailure& failure) {
    const bool cannot_share = failure.code == SQLITE_CANTOPEN || failure.code == SQLITE_READONLY;
    const bool is_at_rest = !std::filesystem::exists(path + "-wal", failed);
    if (!cannot_share || !is_at_rest) return fail(to_error(failure, path));
  }
  // In a directory that cannot be written nothing can be shared with a writer; there is none.
  try {
    return read(path, Database::Opening::at_rest, reading);
  } catch (const SqliteFailure& failure) {
    return fail(to_error(failure, path));
  }
}

}  // namespace

Result<std::optional<Snapshot>> read_snapshot(const std::string& directory, const Scope& scope) {
  Snapshot snapshot;
  const Reading all = of_scope(scope, [&snapshot](Database& database, std::int64_t id) {
    read_inventory(database, id, snapshot);
    read_decisions(database, id, snapshot);
    read_history(database, id, snapshot);
  });
  const auto found = read_state(directory, all);
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  return snapshot;
}

Result<std::vector<std::string>> read_inventory_names(const std::string& directory, const Scope& scope) {
  std::vector<std::string> names;
  const Reading only_names = of_scope(scope, [&names](Database& database, std::int64_t id) {
    Statement select(database, "SELECT name FROM inventory WHERE scope = ? ORDER BY name");
    select.bind(1, id);
    while (select.step()) names.push_back(select.text(0));
  });
  const auto found = read_state(directory, only_names);
  if (!found) return fail(found.error());
  return names;
}

Result<std::vector<AppliedElsewhere>> read_elsewhere(const std::string& directory, const Scope& scope,
                                                     const std::string& function) {
  std::map<std::string, AppliedElsewhere> by_name;
  const Reading others = [&](Database& database) {
    Statement select(database,
                     "SELECT name, urn, content_digest, remote_digest, fingerprint, config, files, more, environment "
                     "FROM inventory JOIN scope ON scope.id = inventory.scope WHERE endpoint = ? AND project_id = ? "
                     "AND source_id = ? AND environment <> ? AND name = ?");
    select.bind(1, scope.endpoint).bind(2, scope.project_id).bind(3, scope.source_id).bind(4, scope.environment);
    select.bind(5, function);
    while (select.step()) {
      const InventoryEntry entry = inventory_entry(select);
      if (entry.awaits_mark) continue;
      AppliedElsewhere& found = by_name[select.text(8)];
      found.environment = select.text(8);
      found.is_protected = found.is_protected || entry.is_protected;
    }
    return true;
  };
  const auto found = read_state(directory, others);
  if (!found) return fail(found.error());
  std::vector<AppliedElsewhere> elsewhere;
  for (auto& [name, applied] : by_name) elsewhere.push_back(std::move(applied));
  return elsewhere;
}

}  // namespace fgsync::state

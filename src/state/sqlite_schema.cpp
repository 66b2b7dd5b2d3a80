#include "state/sqlite_schema.hpp"

#include <sqlite3.h>

namespace fgsync::state {
namespace {

constexpr int kSchemaVersion = 5;
constexpr int kApplicationId = 1718056307;  // "fgs3": whose file this is
constexpr const char* kSchema = R"sql(
  CREATE TABLE scope(id INTEGER PRIMARY KEY, endpoint TEXT, project_id TEXT, source_id TEXT, root TEXT,
                     environment TEXT, UNIQUE(endpoint, project_id, source_id, root, environment));
  CREATE TABLE inventory(scope INTEGER, name TEXT, urn TEXT, content_digest TEXT, remote_digest TEXT,
                         fingerprint TEXT, config TEXT, files TEXT, more TEXT NOT NULL DEFAULT '',
                         PRIMARY KEY(scope, name)) WITHOUT ROWID;
  CREATE TABLE code_cache(key TEXT PRIMARY KEY, signature TEXT, content_digest TEXT, archive_digest TEXT,
                          files TEXT) WITHOUT ROWID;
  CREATE TABLE intent(id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER, function TEXT, step TEXT,
                      started_at TEXT, outcome TEXT);
  CREATE INDEX open_intent ON intent(scope, function) WHERE outcome IS NULL;
  CREATE TABLE history(id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER, function TEXT, at TEXT, actor TEXT,
                       event TEXT, detail TEXT, revision TEXT, plan_id TEXT, digest_before TEXT, digest_after TEXT,
                       took_ms INTEGER);
  CREATE INDEX history_of_function ON history(scope, function, id);
  CREATE TABLE hold(scope INTEGER, function TEXT, fingerprint TEXT, reason TEXT, who TEXT, at TEXT,
                    PRIMARY KEY(scope, function)) WITHOUT ROWID;
  CREATE TABLE suspension(scope INTEGER, function TEXT, reason TEXT, who TEXT, at TEXT,
                          PRIMARY KEY(scope, function)) WITHOUT ROWID;
  CREATE TABLE known_code(content_digest TEXT, remote_digest TEXT,
                          PRIMARY KEY(content_digest, remote_digest)) WITHOUT ROWID;
  CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  PRAGMA application_id = 1718056307;
  PRAGMA user_version = 5;
)sql";
/// Schema 1 knew no environments.
constexpr const char* kFromSchema1 = R"sql(
  ALTER TABLE scope RENAME TO scope_1;
  CREATE TABLE scope(id INTEGER PRIMARY KEY, endpoint TEXT, project_id TEXT, source_id TEXT, root TEXT,
                     environment TEXT, UNIQUE(endpoint, project_id, source_id, root, environment));
  INSERT INTO scope SELECT id, endpoint, project_id, source_id, root, '' FROM scope_1;
  DROP TABLE scope_1;
)sql";
/// Schema 2 knew neither history nor holds nor secrets, and less of each function.
constexpr const char* kFromSchema2 = R"sql(
  ALTER TABLE inventory ADD COLUMN more TEXT NOT NULL DEFAULT '';
  CREATE TABLE history(id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER, function TEXT, at TEXT, actor TEXT,
                       event TEXT, detail TEXT, revision TEXT, plan_id TEXT, digest_before TEXT, digest_after TEXT,
                       took_ms INTEGER);
  CREATE INDEX history_of_function ON history(scope, function, id);
  CREATE TABLE hold(scope INTEGER, function TEXT, fingerprint TEXT, reason TEXT, who TEXT, at TEXT,
                    PRIMARY KEY(scope, function)) WITHOUT ROWID;
  CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  PRAGMA user_version = 3;
)sql";
/// Schema 3 knew no suspensions.
constexpr const char* kFromSchema3 = R"sql(
  CREATE TABLE suspension(scope INTEGER, function TEXT, reason TEXT, who TEXT, at TEXT,
                          PRIMARY KEY(scope, function)) WITHOUT ROWID;
  PRAGMA user_version = 4;
)sql";
/// Schema 4 did not know what others' zips contain.
constexpr const char* kFromSchema4 = R"sql(
  CREATE TABLE known_code(content_digest TEXT, remote_digest TEXT,
                          PRIMARY KEY(content_digest, remote_digest)) WITHOUT ROWID;
  PRAGMA user_version = 5;
)sql";

std::int64_t checked_version(Database& database) {
  if (database.number_of("PRAGMA application_id") != kApplicationId) {
    throw SqliteFailure{kOtherProgram, "it is the database of another program"};
  }
  const auto version = database.number_of("PRAGMA user_version");
  if (version > kSchemaVersion) throw SqliteFailure{kNewerSchema, "schema " + std::to_string(version)};
  return version;
}

void check_schema(Database& database) {
  Transaction transaction(database);
  const bool is_new = database.number_of("SELECT count(*) FROM sqlite_master") == 0;
  const auto version = is_new ? 0 : checked_version(database);
  if (is_new) database.execute(kSchema);
  if (!is_new && version < 2) database.execute(kFromSchema1);
  if (!is_new && version < 3) database.execute(kFromSchema2);
  if (!is_new && version < 4) database.execute(kFromSchema3);
  if (!is_new && version < 5) database.execute(kFromSchema4);
  transaction.commit();
}

/// Of steps that ended only the last ones are kept, for whoever looks into the file after an accident.
void forget_old_steps(Database& database) {
  database.execute("DELETE FROM intent WHERE outcome IS NOT NULL AND id <= (SELECT max(id) - 1000 FROM intent)");
}

/// Every page that a run reads: a damaged one is found before anything rests on it.
void read_once(Database& database) {
  for (const char* sql : {
           "SELECT total(length(urn) + length(config) + length(files) + length(more)) FROM inventory",
           "SELECT total(length(fingerprint)) FROM hold",
           "SELECT total(length(reason)) FROM suspension",
           "SELECT total(length(remote_digest)) FROM known_code",
           "SELECT total(length(step)) FROM intent WHERE outcome IS NULL",
           "SELECT total(length(files)) FROM code_cache",
       }) {
    database.number_of(sql);
  }
}

std::int64_t scope_id(Database& database, const Scope& scope) {
  const auto bind = [&scope](Statement& statement) -> Statement& {
    return statement.bind(1, scope.endpoint)
        .bind(2, scope.project_id)
        .bind(3, scope.source_id)
        .bind(4, scope.root)
        .bind(5, scope.environment);
  };
  Statement insert(database,
                   "INSERT OR IGNORE INTO scope(endpoint, project_id, source_id, root, environment) "
                   "VALUES(?, ?, ?, ?, ?)");
  bind(insert).step();
  Statement select(database,
                   "SELECT id FROM scope WHERE endpoint = ? AND project_id = ? AND source_id = ? AND root = ? AND "
                   "environment = ?");
  bind(select).step();
  return select.number(0);
}

}  // namespace

std::int64_t prepare(Database& database, const Scope& scope) {
  database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256;");
  check_schema(database);
  read_once(database);
  forget_old_steps(database);
  return scope_id(database, scope);
}

std::string decisions(const std::string& table, const std::string& columns) {
  // Of several, which an earlier fgsync kept for several folders, the newest: beside max(), SQLite shows its row.
  return "SELECT " + columns + " FROM (SELECT *, max(at) FROM " + table + " WHERE " + kDecided +
         " GROUP BY function) ORDER BY function";
}

void check_is_readable(Database& database) {
  const auto version = checked_version(database);
  if (version < kSchemaVersion) throw SqliteFailure{kOlderSchema, "schema " + std::to_string(version)};
}

}  // namespace fgsync::state

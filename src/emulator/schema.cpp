// The schema is a list of steps: a new state takes all of them, an older one those that it has not seen. A step is
// never changed after a release.
#include "emulator/schema.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kApplicationId = 0x46475345;  // "FGSE"

/// Functions, versions, code, aliases.
constexpr const char* kFirstStep = R"sql(
CREATE TABLE functions (
  id INTEGER PRIMARY KEY,
  project TEXT NOT NULL,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  app TEXT NOT NULL,
  func_id TEXT NOT NULL,
  UNIQUE (project, name)
) STRICT;

-- `latest` has sequence 0; published versions count up from there.
CREATE TABLE versions (
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  name TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  description TEXT NOT NULL,
  image_name TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  code_type TEXT NOT NULL,
  code_filename TEXT NOT NULL,
  code_size INTEGER NOT NULL,
  digest TEXT NOT NULL REFERENCES codes,
  settings TEXT NOT NULL,
  config_answer TEXT NOT NULL,
  version_item TEXT NOT NULL,
  function_item TEXT NOT NULL,
  PRIMARY KEY (function, name)
) STRICT;
CREATE UNIQUE INDEX versions_by_sequence ON versions (function, sequence);
CREATE INDEX versions_by_digest ON versions (digest);

CREATE TABLE codes (
  digest TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE aliases (
  function INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  description TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  additional_version TEXT NOT NULL,
  weights TEXT NOT NULL,
  strategy TEXT NOT NULL,
  PRIMARY KEY (function, name),
  FOREIGN KEY (function, version) REFERENCES versions ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX aliases_by_version ON aliases (function, version);
)sql";

/// What hangs on functions, dependencies, invocations, tokens. A qualifier is `latest`, a version, or `!` and an alias.
constexpr const char* kSecondStep = R"sql(
CREATE TABLE triggers (
  id TEXT PRIMARY KEY,
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  qualifier TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  event_data TEXT NOT NULL,
  created TEXT NOT NULL,
  last_updated TEXT NOT NULL
) STRICT;
CREATE INDEX triggers_by_qualifier ON triggers (function, qualifier);

-- At most one of each kind: the asynchronous configuration, reserved instances, the snapshot.
CREATE TABLE documents (
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  qualifier TEXT NOT NULL,
  kind TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (function, qualifier, kind)
) STRICT;
CREATE INDEX documents_by_kind ON documents (kind);

CREATE TABLE tags (
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (function, key)
) STRICT;

-- Versions of dependencies: `id` is the version's, `dependency` the one that all of them share.
CREATE TABLE dependencies (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  dependency TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  runtime TEXT NOT NULL,
  description TEXT NOT NULL,
  etag TEXT NOT NULL,
  size INTEGER NOT NULL,
  last_modified INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (project, name, version)
) STRICT;
CREATE INDEX dependencies_by_dependency ON dependencies (dependency);

CREATE TABLE invocations (
  id INTEGER PRIMARY KEY,
  function INTEGER NOT NULL REFERENCES functions ON DELETE CASCADE,
  version TEXT NOT NULL,
  kind TEXT NOT NULL,
  request_id TEXT NOT NULL,
  time TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX invocations_by_function ON invocations (function);

-- Only the hash of a token is kept.
CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  domain TEXT NOT NULL,
  user TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
)sql";

/// What became of invocations. `outcome` is `recorded` for what was not to be run, then `running`, then 0 or a code.
constexpr const char* kThirdStep = R"sql(
ALTER TABLE invocations ADD COLUMN outcome TEXT NOT NULL DEFAULT 'recorded';
ALTER TABLE invocations ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invocations ADD COLUMN destination TEXT NOT NULL DEFAULT '';
CREATE INDEX invocations_by_request ON invocations (request_id);
)sql";

constexpr std::array<const char*, 3> kSteps{kFirstStep, kSecondStep, kThirdStep};

std::int64_t number_of(Database& database, const char* sql) {
  auto query = database.query(sql);
  return query.step() ? query.number(0) : 0;
}

/// The number of steps that the state has seen.
std::int64_t check_version(Database& database) {
  const std::int64_t version = number_of(database, "PRAGMA user_version");
  const bool is_empty = number_of(database, "SELECT count(*) FROM sqlite_master") == 0;
  if (is_empty) return 0;
  if (number_of(database, "PRAGMA application_id") != kApplicationId) {
    throw StorageFailure("it is a SQLite database of another program");
  }
  constexpr auto kKnown = static_cast<std::int64_t>(kSteps.size());
  if (version > kKnown) {
    throw StorageFailure("it was written by a newer fgsync-emulator (schema " + std::to_string(version) +
                         ", this one knows " + std::to_string(kKnown) + ")");
  }
  return version;
}

}  // namespace

void check_schema(Database& database) {
  if (check_version(database) == 0) throw StorageFailure("it is empty");
}

void prepare_schema(Database& database, const std::function<void()>& on_upgrade) {
  const std::int64_t seen = check_version(database);
  // FULL: a commit returns when the log is on the disk, not only in the kernel. NORMAL would survive kill -9, but not a
  // loss of power.
  database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  // The log is moved into the database, which takes two more flushes, every 16 MB. So much is kept in memory, too.
  database.execute("PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -16384");
  if (seen == static_cast<std::int64_t>(kSteps.size())) return;
  Transaction transaction(database);
  for (auto step = static_cast<std::size_t>(seen); step < kSteps.size(); ++step) database.execute(kSteps[step]);
  const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(kSteps.size());
  database.execute(marks.c_str());
  if (seen > 0) on_upgrade();
  transaction.commit();
}

}  // namespace fgsync::emulator

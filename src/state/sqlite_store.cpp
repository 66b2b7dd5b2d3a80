// SQLite with a write-ahead log and synchronous=NORMAL: a commit survives the death of the process. What a power cut
// could take are the last entries, and each of them is settled again by observing the service.
#include "state/sqlite_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/worker_pool.hpp"
#include "state/file_lock.hpp"

namespace fgsync::state {
namespace {

constexpr int kSchemaVersion = 2;
constexpr int kApplicationId = 1718056307;  // "fgs3": whose file this is
constexpr int kNewerSchema = -1;            // beside SQLite's own codes
constexpr const char* kSchema = R"sql(
  CREATE TABLE scope(id INTEGER PRIMARY KEY, endpoint TEXT, project_id TEXT, source_id TEXT, root TEXT,
                     environment TEXT, UNIQUE(endpoint, project_id, source_id, root, environment));
  CREATE TABLE inventory(scope INTEGER, name TEXT, urn TEXT, content_digest TEXT, remote_digest TEXT,
                         fingerprint TEXT, config TEXT, files TEXT, PRIMARY KEY(scope, name)) WITHOUT ROWID;
  CREATE TABLE code_cache(key TEXT PRIMARY KEY, signature TEXT, content_digest TEXT, archive_digest TEXT,
                          files TEXT) WITHOUT ROWID;
  CREATE TABLE intent(id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER, function TEXT, step TEXT,
                      started_at TEXT, outcome TEXT);
  CREATE INDEX open_intent ON intent(scope, function) WHERE outcome IS NULL;
  PRAGMA application_id = 1718056307;
  PRAGMA user_version = 2;
)sql";
/// Schema 1 knew no environments.
constexpr const char* kFromSchema1 = R"sql(
  ALTER TABLE scope RENAME TO scope_1;
  CREATE TABLE scope(id INTEGER PRIMARY KEY, endpoint TEXT, project_id TEXT, source_id TEXT, root TEXT,
                     environment TEXT, UNIQUE(endpoint, project_id, source_id, root, environment));
  INSERT INTO scope SELECT id, endpoint, project_id, source_id, root, '' FROM scope_1;
  DROP TABLE scope_1;
  PRAGMA user_version = 2;
)sql";

/// The failure of a call into SQLite. Thrown inside this file only; every public function turns it into an Error.
struct SqliteFailure {
  int code;
  std::string message;
};

[[noreturn]] void throw_failure(sqlite3* database, int code) {
  throw SqliteFailure{code, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code)};
}

class Database {
 public:
  explicit Database(const std::string& path) {
    const int opened = sqlite3_open_v2(path.c_str(), &handle_,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (opened != SQLITE_OK) {
      const SqliteFailure failure{opened, sqlite3_errmsg(handle_)};
      sqlite3_close(handle_);
      throw failure;
    }
    sqlite3_busy_timeout(handle_, 5000);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { sqlite3_close_v2(handle_); }

  void execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_failure(handle_, code);
  }
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

class Statement {
 public:
  Statement(Database& database, const char* sql) : database_(database.handle()) {
    const int code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) throw_failure(database_, code);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(handle_); }

  Statement& bind(int index, std::string_view text) {
    sqlite3_bind_text64(handle_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Statement& bind(int index, std::int64_t number) {
    sqlite3_bind_int64(handle_, index, number);
    return *this;
  }
  Statement& bind(int index, const std::optional<ArchiveDigest>& digest) {
    return digest ? bind(index, std::string_view(digest->hex)) : *this;
  }
  /// True while there is a row.
  bool step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) throw_failure(database_, code);
    return false;
  }
  [[nodiscard]] std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
  }
  [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(handle_, column); }
  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

 private:
  sqlite3* database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!is_committed_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() {
    database_.execute("COMMIT");
    is_committed_ = true;
  }

 private:
  Database& database_;
  bool is_committed_ = false;
};

// A map as text: `<length>:<bytes>` for each key and each value, so that no byte needs escaping.
std::string encode(const std::map<std::string, std::string>& fields) {
  std::string text;
  for (const auto& [key, value] : fields) {
    text += std::to_string(key.size()) + ":" + key + std::to_string(value.size()) + ":" + value;
  }
  return text;
}

std::optional<std::string> take_counted(std::string_view& text) {
  std::size_t size = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), size);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc() || digits >= text.size() || text[digits] != ':' || size > text.size() - digits - 1) {
    return std::nullopt;
  }
  std::string bytes(text.substr(digits + 1, size));
  text.remove_prefix(digits + 1 + size);
  return bytes;
}

/// Nothing when the text is damaged: the entry then counts as never applied.
std::map<std::string, std::string> decode(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    auto key = take_counted(text);
    auto value = key ? take_counted(text) : std::nullopt;
    if (!value) return {};
    fields[std::move(*key)] = std::move(*value);
  }
  return fields;
}

Error to_error(const SqliteFailure& failure, const std::string& path) {
  if (failure.code == kNewerSchema) {
    return Error(ErrorKind::corrupt, path + " was written by a newer fgsync (" + failure.message +
                                         "); use that one, or give this one a state of its own with --state");
  }
  const int primary = failure.code & 0xff;
  if (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT) {
    return Error(ErrorKind::corrupt,
                 path + " is damaged or no state of fgsync (" + failure.message +
                     "); move it away: everything but the history is rebuilt by observing the service");
  }
  if (primary == SQLITE_FULL) {
    return Error(ErrorKind::internal,
                 "cannot write " + path + ": the disk is full; free some space, or name another place with --state");
  }
  if (primary == SQLITE_BUSY) {
    return Error(ErrorKind::internal,
                 path + " is locked by another process for more than 5 seconds; wait until it ends");
  }
  return Error(ErrorKind::internal, "cannot use " + path + ": " + failure.message +
                                        "; check the disk and the rights, or name another place with --state");
}

/// The state holds environment variables: nobody else may read it, whatever the directory allows. SQLite gives its
/// other files the same mode. Failing shows when the file is opened.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, const Scope& scope) : path_(path), database_(path), scope_(prepare(scope)) {}

  Awaitable<std::vector<InventoryEntry>> inventory() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<InventoryEntry> entries;
        Statement select(database_,
                         "SELECT name, urn, content_digest, remote_digest, fingerprint, config, files "
                         "FROM inventory WHERE scope = ? ORDER BY name");
        select.bind(1, scope_);
        while (select.step()) {
          entries.push_back({select.text(0), select.text(1), ContentDigest{select.text(2)},
                             RemoteDigest{select.text(3)}, select.text(4), decode(select.text(5)), select.text(6)});
        }
        return entries;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_inventory(InventoryEntry entry) override {
    auto write = [this, entry = std::move(entry)] {
      return guarded([&] {
        Statement upsert(database_, "INSERT OR REPLACE INTO inventory VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
        upsert.bind(1, scope_).bind(2, entry.name).bind(3, entry.urn).bind(4, entry.content_digest.hex);
        upsert.bind(5, entry.remote_digest.hex).bind(6, entry.fingerprint).bind(7, encode(entry.config));
        upsert.bind(8, entry.files).step();
      });
    };
    co_return co_await offload(thread_, std::move(write));
  }

  Awaitable<std::vector<CodeCacheEntry>> code_cache() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<CodeCacheEntry> entries;
        Statement select(database_, "SELECT key, signature, content_digest, archive_digest, files FROM code_cache");
        while (select.step()) {
          CodeCacheEntry entry{select.text(0), select.text(1), ContentDigest{select.text(2)}, std::nullopt,
                               select.text(4)};
          if (!select.is_null(3)) entry.archive_digest = ArchiveDigest{select.text(3)};
          entries.push_back(std::move(entry));
        }
        return entries;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_code_cache(std::vector<CodeCacheEntry> entries) override {
    auto write = [this, entries = std::move(entries)] {
      return guarded([&] {
        Transaction transaction(database_);
        for (const CodeCacheEntry& entry : entries) {
          Statement upsert(database_, "INSERT OR REPLACE INTO code_cache VALUES(?, ?, ?, ?, ?)");
          upsert.bind(1, entry.key).bind(2, entry.signature).bind(3, entry.content_digest.hex);
          upsert.bind(4, entry.archive_digest).bind(5, entry.files).step();
        }
        transaction.commit();
      });
    };
    co_return co_await offload(thread_, std::move(write));
  }

  Awaitable<std::vector<Intent>> open_intents() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<Intent> intents;
        Statement select(database_,
                         "SELECT id, function, step, started_at FROM intent "
                         "WHERE scope = ? AND outcome IS NULL ORDER BY id");
        select.bind(1, scope_);
        while (select.step()) intents.push_back({select.number(0), select.text(1), select.text(2), select.text(3)});
        return intents;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<std::int64_t> begin_intent(Intent intent) override {
    auto write = [this, intent = std::move(intent)] {
      return guarded([&] {
        Statement insert(database_, "INSERT INTO intent(scope, function, step, started_at) VALUES(?, ?, ?, ?)");
        insert.bind(1, scope_).bind(2, intent.function).bind(3, intent.step).bind(4, intent.started_at).step();
        return static_cast<std::int64_t>(sqlite3_last_insert_rowid(database_.handle()));
      });
    };
    co_return co_await offload(thread_, std::move(write));
  }

  Awaitable<void> end_intent(std::int64_t id, std::string outcome) override {
    auto write = [this, id, outcome = std::move(outcome)] {
      return guarded([&] {
        Statement update(database_, "UPDATE intent SET outcome = ? WHERE id = ?");
        update.bind(1, outcome).bind(2, id).step();
      });
    };
    co_return co_await offload(thread_, std::move(write));
  }

  Awaitable<void> settle_intents(std::string function) override {
    auto write = [this, function = std::move(function)] {
      return guarded([&] {
        Statement update(database_,
                         "UPDATE intent SET outcome = 'settled by observing' "
                         "WHERE scope = ? AND function = ? AND outcome IS NULL");
        update.bind(1, scope_).bind(2, function).step();
      });
    };
    co_return co_await offload(thread_, std::move(write));
  }

 private:
  /// Runs a piece of SQLite work and turns its failure into an Error that names the file.
  template <class Work>
  auto guarded(Work work) -> Result<decltype(work())> {
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        return {};
      } else {
        return work();
      }
    } catch (const SqliteFailure& failure) {
      return fail(to_error(failure, path_));
    }
  }

  /// Makes the database ready; the id of the scope.
  std::int64_t prepare(const Scope& scope) {
    database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    check_schema();
    return scope_id(scope);
  }

  void check_schema() {
    Transaction transaction(database_);
    const auto version = number_of("PRAGMA user_version");
    const bool is_new = number_of("SELECT count(*) FROM sqlite_master") == 0;
    if (!is_new && number_of("PRAGMA application_id") != kApplicationId) {
      throw SqliteFailure{SQLITE_NOTADB, "it is the database of another program"};
    }
    if (version > kSchemaVersion) {
      throw SqliteFailure{kNewerSchema, "schema " + std::to_string(version)};
    }
    if (is_new) database_.execute(kSchema);
    if (!is_new && version == 1) database_.execute(kFromSchema1);
    transaction.commit();
  }

  std::int64_t number_of(const char* sql) {
    Statement select(database_, sql);
    select.step();
    return select.number(0);
  }

  std::int64_t scope_id(const Scope& scope) {
    const auto bind = [&scope](Statement& statement) -> Statement& {
      return statement.bind(1, scope.endpoint)
          .bind(2, scope.project_id)
          .bind(3, scope.source_id)
          .bind(4, scope.root)
          .bind(5, scope.environment);
    };
    Statement insert(database_,
                     "INSERT OR IGNORE INTO scope(endpoint, project_id, source_id, root, environment) "
                     "VALUES(?, ?, ?, ?, ?)");
    bind(insert).step();
    Statement select(database_,
                     "SELECT id FROM scope WHERE endpoint = ? AND project_id = ? AND source_id = ? AND root = ? AND "
                     "environment = ?");
    bind(select).step();
    return select.number(0);
  }

  std::string path_;
  Database database_;
  std::int64_t scope_;
  WorkerPool thread_{1};  // last: it is joined before the database closes
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, const Scope& scope) {
  std::string path = ":memory:";
  if (!directory.empty()) {
    auto made = make_state_directory(directory);
    if (!made) return fail(std::move(made).error());
    path = directory + "/state.db";
    make_private(path);
  }
  try {
    return std::make_unique<SqliteStore>(path, scope);
  } catch (const SqliteFailure& failure) {
    return fail(to_error(failure, path));
  }
}

}  // namespace fgsync::state

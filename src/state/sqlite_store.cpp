// SQLite with a write-ahead log and synchronous=NORMAL: a commit survives the death of the process. What a power cut
// could take are the last entries, which are settled again by observing the service; what could not be is flushed.
#include "state/sqlite_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "base/worker_pool.hpp"
#include "state/entry_codec.hpp"
#include "state/file_lock.hpp"
#include "state/sqlite_rows.hpp"
#include "state/sqlite_schema.hpp"

namespace fgsync::state {
namespace {

constexpr const char* kDatabaseFile = "state.db";

/// The state holds environment variables: nobody else may read it, whatever the directory allows. SQLite gives its
/// other files the same mode. Failing shows when the file is opened.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

/// One write that waits for its commit.
struct Write {
  std::function<void()> work;
  std::optional<SqliteFailure> failure = {};
  bool is_done = false;
};

/// Commits what waits at the same time together: the functions in flight share one commit. `add` is for the loop,
/// `commit_waiting` for the database's thread.
class GroupCommit {
 public:
  explicit GroupCommit(Database& database) : database_(database) {}

  std::shared_ptr<Write> add(std::function<void()> work) {
    auto write = std::make_shared<Write>(Write{std::move(work)});
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(write);
    return write;
  }

  void commit_waiting() {
    std::vector<std::shared_ptr<Write>> writes;
    {
      const std::scoped_lock lock(mutex_);
      writes.swap(waiting_);
    }
    if (writes.empty()) return;
    if (!commit(writes) && writes.size() > 1) {
      // One that fails must not take the others with it.
      for (const auto& write : writes) commit({write});
    }
    for (const auto& write : writes) write->is_done = true;
  }

 private:
  bool commit(const std::vector<std::shared_ptr<Write>>& writes) {
    std::optional<SqliteFailure> failure;
    try {
      Transaction transaction(database_);
      for (const auto& write : writes) write->work();
      transaction.commit();
    } catch (const SqliteFailure& thrown) {
      failure = thrown;
    }
    for (const auto& write : writes) write->failure = failure;
    return !failure;
  }

  Database& database_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Write>> waiting_;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, const Scope& scope, Threading threading)
      : path_(path),
        endpoint_(scope.endpoint),
        database_(path),
        scope_(prepare(database_, scope)),
        commits_(database_),
        thread_(threading == Threading::own ? WorkerPool(1) : WorkerPool(WorkerPool::InPlace())) {}

  Awaitable<std::vector<InventoryEntry>> inventory() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<InventoryEntry> entries;
        Statement select(database_,
                         "SELECT name, urn, content_digest, remote_digest, fingerprint, config, files, more "
                         "FROM inventory WHERE scope = ? ORDER BY name");
        select.bind(1, scope_);
        while (select.step()) entries.push_back(inventory_entry(select));
        return entries;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_inventory(InventoryEntry entry) override {
    auto write = [this, entry = std::move(entry)] { upsert_inventory(entry); };
    co_return co_await commit(std::move(write));
  }

  Awaitable<void> put_inventories(std::vector<InventoryEntry> entries) override {
    if (entries.empty()) co_return Result<void>();
    auto write = [this, entries = std::move(entries)] {
      for (const InventoryEntry& entry : entries) upsert_inventory(entry);
    };
    co_return co_await commit(std::move(write));
  }

  Awaitable<void> remove_inventory(std::string name) override {
    auto write = [this, name = std::move(name)] {
      Statement remove(database_, "DELETE FROM inventory WHERE scope = ? AND name = ?");
      remove.bind(1, scope_).bind(2, name).step();
    };
    co_return co_await commit_and_flush(std::move(write));
  }

  Awaitable<std::vector<HistoryEntry>> history(std::string function, int limit) override {
    auto query = [this, function = std::move(function), limit] {
      return guarded([&] {
        std::vector<HistoryEntry> entries;
        Statement select(
            database_,
            "SELECT function, at, actor, event, detail, revision, plan_id, digest_before, digest_after, "
            "took_ms FROM history WHERE scope = ?1 AND (?2 = '' OR function = ?2) ORDER BY id DESC LIMIT ?3");
        select.bind(1, scope_).bind(2, function).bind(3, static_cast<std::int64_t>(limit));
        while (select.step()) entries.push_back(history_entry(select));
        return entries;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> append_history(HistoryEntry entry) override {
    auto write = [this, entry = std::move(entry)] {
      Statement insert(database_,
                       "INSERT INTO history(scope, function, at, actor, event, detail, revision, plan_id, "
                       "digest_before, digest_after, took_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      insert.bind(1, scope_).bind(2, entry.function).bind(3, entry.at).bind(4, entry.actor).bind(5, entry.event);
      insert.bind(6, entry.detail).bind(7, entry.revision).bind(8, entry.plan_id).bind(9, entry.digest_before);
      insert.bind(10, entry.digest_after).bind(11, entry.took_ms).step();
    };
    co_return co_await commit(std::move(write));
  }

  Awaitable<std::vector<HoldEntry>> holds() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<HoldEntry> holds;
        Statement select(database_, decisions("hold", "function, fingerprint, reason, who, at").c_str());
        select.bind(1, scope_);
        while (select.step()) {
          holds.push_back({select.text(0), select.text(1), select.text(2), select.text(3), select.text(4)});
        }
        return holds;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_hold(HoldEntry hold) override {
    auto write = [this, hold = std::move(hold)] {
      forget_decision("hold", hold.function);
      Statement upsert(database_, "INSERT INTO hold VALUES(?, ?, ?, ?, ?, ?)");
      upsert.bind(1, scope_).bind(2, hold.function).bind(3, hold.fingerprint).bind(4, hold.reason);
      upsert.bind(5, hold.who).bind(6, hold.at).step();
    };
    co_return co_await commit_and_flush(std::move(write));
  }

  Awaitable<void> remove_hold(std::string function) override {
    auto write = [this, function = std::move(function)] { forget_decision("hold", function); };
    co_return co_await commit_and_flush(std::move(write));
  }

  Awaitable<std::vector<SuspensionEntry>> suspensions() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<SuspensionEntry> suspensions;
        Statement select(database_, decisions("suspension", "function, reason, who, at").c_str());
        select.bind(1, scope_);
        while (select.step()) {
          suspensions.push_back({select.text(0), select.text(1), select.text(2), select.text(3)});
        }
        return suspensions;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_suspension(SuspensionEntry suspension) override {
    auto write = [this, suspension = std::move(suspension)] {
      forget_decision("suspension", suspension.function);
      Statement upsert(database_, "INSERT INTO suspension VALUES(?, ?, ?, ?, ?)");
      upsert.bind(1, scope_).bind(2, suspension.function).bind(3, suspension.reason);
      upsert.bind(4, suspension.who).bind(5, suspension.at).step();
    };
    co_return co_await commit_and_flush(std::move(write));
  }

  Awaitable<void> remove_suspension(std::string function) override {
    auto write = [this, function = std::move(function)] { forget_decision("suspension", function); };
    co_return co_await commit_and_flush(std::move(write));
  }

  Awaitable<Secret> secret_key() override {
    auto key = std::make_shared<Secret>();
    auto write = [this, key] {
      Statement insert(database_, "INSERT OR IGNORE INTO meta VALUES('secret_key', lower(hex(randomblob(32))))");
      insert.step();
      Statement select(database_, "SELECT value FROM meta WHERE key = 'secret_key'");
      select.step();
      *key = Secret(select.text(0));
    };
    auto committed = co_await commit(std::move(write));
    if (!committed) co_return fail(std::move(committed).error());
    co_return std::move(*key);
  }

  Awaitable<std::optional<std::int64_t>> import_refused_at() override {
    auto query = [this] {
      return guarded([this]() -> std::optional<std::int64_t> {
        Statement select(database_, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?");
        select.bind(1, refusal_key());
        if (!select.step()) return std::nullopt;
        return select.number(0);
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> remember_refused_import(std::int64_t at) override {
    auto write = [this, at] {
      Statement upsert(database_, "INSERT OR REPLACE INTO meta VALUES(?, ?)");
      upsert.bind(1, refusal_key()).bind(2, std::to_string(at)).step();
    };
    co_return co_await commit(std::move(write));
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
    if (entries.empty()) co_return Result<void>();
    auto write = [this, entries = std::move(entries)] {
      for (const CodeCacheEntry& entry : entries) {
        Statement upsert(database_, "INSERT OR REPLACE INTO code_cache VALUES(?, ?, ?, ?, ?)");
        upsert.bind(1, entry.key).bind(2, entry.signature).bind(3, entry.content_digest.hex);
        upsert.bind(4, entry.archive_digest).bind(5, entry.files).step();
      }
    };
    co_return co_await commit(std::move(write));
  }

  Awaitable<std::vector<KnownCode>> known_code() override {
    auto query = [this] {
      return guarded([this] {
        std::vector<KnownCode> known;
        Statement select(database_, "SELECT content_digest, remote_digest FROM known_code");
        while (select.step()) known.push_back({ContentDigest{select.text(0)}, RemoteDigest{select.text(1)}});
        return known;
      });
    };
    co_return co_await offload(thread_, std::move(query));
  }

  Awaitable<void> put_known_code(KnownCode known) override {
    auto write = [this, known = std::move(known)] {
      Statement insert(database_, "INSERT OR IGNORE INTO known_code VALUES(?, ?)");
      insert.bind(1, known.content_digest.hex).bind(2, known.remote_digest.hex).step();
    };
    co_return co_await commit_and_flush(std::move(write));
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
    auto id = std::make_shared<std::int64_t>(0);
    auto write = [this, id, intent = std::move(intent)] {
      Statement insert(database_, "INSERT INTO intent(scope, function, step, started_at) VALUES(?, ?, ?, ?)");
      insert.bind(1, scope_).bind(2, intent.function).bind(3, intent.step).bind(4, intent.started_at).step();
      *id = database_.last_inserted_id();
    };
    auto committed = co_await commit(std::move(write));
    if (!committed) co_return fail(std::move(committed).error());
    co_return *id;
  }

  Awaitable<void> end_intent(std::int64_t id, std::string outcome) override {
    auto write = [this, id, outcome = std::move(outcome)] {
      Statement update(database_, "UPDATE intent SET outcome = ? WHERE id = ?");
      update.bind(1, outcome).bind(2, id).step();
    };
    co_return co_await commit(std::move(write));
  }

  Awaitable<void> settle_intents(std::string function) override {
    auto write = [this, function = std::move(function)] {
      Statement update(database_,
                       "UPDATE intent SET outcome = 'settled by observing' "
                       "WHERE scope = ? AND function = ? AND outcome IS NULL");
      update.bind(1, scope_).bind(2, function).step();
    };
    co_return co_await commit(std::move(write));
  }

  Awaitable<void> flush() override {
    auto checkpoint = [this] { return guarded([this] { flush_log(); }); };
    co_return co_await offload(thread_, std::move(checkpoint));
  }

 private:
  /// Of this function in all scopes of the project.
  void forget_decision(const std::string& table, const std::string& function) {
    const std::string sql = "DELETE FROM " + table + " WHERE " + kDecided + " AND function = ?2";
    Statement remove(database_, sql.c_str());
    remove.bind(1, scope_).bind(2, function).step();
  }

  [[nodiscard]] std::string refusal_key() const { return "import_refused " + endpoint_; }

  void upsert_inventory(const InventoryEntry& entry) {
    Statement upsert(database_, "INSERT OR REPLACE INTO inventory VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    upsert.bind(1, scope_).bind(2, entry.name).bind(3, entry.urn).bind(4, entry.content_digest.hex);
    upsert.bind(5, entry.remote_digest.hex).bind(6, entry.fingerprint).bind(7, encode(entry.config));
    upsert.bind(8, entry.files).bind(9, encode(more_of(entry))).step();
  }

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

  /// Runs `work` on the thread, in one transaction with whatever else waits there.
  Awaitable<void> commit(std::function<void()> work) {
    auto write = commits_.add(std::move(work));
    auto drain = [this, write]() -> Result<void> {
      if (!write->is_done) commits_.commit_waiting();
      if (write->failure) return fail(to_error(*write->failure, path_));
      return {};
    };
    co_return co_await offload(thread_, std::move(drain));
  }

  /// For what nobody could find out again after a power cut.
  Awaitable<void> commit_and_flush(std::function<void()> work) {
    auto committed = co_await commit(std::move(work));
    if (!committed) co_return committed;
    co_return co_await flush();
  }

  /// A checkpoint flushes the log and then the database.
  void flush_log() { database_.execute("PRAGMA wal_checkpoint(PASSIVE)"); }

  std::string path_;
  std::string endpoint_;
  Database database_;
  std::int64_t scope_;
  GroupCommit commits_;
  WorkerPool thread_;  // last: it is joined before the database closes
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, const Scope& scope,
                                                 Threading threading) {
  std::string path = ":memory:";
  if (!directory.empty()) {
    auto made = make_state_directory(directory);
    if (!made) return fail(std::move(made).error());
    path = directory + "/" + kDatabaseFile;
    make_private(path);
  }
  try {
    return std::make_unique<SqliteStore>(path, scope, threading);
  } catch (const SqliteFailure& failure) {
    return fail(to_error(failure, path));
  }
}

Result<std::string> set_aside(const std::string& directory) {
  const std::string path = directory + "/" + kDatabaseFile;
  std::string name;
  for (int number = 1; name.empty() || std::filesystem::exists(name); ++number) {
    name = path + ".set-aside-" + std::to_string(number);
  }
  // The log first: on its own it is of no use, and a new database must not find it.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    std::error_code failed;
    std::filesystem::rename(path + suffix, name + suffix, failed);
    if (failed && failed != std::errc::no_such_file_or_directory) {
      return fail(ErrorKind::internal, "cannot move " + path + suffix + " away: " + failed.message() +
                                           "; move it by hand, or name another place with --state");
    }
  }
  return name;
}

}  // namespace fgsync::state

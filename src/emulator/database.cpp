#include "emulator/database.hpp"

#include <sqlite3.h>

namespace fgsync::emulator {

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Query& Query::bind(std::int64_t number) {
  check(sqlite3_bind_int64(statement_, ++bound_, number));
  return *this;
}

Query& Query::bind_blob(std::string_view bytes) {
  const char* data = bytes.empty() ? "" : bytes.data();
  check(sqlite3_bind_blob64(statement_, ++bound_, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw StorageFailure(sqlite3_errmsg(database_));
  return false;
}

void Query::run() {
  while (step()) {
  }
}

std::string Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

std::string Query::blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

std::int64_t Query::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

void Query::check(int code) const {
  if (code != SQLITE_OK) throw StorageFailure(sqlite3_errmsg(database_));
}

Database::Database(const std::string& path, DatabaseAccess access) {
  const bool is_written = access == DatabaseAccess::read_write;
  const int mode = is_written ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(path.c_str(), &connection_, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  std::string problem;
  if (code != SQLITE_OK) {
    problem = connection_ == nullptr ? "out of memory" : sqlite3_errmsg(connection_);
  } else if (is_written && sqlite3_db_readonly(connection_, "main") == 1) {
    // SQLite falls back to reading when a file may not be written.
    problem = "the file cannot be written";
  }
  if (!problem.empty()) {
    sqlite3_close_v2(connection_);
    throw StorageFailure(problem);
  }
  sqlite3_extended_result_codes(connection_, 1);
  sqlite3_busy_timeout(connection_, 2000);
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(connection_);
}

Query Database::query(const char* sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr &&
      sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    throw StorageFailure(sqlite3_errmsg(connection_));
  }
  return Query(connection_, statement);
}

void Database::execute(const char* sql) {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw StorageFailure(sqlite3_errmsg(connection_));
  }
}

void Database::roll_back() noexcept {
  // Fails where SQLite has rolled back by itself already, after an error that made it: nothing is left to do then.
  sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::roll_back_to(const std::string& savepoint) noexcept {
  const std::string sql = "ROLLBACK TO " + savepoint + "; RELEASE " + savepoint;
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) roll_back();
}

bool Database::is_in_transaction() const {
  return sqlite3_get_autocommit(connection_) == 0;
}

std::int64_t Database::last_row_id() const {
  return sqlite3_last_insert_rowid(connection_);
}

void Database::copy_from(Database& source) {
  sqlite3_backup* backup = sqlite3_backup_init(connection_, "main", source.connection_, "main");
  if (backup == nullptr) throw StorageFailure(sqlite3_errmsg(connection_));
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) throw StorageFailure(sqlite3_errstr(stepped));
  if (finished != SQLITE_OK) throw StorageFailure(sqlite3_errstr(finished));
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.query("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (!is_open_) return;
  database_.roll_back();
}

void Transaction::commit() {
  database_.query("COMMIT").run();
  is_open_ = false;
}

}  // namespace fgsync::emulator

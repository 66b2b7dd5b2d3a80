#include "state/sqlite_database.hpp"

#include <sqlite3.h>

#include <cctype>

namespace fgsync::state {
namespace {

[[noreturn]] void throw_failure(sqlite3* database, int code) {
  throw SqliteFailure{code, database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code)};
}

/// As the path of a URI.
std::string escaped(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = std::isalnum(byte) != 0 || letter == '/' || letter == '.' || letter == '-' || letter == '_';
    text += is_plain ? std::string(1, letter) : std::string{'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
  }
  return text;
}

}  // namespace

Error to_error(const SqliteFailure& failure, const std::string& path) {
  if (failure.code == kNewerSchema) {
    return Error(ErrorKind::internal, path + " was written by a newer fgsync (" + failure.message +
                                          "), and is left alone: use that one, or give this one a state of its own "
                                          "with --state");
  }
  if (failure.code == kOlderSchema) {
    return Error(ErrorKind::invalid, path + " was written by an older fgsync (" + failure.message +
                                         "); the next plan or sync brings it up to date");
  }
  if (failure.code == kOtherProgram) {
    return Error(ErrorKind::internal, "cannot use " + path + ": " + failure.message +
                                          ", which is left alone; name another place with --state");
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

Database::Database(const std::string& path, Opening opening) {
  int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
  if (opening == Opening::read_write) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const bool is_at_rest = opening == Opening::at_rest;
  if (is_at_rest) flags |= SQLITE_OPEN_URI;
  const std::string name = is_at_rest ? "file:" + escaped(path) + "?immutable=1" : path;
  const int opened = sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr);
  if (opened != SQLITE_OK) {
    const SqliteFailure failure{opened, sqlite3_errmsg(handle_)};
    sqlite3_close(handle_);
    throw failure;
  }
  sqlite3_busy_timeout(handle_, 5000);
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_failure(handle_, code);
}

std::int64_t Database::number_of(const char* sql) {
  Statement select(*this, sql);
  select.step();
  return select.number(0);
}

std::int64_t Database::last_inserted_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

Statement::Statement(Database& database, const char* sql) : database_(database.handle()) {
  const int code = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) throw_failure(database_, code);
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(handle_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  sqlite3_bind_int64(handle_, index, number);
  return *this;
}

Statement& Statement::bind(int index, const std::optional<ArchiveDigest>& digest) {
  return digest ? bind(index, std::string_view(digest->hex)) : *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw_failure(database_, code);
  return false;
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(handle_, column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Transaction::~Transaction() {
  if (!is_committed_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  is_committed_ = true;
}

}  // namespace fgsync::state

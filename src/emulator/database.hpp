#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace fgsync::emulator {

/// SQLite failed. The one exception of this folder: every answer would be a 500, and each of the store's calls would
/// otherwise be wrapped twice. `Service::handle` and `Store::open` turn it into a value.
struct StorageFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A prepared statement that is being used: bind, step, read, in that order. It is reset when it goes out of scope.
class Query {
 public:
  Query(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  /// The text must outlive the query.
  Query& bind(std::string_view text);
  Query& bind(std::int64_t number);
  Query& bind_blob(std::string_view bytes);

  /// The next row, if there is one.
  bool step();
  /// For statements without rows.
  void run();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;

 private:
  void check(int code) const;

  sqlite3* database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

enum class DatabaseAccess { read_write, read_only };

/// A SQLite connection with its statements prepared once.
class Database {
 public:
  /// Throws StorageFailure when the file cannot be opened, or not for writing where that was asked for.
  explicit Database(const std::string& path, DatabaseAccess access = DatabaseAccess::read_write);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// `sql` is a literal: its address is the key under which the statement is kept.
  Query query(const char* sql);
  void execute(const char* sql);
  void roll_back() noexcept;
  /// Undoes what was done since the savepoint; if that cannot be, the whole transaction.
  void roll_back_to(const std::string& savepoint) noexcept;
  /// False also after SQLite has undone a transaction by itself.
  [[nodiscard]] bool is_in_transaction() const;
  [[nodiscard]] std::int64_t last_row_id() const;
  /// Everything of another database in place of what is here, all or nothing. Neither may be in a transaction.
  void copy_from(Database& source);

 private:
  sqlite3* connection_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

/// A write transaction; rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  Database& database_;
  bool is_open_ = true;
};

}  // namespace fgsync::emulator

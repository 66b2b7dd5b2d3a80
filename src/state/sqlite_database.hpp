#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace fgsync::state {

/// The failure of a call into SQLite. Stays inside this folder: every function of the store turns it into an Error.
struct SqliteFailure {
  int code;  ///< SQLite's, or one of the following
  std::string message;
};

inline constexpr int kNewerSchema = -1;
inline constexpr int kOtherProgram = -2;
inline constexpr int kOlderSchema = -3;

/// What a person should do about it. `path` is the database's file.
Error to_error(const SqliteFailure& failure, const std::string& path);

/// An open database. All functions here throw SqliteFailure.
class Database {
 public:
  enum class Opening {
    read_write,  ///< made where there is none
    read_only,   ///< beside a process that may be writing
    at_rest,     ///< read-only, and nobody writes
  };

  explicit Database(const std::string& path, Opening opening = Opening::read_write);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  void execute(const char* sql);
  /// The first column of the first row.
  std::int64_t number_of(const char* sql);
  [[nodiscard]] std::int64_t last_inserted_id() const;
  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

/// A statement with its values. Texts are copied.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);
  /// NULL when it is absent.
  Statement& bind(int index, const std::optional<ArchiveDigest>& digest);
  /// True while there is a row.
  bool step();
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;

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
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool is_committed_ = false;
};

}  // namespace fgsync::state

#pragma once

#include <optional>
#include <string>

#include "emulator/database.hpp"

namespace fgsync::emulator {

/// A token that was issued. The token itself is not kept, only its hash.
struct IssuedToken {
  std::string project;  ///< id: its scope
  std::string domain;
  std::string user;
  std::int64_t expires = 0;  ///< epoch seconds
};

/// The tokens that were issued. Methods throw StorageFailure.
class TokenTable {
 public:
  explicit TokenTable(Database& database) : database_(database) {}

  std::optional<IssuedToken> find(const std::string& token);
  void add(const std::string& token, const IssuedToken& issued);
  void remove_expired_before(std::int64_t time);
  /// None of them is good any more. Returns how many were.
  std::int64_t expire_all(std::int64_t time);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator

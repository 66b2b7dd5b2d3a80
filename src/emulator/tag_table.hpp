#pragma once

#include <map>
#include <string>

#include "emulator/database.hpp"
#include "emulator/model.hpp"

namespace fgsync::emulator {

/// The stored tags of functions. Methods throw StorageFailure.
class TagTable {
 public:
  explicit TagTable(Database& database) : database_(database) {}

  std::map<std::string, std::string> list(const FunctionRow& function);
  /// Adds a tag, or gives the one of that key another value.
  void put(const FunctionRow& function, const std::string& key, const std::string& value);
  void remove(const FunctionRow& function, const std::string& key);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator

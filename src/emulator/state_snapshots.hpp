#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "emulator/database.hpp"
#include "emulator/store.hpp"

namespace fgsync::emulator {

/// Named copies of the whole state: files in a folder, which outlive the emulator, or databases in memory.
class StateSnapshots {
 public:
  struct Facts {
    std::string name;
    std::int64_t bytes = 0;
  };

  /// An empty folder's name: in memory. The folder is made when the first snapshot is taken.
  explicit StateSnapshots(std::string folder) : folder_(std::move(folder)) {}

  /// 1 to 64 letters, digits, dots, dashes and underscores, not a dot first.
  static bool is_name(std::string_view name);

  // Errors: `invalid`, the name; `not_found`, there is no such snapshot; `internal`, the disk.

  /// In place of an older one of that name.
  Result<void> take(const std::string& name, Store& store);
  /// After an error the state is as it was.
  Result<void> restore(const std::string& name, Store& store);
  Result<void> remove(const std::string& name);
  /// By name.
  [[nodiscard]] std::vector<Facts> list() const;

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const;
  void take_in_memory(const std::string& name, Store& store);
  void take_in_file(const std::string& name, Store& store) const;

  std::string folder_;
  std::map<std::string, std::unique_ptr<Database>> in_memory_;
};

/// The size of a database.
std::int64_t bytes_of(Database& database);

}  // namespace fgsync::emulator

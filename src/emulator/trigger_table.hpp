#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/database.hpp"
#include "emulator/model.hpp"
#include "emulator/page.hpp"

namespace fgsync::emulator {

/// What calls a function.
struct Trigger {
  std::string id;
  std::string qualifier;  ///< what of the function it calls: `latest`, a version, or `!` and an alias
  std::string type;
  std::string status;
  std::string event_data;  ///< JSON object
  std::string created;
  std::string last_updated;
};

/// The stored triggers. Methods throw StorageFailure.
class TriggerTable {
 public:
  explicit TriggerTable(Database& database) : database_(database) {}

  bool has_id(const std::string& id);
  std::optional<Trigger> find(const FunctionRow& function, const std::string& type, const std::string& id);
  /// Those of one qualifier, in the order of their creation.
  std::vector<Trigger> list(const FunctionRow& function, const std::string& qualifier);
  struct Row {
    FunctionRow function;
    Trigger trigger;
  };
  struct Rows {
    std::vector<Row> rows;
    std::int64_t total = 0;  ///< on all pages
  };
  /// A page of those of a project, of one type unless that is empty, in the order of their creation.
  Rows list_project(const std::string& project, const std::string& type, PageRange range);
  std::int64_t count(const FunctionRow& function, const std::string& qualifier);
  void add(const FunctionRow& function, const Trigger& trigger);
  void update(const Trigger& trigger);
  void remove(const std::string& id);
  void remove_all(const FunctionRow& function, const std::string& qualifier);
  /// Of latest, of all versions and of all aliases.
  void remove_all(const FunctionRow& function);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator

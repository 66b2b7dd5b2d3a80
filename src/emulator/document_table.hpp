#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/database.hpp"
#include "emulator/model.hpp"
#include "emulator/page.hpp"

namespace fgsync::emulator {

/// What a function, version or alias has at most one of.
enum class DocumentKind { async_config, reserved_instances, snapshot };

/// The stored documents, each a JSON object under a function's qualifier: `latest`, a version, or `!` and an alias.
/// Methods throw StorageFailure.
class DocumentTable {
 public:
  explicit DocumentTable(Database& database) : database_(database) {}

  struct Row {
    FunctionRow function;
    std::string qualifier;
    std::string json;
  };
  struct Rows {
    std::vector<Row> rows;
    std::int64_t total = 0;
  };

  std::optional<std::string> find(const FunctionRow& function, const std::string& qualifier, DocumentKind kind);
  void put(const FunctionRow& function, const std::string& qualifier, DocumentKind kind, const std::string& json);
  void remove(const FunctionRow& function, const std::string& qualifier, DocumentKind kind);
  /// All kinds.
  void remove_all(const FunctionRow& function, const std::string& qualifier);
  /// Those of a project, or of one of its functions, in the order of functions and qualifiers.
  Rows list(const std::string& project, const std::optional<FunctionRow>& function, DocumentKind kind, PageRange range);
  /// The sum of a number that documents of the kind have, over a project.
  std::int64_t sum(const std::string& project, DocumentKind kind, const std::string& member);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator

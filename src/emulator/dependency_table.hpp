#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/database.hpp"
#include "emulator/page.hpp"

namespace fgsync::emulator {

/// A version of a dependency package.
struct Dependency {
  std::string id;          ///< of this version: what a function's depend_version_list names
  std::string dependency;  ///< shared by all versions
  std::string name;
  std::int64_t version = 0;
  std::string runtime;
  std::string description;
  std::string etag;  ///< MD5 of the archive, lower-case hex
  std::int64_t size = 0;
  std::int64_t last_modified = 0;  ///< epoch seconds
};

/// Empty texts match everything.
struct DependencyQuery {
  std::string project;
  std::string runtime;
  std::string name;  ///< part of the name
};

struct DependencyPage {
  std::vector<Dependency> items;
  std::int64_t total = 0;
};

/// The stored dependencies. Methods throw StorageFailure.
class DependencyTable {
 public:
  explicit DependencyTable(Database& database) : database_(database) {}

  /// The newest version of each dependency, in the order of their creation.
  DependencyPage list(const DependencyQuery& filter, PageRange range);
  /// Newest first.
  DependencyPage list_versions(const std::string& project, const std::string& dependency, PageRange range);
  std::optional<Dependency> find(const std::string& project, const std::string& dependency, std::int64_t version);
  /// By the id of the version.
  std::optional<Dependency> find(const std::string& project, const std::string& id);
  /// The newest version under a name.
  std::optional<Dependency> newest(const std::string& project, const std::string& name);
  bool has_id(const std::string& id);
  /// Whether a function's version has it in its depend_version_list.
  bool is_used(const std::string& project, const std::string& id);
  void add(const std::string& project, const Dependency& dependency, std::string_view bytes);
  void remove(const std::string& id);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"

namespace fgsync::functiongraph {

/// One version of a dependency package.
struct DependencyVersion {
  std::string id;      ///< of this version; what a function's depend_version_list names
  std::string dep_id;  ///< of all its versions
  std::string name;
  std::string runtime;
  std::string owner;
  std::string link;
  std::string etag;
  std::string description;
  std::string file_name;
  std::int64_t size = 0;  ///< bytes
  std::int64_t version = 0;
  std::optional<std::chrono::system_clock::time_point> last_modified;
};

struct DependencyFilter {
  std::string name;     ///< empty: all
  std::string runtime;  ///< empty: all
  /// `public`, `private` or `all` as `dependency_type`; empty: the service's default.
  std::string type;
  std::optional<bool> is_public = {};  ///< `ispublic`, the same in other words; absent: not sent
  std::optional<int> limit = {};       ///< rows of a page, which the documents name twice; absent: not sent
};

struct DependencyUpload {
  std::string name;
  std::string runtime;
  std::string description;
  /// A zip that is sent, or
  std::shared_ptr<const ByteSource> bytes;
  /// a zip on OBS.
  std::string link;
};

/// Port: dependency packages. Errors as FunctionGraph's. Lists are complete or an error.
class Dependencies {
 public:
  virtual ~Dependencies() = default;

  virtual Answer<std::vector<DependencyVersion>> list_dependencies(DependencyFilter filter, Deadline deadline) = 0;
  virtual Answer<std::vector<DependencyVersion>> list_dependency_versions(std::string dep_id, Deadline deadline) = 0;
  virtual Answer<DependencyVersion> show_dependency_version(std::string dep_id, std::int64_t version,
                                                            Deadline deadline) = 0;
  virtual Answer<DependencyVersion> create_dependency_version(DependencyUpload upload, Deadline deadline) = 0;
  virtual Answer<void> delete_dependency_version(std::string dep_id, std::int64_t version, Deadline deadline) = 0;
};

}  // namespace fgsync::functiongraph

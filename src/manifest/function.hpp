#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fgsync::manifest {

/// A value together with the place in the manifest it was read from.
template <class T>
struct Located {
  T value{};
  SourcePosition position;
};

/// `spec.code` with a directory: what becomes the function's package.
struct CodeDirectory {
  std::string path;                 ///< as resolved: relative paths are joined to the manifest's folder
  std::vector<std::string> ignore;  ///< `spec.code.ignore`, gitignore syntax, relative to the directory
  SourcePosition position;
};

/// `spec.version`: the version that is wanted.
struct WantedVersion {
  std::string name;      ///< a fixed name; empty when `is_auto`
  bool is_auto = false;  ///< named by the fingerprint
  std::string description;
  SourcePosition position;  ///< of the name
};

/// An entry of `spec.aliases`.
struct WantedAlias {
  std::string name;
  std::string version;                     ///< a version's name, or `current`: the wanted version
  std::optional<std::string> description;  ///< absent: whatever is there stays
  SourcePosition position;                 ///< of the name
  SourcePosition version_position;
};

/// One `kind: Function` document, typed and validated: the desired state of one function.
struct Function {
  std::string name;
  std::map<std::string, std::string> labels;
  std::string app = "default";
  std::string runtime;
  std::string handler;
  int memory_size = 128;  ///< MB
  std::chrono::seconds timeout{3};
  std::string description;
  CodeDirectory code;
  std::map<std::string, std::string> user_data;
  std::optional<WantedVersion> version;
  std::vector<WantedAlias> aliases;
  std::vector<Located<std::string>> depends_on;
  bool adopt = false;
  SourcePosition position;  ///< of metadata.name

  // Where the fields stand, for messages of the planner. The name's position where a field is left out.
  SourcePosition runtime_position;
  SourcePosition app_position;
};

}  // namespace fgsync::manifest

#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace fgsync::source {

/// One manifest file as read. `path` is as a person would type it from the working directory.
struct File {
  std::string path;
  std::string text;
  bool is_named = false;  ///< given by name on the command line, not found by scanning
};

/// A file that could not be taken, with the reason. The others are still used, but nothing may be deleted.
struct Failure {
  std::string path;
  Error error;
};

/// A source at one moment.
struct Snapshot {
  std::string kind;         ///< `directory`
  std::string revision;     ///< empty for a directory
  std::string root;         ///< absolute; relative paths in manifests may not leave it
  std::vector<File> files;  ///< in order of name
  std::vector<Failure> failures;
};

/// Port: where manifests come from.
class Source {
 public:
  virtual ~Source() = default;
  /// Reads everything. Blocks; call it through offload(). Error `invalid` when nothing at all can be read.
  virtual Result<Snapshot> read() = 0;
};

}  // namespace fgsync::source

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "manifest/diagnostic.hpp"
#include "manifest/function.hpp"
#include "manifest/yaml_tree.hpp"

namespace fgsync::manifest {

struct Environment;
class ParseCache;

/// The text of one file. `path` is used in positions, and relative paths inside are resolved against its folder.
struct SourceText {
  std::string path;
  std::string text;
  /// Named on the command line: every document of it must be ours. Otherwise foreign documents are skipped.
  bool is_named = false;
};

struct LoadOptions {
  /// Borrowed; none: manifests as they stand, in which variables are mistakes.
  const Environment* environment = nullptr;
  /// The texts are all of the source, so that a patch for a function that none of them defines is a mistake.
  bool is_whole_source = false;
  /// Borrowed; remembers what unchanged texts were read as.
  ParseCache* cache = nullptr;
  /// Whether LoadResult::documents is wanted.
  bool keeps_documents = false;
};

/// A function that is wanted but has an error: it must be taken neither for removed nor for unknown.
struct Rejected {
  std::string name;  ///< empty when it could not be read
  SourcePosition position;
  std::string code_path;  ///< as Code::path; empty when it could not be read
};

/// The tree that a function was read from, after the environment's patch and variables.
struct Document {
  std::string name;  ///< of the function; may be empty
  std::string path;  ///< of the manifest; marks with kEnvironmentFile are places in the environment's file
  yaml::NodePtr root;
};

struct LoadResult {
  std::vector<Function> functions;  ///< the valid ones, in order of the texts
  Diagnostics diagnostics;          ///< every mistake in every text, in order
  /// Those with an error. `depends_on` of a valid function may name one of them.
  std::vector<Rejected> rejected;
  std::vector<Document> documents;  ///< of all functions, when they are wanted
};

/// Parses and validates manifests. Pure: looks at nothing but the texts. A document with an error yields no function
/// and never holds back others. Limits of input (1 MiB a file, depth 64, 64 aliases, 100 000 nodes) are checked before
/// a document is built. Across files: duplicate names (both positions), unknown `depends_on`, cycles. Fields that are
/// set and not acted on yet are pointed out in one warning. `kind: Config` documents are passed over (config/ reads
/// them).
LoadResult load(const std::vector<SourceText>& texts, const LoadOptions& options = {});

/// load() for what was found by scanning: texts inside a code directory of a function are the function's files, not
/// manifests, so they are left out unless they are named. A code directory that holds the manifest which names it is
/// read as usual. Functions that are left out by this are pointed out with a warning.
LoadResult load_tree(const std::vector<SourceText>& texts, const LoadOptions& options = {});

/// The code directories of all functions, rejected ones included, as paths like those of the texts; sorted, each once.
std::vector<std::string> code_directories(const LoadResult& result);

/// Whether `path` is one of the directories or lies below one. Compares text, like load(): nothing is resolved.
bool is_below(const std::string& path, const std::vector<std::string>& directories);

/// What texts were read as, for a process that loads the same files again and again. An entry holds as long as the text
/// and the environment are the same, byte for byte; one that a load() did not need is dropped.
class ParseCache {
 public:
  ParseCache();
  ParseCache(const ParseCache&) = delete;
  ParseCache& operator=(const ParseCache&) = delete;
  ~ParseCache();

  struct Entries;

 private:
  friend class Loader;
  std::unique_ptr<Entries> entries_;
};

}  // namespace fgsync::manifest

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "config/config.hpp"
#include "daemon/desired_state.hpp"
#include "manifest/loader.hpp"

namespace fgsync::cli {

/// A folder of manifests, or several with the same root and environment.
struct SourceTree {
  std::string root;                ///< absolute, without links; code may not leave it
  std::vector<std::string> paths;  ///< of directories
  std::optional<std::string> environment;
  std::string revision;  ///< of a checkout
  std::string author;
  std::string no_deletes;       ///< why nothing may be deleted because of it; empty: it may
  std::string name;             ///< of a place in a repository, whichever commit it is at
  std::string repository;       ///< with the reference that is followed
  std::shared_ptr<void> lease;  ///< the tree is there as long as this lives

  /// Stays the same from commit to commit.
  [[nodiscard]] const std::string& key() const { return name.empty() ? paths.front() : name; }
};

/// The directories among the sources, those of one root and environment together. Without any: the folder of the
/// configuration.
std::vector<SourceTree> directory_trees(const Options& options, const config::Config& config);

/// What a state of these sources is about: the same for the same sources, whichever commit they are at.
struct SourcesName {
  std::string root;
  std::string environment;
};
SourcesName name_of_sources(const Options& options, const config::Config& config);

/// A repository, with the reference that is followed.
std::string name_of(const config::GitSource& git);

/// What the manifests of some trees ask for.
struct TreesRead {
  std::shared_ptr<const daemon::Wanted> wanted;  ///< null: none of the trees was ever read
  std::map<std::string, std::string> problems;   ///< by the tree's key: why not all of it can be used
};

/// Reads trees again and again. What one said last still counts while it cannot be read. Code of a tree may not leave
/// the tree's root. Blocks.
class TreeReader {
 public:
  explicit TreeReader(config::Config config) : config_(std::move(config)) {}

  /// With the same object as before in it, when no file changed since. `missing`: why there are fewer trees than there
  /// should be; empty: there are not.
  TreesRead read(const std::vector<SourceTree>& trees, const std::string& missing = {});

 private:
  struct Part;
  class Merger;
  /// A tree as it was when it could be used last.
  struct Known {
    SourceTree tree;
    std::set<std::string> files;
  };
  [[nodiscard]] Part read_texts(const SourceTree& tree) const;
  void load(const SourceTree& tree, Part& part) const;
  void keep_last(const Known& known, Merger& merger) const;

  config::Config config_;
  TreesRead last_;
  std::vector<std::uint64_t> last_signatures_;
  std::map<std::string, Known> known_;  ///< by the tree's key
};

}  // namespace fgsync::cli

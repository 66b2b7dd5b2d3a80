#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "manifest/function.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// The code directories of a run: digests, remembered across runs, and archives on demand.
class CodeCatalog {
 public:
  CodeCatalog(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// What is known of a code directory.
  struct Code {
    package::Contents contents;
    std::optional<ArchiveDigest> archive_digest;
  };

  /// Loads what earlier runs remembered. A cache that cannot be read is no cache.
  boost::asio::awaitable<void> load();
  /// Digests a function's code directory; from the cache when nothing in it changed. Errors name the path.
  boost::asio::awaitable<Result<Code>> digest(const manifest::CodeDirectory& directory);
  /// Zips the directory. Error `conflict` when its files are no longer those of `expected`.
  boost::asio::awaitable<Result<package::Archive>> archive(const manifest::CodeDirectory& directory,
                                                           ContentDigest expected);
  /// Stores what is new. Failing to is logged and costs the next run some time, nothing else.
  boost::asio::awaitable<void> save();

 private:
  Ports& ports_;
  const Settings& settings_;
  std::map<std::string, state::CodeCacheEntry> cache_;
  std::map<std::string, state::CodeCacheEntry> fresh_;  ///< to be stored
  std::set<std::string> young_;                         ///< keys that must not be stored in this run
};

}  // namespace fgsync::reconcile

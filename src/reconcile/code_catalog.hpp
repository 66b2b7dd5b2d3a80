#pragma once

#include <map>
#include <optional>
#include <string>

#include "manifest/function.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// The code of a run: digests, remembered across runs, and archives on demand.
class CodeCatalog {
 public:
  CodeCatalog(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// What is known of a function's code.
  struct Code {
    package::Contents contents;
    std::optional<ArchiveDigest> archive_digest;
  };

  /// Loads what earlier runs remembered. A cache that cannot be read is no cache.
  boost::asio::awaitable<void> load();
  /// Digests a function's code; from the cache when nothing in it changed. Errors name the path.
  boost::asio::awaitable<Result<Code>> digest(const manifest::Code& code);
  /// What is to be uploaded. Error `conflict` when the files are no longer those of `expected`.
  boost::asio::awaitable<Result<package::Archive>> archive(const manifest::Code& code, ContentDigest expected);
  /// Stores what is new. Failing to is logged and costs the next run some time, nothing else.
  boost::asio::awaitable<void> save();

 private:
  Ports& ports_;
  const Settings& settings_;
  std::map<std::string, state::CodeCacheEntry> cache_;
  std::map<std::string, state::CodeCacheEntry> fresh_;  ///< to be stored
};

}  // namespace fgsync::reconcile

#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace fgsync::state {

/// What an inventory is about. Two runs share state only when all of these are equal.
struct Scope {
  std::string endpoint;
  std::string project_id;
  std::string source_id;
  std::string root;
  std::string environment = {};  ///< empty: none
};

/// One function that we manage: what was applied last, as read back from the service.
struct InventoryEntry {
  std::string name;
  std::string urn;
  ContentDigest content_digest;
  RemoteDigest remote_digest;                 ///< the service's digest of that content
  std::string fingerprint;                    ///< 12 hex digits
  std::map<std::string, std::string> config;  ///< comparable fields, as applied
  std::string files;                          ///< package::to_text of what was uploaded, for showing what changed
};

/// The remembered digests of one code directory. Holds as long as the directory's stamps have this signature.
struct CodeCacheEntry {
  std::string key;  ///< directory and ignore rules
  std::string signature;
  ContentDigest content_digest;
  std::optional<ArchiveDigest> archive_digest;  ///< once it was zipped
  std::string files;                            ///< package::to_text
};

/// A mutation that was about to be sent. One without a result was interrupted: its effect is settled by observing.
struct Intent {
  std::int64_t id = 0;
  std::string function;
  std::string step;        ///< `import`, `publish v1.0.0`, …
  std::string started_at;  ///< ISO 8601, UTC
};

/// Port: what fgsync remembers between runs. Everything but history can be rebuilt by observing the service.
/// Errors: `corrupt` (unreadable state), `internal` (cannot be written: full disk, no permission); the message names
/// the file and what to do.
class Store {
 public:
  template <class T>
  using Awaitable = boost::asio::awaitable<Result<T>>;

  virtual ~Store() = default;

  virtual Awaitable<std::vector<InventoryEntry>> inventory() = 0;
  virtual Awaitable<void> put_inventory(InventoryEntry entry) = 0;

  virtual Awaitable<std::vector<CodeCacheEntry>> code_cache() = 0;
  virtual Awaitable<void> put_code_cache(std::vector<CodeCacheEntry> entries) = 0;

  /// Intents without a result, of earlier runs that were interrupted.
  virtual Awaitable<std::vector<Intent>> open_intents() = 0;
  /// Survives the process's death as soon as it returns. Answers the intent's id.
  virtual Awaitable<std::int64_t> begin_intent(Intent intent) = 0;
  /// `outcome` is `done` or the error's text.
  virtual Awaitable<void> end_intent(std::int64_t id, std::string outcome) = 0;
  /// Closes the open intents of a function after observing settled them.
  virtual Awaitable<void> settle_intents(std::string function) = 0;
};

}  // namespace fgsync::state

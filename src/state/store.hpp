#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace fgsync::state {

/// What an inventory is about. Two runs share state only when all of these are equal.
struct Scope {
  std::string endpoint;
  std::string project_id;
  std::string source_id;
  std::string root;
  std::string environment = {};  ///< empty: none; of sources in several: their names, sorted, with commas between
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
  bool is_protected = false;                  ///< its manifest said so; holds after the manifest is gone
  /// `adopt` described it, and the service was told nothing yet: nothing there says that it is ours.
  bool awaits_mark = false;
  int missing_runs = 0;  ///< runs in a row that found no manifest for it
  /// More were to be deleted than may be at once, this one among them: until they are fewer, no run is counted.
  bool is_held_back = false;
  std::set<std::string> aliases = {};                         ///< that we made or moved
  std::map<std::string, std::string> previous_versions = {};  ///< by alias: where it was before it was moved last
  /// By alias: when we wrote it last, in the service's words. Only where it then had no strategy.
  std::map<std::string, std::string> alias_stamps = {};
  std::map<std::string, std::string> alias_wishes = {};  ///< by alias: what was wanted of it when it was last so
  std::vector<std::int64_t> foreign_changes = {};  ///< epoch seconds: when something that others changed was put back

  /// A version that the service would not publish, since nothing changed.
  struct RefusedPublish {
    std::string key;  ///< of what was to be published, and what was there
    std::string why;  ///< for people
    friend bool operator==(const RefusedPublish&, const RefusedPublish&) = default;
  };
  std::optional<RefusedPublish> refused_publish = {};

  /// What was seen when the function was read in full and found to be as desired. As long as the list's row and what is
  /// desired are the same, and it is not too old, that need not be read again.
  struct Sighting {
    std::string row;      ///< digest, image name and time of change in the list
    std::string desired;  ///< a digest over all that was desired
    std::int64_t at = 0;  ///< epoch seconds
    friend bool operator==(const Sighting&, const Sighting&) = default;
  };
  std::optional<Sighting> sighting = {};

  friend bool operator==(const InventoryEntry&, const InventoryEntry&) = default;
};

/// Something that happened to a function, for people. Entries are only ever added.
struct HistoryEntry {
  std::string function;
  std::string at;             ///< ISO 8601, UTC
  std::string actor;          ///< who ran fgsync: user@host, or what CI calls itself
  std::string event;          ///< `applied`, `deleted`, `rolled back`, `held`, `released`, `suspended`, `resumed`,
                              ///< `adopted`, `forgotten`, `failed`, `unknown` (its answer was lost)
  std::string detail;         ///< the steps, or why
  std::string revision = {};  ///< of the source; empty when it has none
  std::string plan_id = {};
  std::string digest_before = {};
  std::string digest_after = {};
  std::int64_t took_ms = 0;
};

/// What was rejected by a rollback and must not come back by itself.
struct HoldEntry {
  std::string function;
  std::string fingerprint;
  std::string reason;
  std::string who;
  std::string at;  ///< ISO 8601, UTC
};

/// Stands for all functions in a suspension: the daemon writes nothing while there is one.
inline constexpr const char* kAllFunctions = "*";

/// A function that a person told fgsync to leave alone, whatever its manifest says.
struct SuspensionEntry {
  std::string function;
  std::string reason;
  std::string who;
  std::string at;  ///< ISO 8601, UTC
};

/// The remembered digests of one code directory. Holds as long as the directory's stamps have this signature.
struct CodeCacheEntry {
  std::string key;  ///< directory and ignore rules
  std::string signature;
  ContentDigest content_digest;
  std::optional<ArchiveDigest> archive_digest;  ///< once it was zipped
  std::string files;                            ///< package::to_text
};

/// A fact that no zipping shows again: code of this remote digest, zipped by others, has exactly this content.
struct KnownCode {
  ContentDigest content_digest;
  RemoteDigest remote_digest;
  friend bool operator==(const KnownCode&, const KnownCode&) = default;
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
  /// All in one commit.
  virtual Awaitable<void> put_inventories(std::vector<InventoryEntry> entries) = 0;
  /// The function is not ours any more, or does not exist any more. Whether it was there does not matter.
  virtual Awaitable<void> remove_inventory(std::string name) = 0;

  /// The newest first; of all functions when `function` is empty.
  virtual Awaitable<std::vector<HistoryEntry>> history(std::string function, int limit) = 0;
  virtual Awaitable<void> append_history(HistoryEntry entry) = 0;

  virtual Awaitable<std::vector<HoldEntry>> holds() = 0;
  /// One for each function: a later one replaces an earlier one.
  virtual Awaitable<void> put_hold(HoldEntry hold) = 0;
  virtual Awaitable<void> remove_hold(std::string function) = 0;

  virtual Awaitable<std::vector<SuspensionEntry>> suspensions() = 0;
  /// One for each function: a later one replaces an earlier one.
  virtual Awaitable<void> put_suspension(SuspensionEntry suspension) = 0;
  virtual Awaitable<void> remove_suspension(std::string function) = 0;

  /// A key that only this state has, made when it is first asked for: what is kept under it is of no use elsewhere.
  virtual Awaitable<Secret> secret_key() = 0;

  /// When this endpoint last refused to import, in epoch seconds; nothing when it never did.
  virtual Awaitable<std::optional<std::int64_t>> import_refused_at() = 0;
  virtual Awaitable<void> remember_refused_import(std::int64_t at) = 0;

  virtual Awaitable<std::vector<CodeCacheEntry>> code_cache() = 0;
  virtual Awaitable<void> put_code_cache(std::vector<CodeCacheEntry> entries) = 0;

  /// Of all scopes: what bytes contain is the same everywhere.
  virtual Awaitable<std::vector<KnownCode>> known_code() = 0;
  virtual Awaitable<void> put_known_code(KnownCode known) = 0;

  /// Intents without a result, of earlier runs that were interrupted.
  virtual Awaitable<std::vector<Intent>> open_intents() = 0;
  /// Survives the process's death as soon as it returns. Answers the intent's id.
  virtual Awaitable<std::int64_t> begin_intent(Intent intent) = 0;
  /// `outcome` is `done` or the error's text.
  virtual Awaitable<void> end_intent(std::int64_t id, std::string outcome) = 0;
  /// Closes the open intents of a function after observing settled them.
  virtual Awaitable<void> settle_intents(std::string function) = 0;

  /// What was written so far survives a power cut. Holds, suspensions and what is removed do so at once.
  virtual Awaitable<void> flush() = 0;
};

}  // namespace fgsync::state

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "functiongraph/types.hpp"
#include "manifest/function.hpp"
#include "package/contents.hpp"

namespace fgsync::plan {

/// One field that differs. `before` and `after` are absent where the field is.
struct FieldChange {
  std::string path;  ///< `timeout`, `user_data.BUCKET`
  std::optional<std::string> before;
  std::optional<std::string> after;
  bool is_sensitive = false;  ///< the values are words about a secret, never the secret
};

/// What is known of the value of an encrypted variable, without the value.
struct SecretMark {
  /// Of the value, under a key that only this state has: for noticing a change. Empty: the value is not available here.
  std::string local;
  /// What every machine computes alike, from the shared fingerprint key or the revision in the manifest, and what
  /// therefore counts for the fingerprint. Absent: there is neither.
  std::optional<std::string> shared;
  std::optional<Error> failure;  ///< why it is not available
};

/// The desired state of one function: its manifest, and its code as digested.
struct Desired {
  manifest::Function function;
  package::Contents contents;
  /// Absent until the code was zipped; see `needs_archive_digest`.
  std::optional<ArchiveDigest> archive_digest;
  std::string fingerprint;                         ///< 12 hex digits, see `fingerprint_of`
  std::map<std::string, SecretMark> secrets = {};  ///< of the encrypted variables, by name
};

/// A version that the service would not publish, since nothing changed (FSS.1016).
struct RefusedPublish {
  std::string key;  ///< see `publish_key`
  std::string why;  ///< for people
};

/// What the inventory remembers of a function.
struct LastApplied {
  std::string urn;
  ContentDigest content_digest;
  RemoteDigest remote_digest;
  std::string fingerprint;
  std::map<std::string, std::string> config;
  std::vector<package::FileDigest> files;
  /// `adopt` described it and wrote nothing to the service: it is not ours yet, and its mark comes with the next change
  /// of its configuration.
  bool awaits_mark = false;
  std::set<std::string> aliases = {};                         ///< that we made or moved
  std::map<std::string, std::string> previous_versions = {};  ///< by alias: where it was before it was moved last
  /// By alias: when we wrote it last, in the service's words. Only where it then had no strategy.
  std::map<std::string, std::string> alias_stamps = {};
  std::map<std::string, std::string> alias_wishes = {};  ///< by alias: what was wanted of it when it was last so
  std::vector<std::int64_t> foreign_changes = {};  ///< epoch seconds: when something that others changed was put back
  std::optional<RefusedPublish> refused_publish = {};
};

/// A rejected state of a function that must not come back by itself.
struct Hold {
  std::string fingerprint;  ///< 12 hex digits
  std::string reason;
  std::string who;
};

/// A person's word that the function is to be left alone, whatever its manifest says.
struct Suspension {
  std::string who;
  std::string at;      ///< ISO 8601, UTC
  std::string reason;  ///< may be empty

  /// `ann@laptop since 2026-01-01T00:00:00Z: audit`
  [[nodiscard]] std::string to_string() const { return who + " since " + at + (reason.empty() ? "" : ": " + reason); }
};

/// What the service says about one existing function, read in full.
struct ObservedFunction {
  functiongraph::FunctionDetail detail;
  std::vector<functiongraph::Version> versions;  ///< published ones
  std::vector<functiongraph::Alias> aliases;
  // Only read when the manifest names them:
  std::optional<functiongraph::AsyncConfig> async_config = {};  ///< absent: none is set
  std::map<std::string, std::string> tags = {};
  std::vector<functiongraph::ReservedInstancesRow> reserved_instances = {};
  std::optional<std::chrono::steady_clock::time_point> read_at = {};  ///< when reading began; absent: not known
};

/// The configuration that `desired` stands for, as the service would hold it: description with our marker, when
/// `owner` (the source id) is given.
functiongraph::FunctionConfig desired_config(const manifest::Function& function,
                                             const std::optional<std::string>& owner);

/// What the answer to a publish rests on: while it is the same, so is the answer. `existing` are the published
/// versions.
std::string publish_key(const std::string& fingerprint, const std::string& version,
                        const std::vector<functiongraph::Version>& existing);

/// Whether an import package can carry it. Objects, images and jars, and the type of a function, take the create API.
bool can_be_imported(const manifest::Function& function);

/// What an update sends: `current` with what `function` names as it says, and the other settings and the ignored ones
/// as they are, since an update replaces all of them (ADR 0009).
functiongraph::FunctionConfig with_managed_settings(functiongraph::FunctionConfig current,
                                                    const manifest::Function& function,
                                                    const std::optional<std::string>& owner);

/// The fields of a configuration by name, for comparing and for the inventory: `handler`, `memory_size`, `timeout`,
/// `description` (without marker), `user_data.<KEY>`, and the settings that `function` names (settings.hpp). `runtime`
/// is not among them, since it cannot be updated, and nothing that is ignored.
std::map<std::string, std::string> comparable_fields(const functiongraph::FunctionConfig& config,
                                                     const manifest::Function& function);

/// The same for what a version freezes and a list of versions shows: without the description, with the runtime.
std::map<std::string, std::string> frozen_fields(const functiongraph::FunctionConfig& config,
                                                 const manifest::Function& function);

/// The fields whose value differs, in order of name.
std::vector<FieldChange> field_changes(const std::map<std::string, std::string>& before,
                                       const std::map<std::string, std::string>& after);

/// What of `comparable_fields` differs between a configuration and the one that `function` stands for.
std::vector<FieldChange> config_changes(const functiongraph::FunctionConfig& config, const manifest::Function& function,
                                        const std::optional<std::string>& owner);

/// The same of `frozen_fields`.
std::vector<FieldChange> frozen_changes(const functiongraph::FunctionConfig& config,
                                        const manifest::Function& function);

using SecretMarks = std::map<std::string, SecretMark>;

/// What goes into the fingerprint besides the content: the basic fields that a version freezes, and of the other
/// settings those that differ from the service's default, so that knowing more of them later changes no fingerprint.
/// Of secrets what is shared.
std::map<std::string, std::string> fingerprint_fields(const manifest::Function& function,
                                                      const SecretMarks& secrets = {});

/// SHA-256 over the content digest and `fingerprint_fields`, first 12 hex digits.
std::string fingerprint_of(const ContentDigest& content, const manifest::Function& function,
                           const SecretMarks& secrets = {});

}  // namespace fgsync::plan

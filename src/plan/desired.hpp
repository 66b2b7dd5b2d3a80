#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "functiongraph/types.hpp"
#include "manifest/function.hpp"
#include "package/contents.hpp"

namespace fgsync::plan {

/// One field that differs. `before` and `after` are absent where the field is.
struct FieldChange {
  std::string path;  ///< `timeout`, `user_data.BUCKET`
  std::optional<std::string> before;
  std::optional<std::string> after;
};

/// The desired state of one function: its manifest, and its code as digested.
struct Desired {
  manifest::Function function;
  package::Contents contents;
  /// Absent until the code was zipped; see `needs_archive_digest`.
  std::optional<ArchiveDigest> archive_digest;
  std::string fingerprint;  ///< 12 hex digits, see `fingerprint_of`
};

/// What the inventory remembers of a function.
struct LastApplied {
  std::string urn;
  ContentDigest content_digest;
  RemoteDigest remote_digest;
  std::string fingerprint;
  std::map<std::string, std::string> config;
  std::vector<package::FileDigest> files;
};

/// What the service says about one existing function, read in full.
struct ObservedFunction {
  functiongraph::FunctionDetail detail;
  std::vector<functiongraph::Version> versions;  ///< published ones
  std::vector<functiongraph::Alias> aliases;
};

/// The configuration that `desired` stands for, as the service would hold it: description with our marker, when
/// `owner` (the source id) is given.
functiongraph::FunctionConfig desired_config(const manifest::Function& function,
                                             const std::optional<std::string>& owner);

/// What an update sends: `current` with the settings that fgsync manages as in `wanted`, and the others as they are,
/// since an update replaces all of them (ADR 0009).
functiongraph::FunctionConfig with_managed_settings(functiongraph::FunctionConfig current,
                                                    const functiongraph::FunctionConfig& wanted);

/// The fields of a configuration by name, for comparing and for the inventory: `handler`, `memory_size`, `timeout`,
/// `description` (without marker) and `user_data.<KEY>`. `runtime` is not among them: it cannot be updated.
std::map<std::string, std::string> comparable_fields(const functiongraph::FunctionConfig& config);

/// The same for what a version freezes: without the description, with the runtime.
std::map<std::string, std::string> frozen_fields(const functiongraph::FunctionConfig& config);

/// The fields whose value differs, in order of name.
std::vector<FieldChange> field_changes(const std::map<std::string, std::string>& before,
                                       const std::map<std::string, std::string>& after);

/// SHA-256 over the content digest and the frozen configuration, first 12 hex digits. Fields stand in it only when
/// they differ from the service's default, so that knowing more fields later changes no fingerprint.
std::string fingerprint_of(const ContentDigest& content, const manifest::Function& function);

}  // namespace fgsync::plan

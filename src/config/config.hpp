#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "manifest/diagnostic.hpp"
#include "manifest/schema.hpp"

namespace fgsync::config {

using Duration = std::chrono::milliseconds;

// `credentials`: who to be on the service. All paths in this header are as resolved: relative ones are joined to the
// folder of the file.

struct TokenFile {
  std::string path;
};

struct AccessKey {
  std::string ak_file;
  std::string sk_file;
  std::optional<std::string> security_token_file;
};

struct Profile {
  std::optional<std::string> file;  ///< may start with `~/`
  std::optional<std::string> section;
};

struct IamUser {
  struct Agency {
    std::string domain;
    std::string name;
  };
  std::optional<std::string> endpoint;
  std::string domain;
  std::string user;
  std::string password_file;
  std::optional<Agency> agency;
};

/// The metadata service of an ECS machine.
struct InstanceMetadata {};

using Credentials = std::variant<TokenFile, AccessKey, Profile, IamUser, InstanceMetadata>;

struct GitSource {
  struct Reference {
    enum class Kind { branch, tag, commit };
    Kind kind = Kind::branch;
    std::string name;
  };
  struct Login {
    std::string username;
    std::string password_file;
  };
  struct Verification {
    enum class Kind { allowed_signers, gpg_keyring };
    Kind kind = Kind::allowed_signers;
    std::string file;
  };
  std::string url;
  std::optional<Reference> reference;  ///< absent: the repository's default branch
  std::optional<std::string> path;     ///< inside the repository
  std::optional<Duration> interval;
  std::optional<Login> credentials;
  std::optional<std::string> ssh_key_file;
  std::optional<std::string> known_hosts_file;
  std::optional<Verification> verify;
};

/// An entry of `sources`: a directory or a repository.
struct Source {
  std::optional<std::string> directory;
  std::optional<GitSource> git;
  std::optional<std::string> environment;
};

struct Intervals {
  std::optional<Duration> sweep;
  std::optional<Duration> full_refresh;
  std::optional<Duration> debounce;
};

struct Control {
  struct Tcp {
    std::string listen;
    std::string token_file;
    std::optional<std::string> cert_file;
    std::optional<std::string> key_file;
  };
  std::optional<std::string> socket;
  std::optional<Tcp> tcp;
};

struct Budget {
  std::optional<int> requests_per_second;  ///< 0: no limit
  std::optional<int> concurrency;
  std::optional<std::int64_t> bytes_in_flight;
};

struct Guards {
  std::optional<bool> prune;
  std::optional<int> prune_after;  ///< runs
  std::optional<int> max_delete;
  std::optional<int> max_change;  ///< percent
  std::vector<std::string> confirm_delete;
  std::optional<bool> self_heal;
};

enum class ImportVia { automatic, import, create };

/// Which secrets manifests may name.
struct AllowedSecrets {
  std::vector<std::string> environment;  ///< names, or the beginning of names and a `*`
  std::vector<std::string> directories;
};

/// What a file says for all, and a target for itself. What is left out is absent here: defaults, flags and the
/// environment are applied in cli/.
struct TargetSettings {
  std::optional<std::string> endpoint;
  std::optional<std::string> region;
  std::optional<std::string> project_id;
  std::optional<std::string> ca_file;
  std::optional<Credentials> credentials;
  std::vector<Source> sources;
  Intervals intervals;
  std::optional<std::string> state_directory;
  std::optional<int> parallel;
  Budget budget;
  std::optional<Duration> call_timeout;
  std::optional<Duration> upload_timeout;
  Guards guards;
  std::optional<ImportVia> import_via;
  std::optional<bool> markers;
  AllowedSecrets secrets;
  std::optional<std::string> fingerprint_key_file;
};

struct Target : TargetSettings {
  std::string name;
};

enum class Mode {
  enforce,
  observe,  ///< nothing is ever written to the service
};

/// What an `fgsync.yaml` says (`kind: Config`).
struct Config : TargetSettings {
  /// The source id: metadata.name, else source_id_of() the file's folder. Empty when the path says no folder: the
  /// caller, who knows the working directory, uses source_id_of() then.
  std::string name;
  std::string file;  ///< where it was read from; empty: there is none
  std::optional<Mode> mode;
  Control control;
  std::optional<std::string> metrics_listen;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> ping_url;
  std::vector<Target> targets;
};

/// The directories among the sources.
std::vector<std::string> source_directories(const TargetSettings& settings);
/// Whether a source is a repository.
bool has_repository(const TargetSettings& settings);

/// The configuration of one target: what the file says for all, with what the target says in its place. It has no
/// targets itself.
Config with_target(const Config& config, const Target& target);

struct LoadedConfig {
  Config config;
  /// With an error among them, `config` must not be used. One warning names everything that is `unused`.
  manifest::Diagnostics diagnostics;
  /// Keys that are set and not acted on yet, in the order of the text, without those inside of another one.
  std::vector<manifest::schema::UnusedField> unused;
};

/// Parses an fgsync.yaml. Pure. Same strictness as manifests: unknown and duplicate keys and wrong types are errors
/// with their position.
LoadedConfig load(const std::string& path, const std::string& text);

/// A source id made of a directory's name: what a source id cannot contain becomes `-`. May be empty.
std::string source_id_of(std::string_view directory_name);

}  // namespace fgsync::config

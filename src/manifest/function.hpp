#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/apart.hpp"
#include "base/boxed.hpp"
#include "base/error.hpp"

namespace fgsync::manifest {

/// A value together with the place in the manifest it was read from.
template <class T>
struct Located {
  T value{};
  SourcePosition position;
};

/// `spec.code`: what the function runs.
struct Code {
  enum class Kind {
    directory,  ///< its files become the package
    file,       ///< one source file becomes the package
    archive,    ///< a ready zip, uploaded byte for byte
    jar,
    obs,    ///< an object in storage, by URL
    image,  ///< a container image
  };
  Kind kind = Kind::directory;
  std::string path;  ///< of a directory, file, archive or jar; relative ones are joined to the manifest's folder
  std::vector<std::string> ignore;  ///< of a directory: gitignore syntax, relative to it
  std::string url;                  ///< of an object
  std::string digest;               ///< of an object: SHA-512, lower-case hex
  std::string image;
  std::string root;  ///< absolute; that `path` may not leave. Empty: that of the run. Set by who knows the source
  SourcePosition position;
};

/// Where the value of an encrypted variable comes from. The value itself never stands in a manifest.
struct SecretReference {
  enum class Kind { environment, file };
  Kind kind = Kind::environment;
  std::string source;           ///< a variable's name, or a path
  std::optional<int> revision;  ///< counts up when the value changes, where the value itself cannot be compared
  SourcePosition position;
};

/// `spec.version`: the version that is wanted.
struct WantedVersion {
  std::string name;      ///< a fixed name; empty when `is_auto`
  bool is_auto = false;  ///< named by the fingerprint
  std::string description;
  SourcePosition position;  ///< of the name
};

/// A rule of `additional_version_strategy`: requests that it fits go to the additional version.
struct TrafficRule {
  std::string rule_type;  ///< `Header`
  std::string param;
  std::string op;  ///< `=` or `in`
  std::string value;
};

/// The requests that go to an additional version.
struct TrafficStrategy {
  std::string combine_type;  ///< `and` or `or`
  std::vector<TrafficRule> rules;
};

/// An entry of `spec.aliases`.
struct WantedAlias {
  std::string name;
  std::string version;                     ///< a version's name, or `current`: the wanted version
  std::optional<std::string> description;  ///< absent: whatever is there stays
  /// At most one of the two has an entry: a version's name, or `previous`, and its part of the traffic.
  std::map<std::string, int> additional_version_weights;  ///< percent
  std::map<std::string, TrafficStrategy> additional_version_strategy;
  SourcePosition position;  ///< of the name
  SourcePosition version_position;
};

struct Vpc {
  std::string vpc_id;
  std::string subnet_id;
  std::string vpc_name;
  std::string subnet_name;
  std::string cidr;
  std::string gateway;
  std::vector<std::string> security_groups;
};

struct Mount {
  std::string type;
  std::string resource;
  std::string share_path;
  std::string local_path;
};

struct MountConfig {
  int user_id = 0;
  int user_group_id = 0;
  std::vector<Mount> mounts;
};

struct StrategyConfig {
  int concurrency = 0;
  int concurrent_num = 0;
};

/// Where the result of an asynchronous invocation goes.
struct AsyncDestination {
  std::string destination;
  std::string param;  ///< JSON
};

struct AsyncConfig {
  std::optional<int> max_async_event_age_in_seconds;
  std::optional<int> max_async_retry_attempts;
  std::optional<AsyncDestination> on_success;
  std::optional<AsyncDestination> on_failure;
};

struct LogConfig {
  std::string group_id;
  std::string stream_id;
  std::string group_name;
  std::string stream_name;
};

struct NetworkController {
  std::optional<bool> disable_public_network;
  std::vector<std::pair<std::string, std::string>> trigger_access_vpcs;  ///< id and name
};

struct ReservedInstances {
  std::string qualifier;  ///< a version or an alias
  int count = 0;
  std::optional<bool> idle_mode;
  SourcePosition position;
};

/// The settings of a function beyond those that every function has. Absent: fgsync leaves what is there.
struct ExtraSettings {
  std::map<std::string, SecretReference> encrypted_user_data;
  std::optional<std::string> xrole;
  std::optional<std::string> app_xrole;
  std::optional<std::string> initializer_handler;
  std::optional<std::chrono::seconds> initializer_timeout;
  std::optional<std::string> pre_stop_handler;
  std::optional<std::chrono::seconds> pre_stop_timeout;
  std::optional<std::vector<std::string>> depend_version_list;
  Boxed<Vpc> func_vpc;
  Boxed<MountConfig> mount_config;
  std::optional<StrategyConfig> strategy_config;
  Boxed<AsyncConfig> function_async_config;
  std::optional<int> max_instance_num;
  std::optional<bool> enable_dynamic_memory;
  std::optional<int> ephemeral_storage;  ///< MB
  Boxed<LogConfig> log_config;
  Boxed<NetworkController> network_controller;
  std::optional<std::map<std::string, std::string>> tags;
  std::optional<std::vector<ReservedInstances>> reserved_instances;
  std::optional<std::string> enterprise_project_id;
  std::optional<std::string> type;  ///< `v1` or `v2`
};

/// How fgsync treats a function, whatever its settings are.
struct Handling {
  enum class OnChange { update, import, recreate };

  std::optional<int> retain_versions;
  bool is_protected = false;
  bool is_suspended = false;
  OnChange on_change = OnChange::update;
  bool adopt = false;
  std::optional<bool> self_heal;                ///< absent: as the configuration says
  std::vector<std::string> ignore_differences;  ///< JSON pointers into spec
};

/// One `kind: Function` document, typed and validated: the desired state of one function.
struct Function {
  std::string name;
  std::map<std::string, std::string> labels;
  std::string app = "default";
  std::string runtime;
  std::string handler;
  int memory_size = 128;  ///< MB
  std::chrono::seconds timeout{3};
  std::string description;
  Code code;
  std::map<std::string, std::string> user_data;
  std::optional<WantedVersion> version;
  std::vector<WantedAlias> aliases;
  std::vector<Located<std::string>> depends_on;
  Apart<ExtraSettings> extra;
  Handling handling;
  SourcePosition position;  ///< of metadata.name

  // Where the fields stand, for messages of the planner. The name's position where a field is left out.
  SourcePosition runtime_position;
  SourcePosition app_position;
};

}  // namespace fgsync::manifest

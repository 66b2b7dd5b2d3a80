#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/apart.hpp"
#include "base/boxed.hpp"
#include "base/byte_source.hpp"
#include "base/digest.hpp"
#include "base/secret.hpp"
#include "functiongraph/urn.hpp"

/// Functions, their versions and their aliases, as the service knows them (models: the fields' names and types). What
/// the service may leave out is optional; a field of an answer that is unset in its type's way (null, 0, false, "", {})
/// reads as absent.
namespace fgsync::functiongraph {

/// A time as the service wrote it. It is informational: documents show `2019-10-25 15:37:27` without a zone, an ISO
/// form with one, and epoch seconds in `last_modified_utc` (api: response details).
struct Timestamp {
  std::string text;
  /// What it means; of a text without a zone, taken for UTC+8, where the documents' examples were made.
  std::optional<std::chrono::system_clock::time_point> at = {};
};

// ---- configuration

/// A function of the code that the service calls at some point of an instance's life.
struct Hook {
  std::string handler;
  std::optional<std::chrono::seconds> timeout = {};
  friend bool operator==(const Hook&, const Hook&) = default;
};

struct Vpc {
  std::string vpc_id;
  std::string subnet_id;
  std::string vpc_name;
  std::string subnet_name;
  std::string cidr;
  std::string gateway;
  std::string domain_id;
  std::string namespace_id;  ///< `namespace`
  std::vector<std::string> security_groups;
  std::optional<bool> is_safety;
  friend bool operator==(const Vpc&, const Vpc&) = default;
};

struct Mount {
  std::string type;        ///< `sfs`, `sfsTurbo`, `ecs`
  std::string resource;    ///< id of the file system
  std::string share_path;  ///< on it
  std::string local_path;  ///< in the function
  friend bool operator==(const Mount&, const Mount&) = default;
};

struct MountConfig {
  int user_id = -1;
  int user_group_id = -1;
  std::vector<Mount> mounts;
  friend bool operator==(const MountConfig&, const MountConfig&) = default;
};

struct StrategyConfig {
  int concurrency = -1;               ///< instances at most; -1: no limit, 0: disabled
  std::optional<int> concurrent_num;  ///< requests per instance
  friend bool operator==(const StrategyConfig&, const StrategyConfig&) = default;
};

struct CustomImage {
  bool enabled = false;
  std::string image;
  std::string command;
  std::string args;
  std::string working_dir;
  std::string uid;
  std::string gid;
  std::optional<bool> is_public;
  friend bool operator==(const CustomImage&, const CustomImage&) = default;
};

struct LogConfig {
  std::string group_id;
  std::string group_name;
  std::string stream_id;
  std::string stream_name;
  friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

struct NetworkController {
  struct TriggerVpc {
    std::string vpc_name;
    std::string vpc_id;
    friend bool operator==(const TriggerVpc&, const TriggerVpc&) = default;
  };
  bool disable_public_network = false;
  std::vector<TriggerVpc> trigger_access_vpcs;
  friend bool operator==(const NetworkController&, const NetworkController&) = default;
};

/// The configuration of a function or version: all that an update of the configuration takes. Names and units are the
/// service's. An update replaces the whole of it, so absent means "unset it".
struct FunctionConfig {
  std::string runtime;
  std::string handler;
  int memory_size = 0;  ///< MB
  std::chrono::seconds timeout{};
  std::string description;  ///< as stored by the service, markers included
  std::map<std::string, std::string> user_data;

  /// Only written: they read back blank.
  std::optional<std::map<std::string, Secret>> encrypted_user_data;
  /// Only read: encrypted variables are set, so an update without them would erase them.
  bool has_encrypted_user_data = false;
  Boxed<std::vector<std::string>> encrypted_names;  ///< their names, where the service tells them

  std::optional<int> gpu_memory;  ///< MB
  std::optional<std::string> gpu_type;
  std::optional<std::string> xrole;      ///< agency of the configuration
  std::optional<std::string> app_xrole;  ///< agency of the running code
  Boxed<Vpc> vpc;
  std::optional<std::string> peering_cidr;
  Boxed<MountConfig> mount_config;
  std::optional<StrategyConfig> strategy_config;
  Boxed<CustomImage> custom_image;
  std::optional<std::string> extend_config;
  Boxed<Hook> initializer;
  Boxed<Hook> pre_stop;
  Boxed<Hook> restore_hook;
  std::optional<std::string> heartbeat_handler;
  std::optional<int> ephemeral_storage;  ///< MB
  std::optional<std::string> enterprise_project_id;
  Boxed<LogConfig> log_config;
  Boxed<NetworkController> network_controller;
  std::optional<bool> is_stateful_function;
  std::optional<bool> enable_dynamic_memory;
  std::optional<bool> enable_auth_in_header;
  std::optional<bool> enable_class_isolation;
  std::optional<bool> enable_lts_log;
  std::map<std::string, std::string> lts_custom_tag;
  std::optional<std::string> domain_names;
  std::optional<std::string> user_data_encrypt_kms_key_id;
};

// ---- functions

/// A dependency package as a function's answers name it.
struct DependencyReference {
  std::string id;  ///< of this version
  std::string name;
  std::string runtime;
  std::string owner;
  std::string link;
  std::string etag;
  std::string description;
  std::string file_name;
  std::int64_t size = 0;  ///< bytes
  std::optional<std::int64_t> version;
  std::string dep_id;  ///< of all its versions
  std::optional<std::chrono::system_clock::time_point> last_modified = {};
};

/// Where the outcome of an asynchronous call goes.
struct AsyncDestination {
  std::string destination;  ///< `OBS`, `SMN`, `DIS`, `FunctionGraph`
  std::string param;        ///< a JSON object in a string
  friend bool operator==(const AsyncDestination&, const AsyncDestination&) = default;
};

struct AsyncConfig {
  std::optional<std::chrono::seconds> max_event_age;
  std::optional<int> max_retry_attempts;
  std::optional<AsyncDestination> on_success;
  std::optional<AsyncDestination> on_failure;
  std::optional<bool> enable_async_status_log;
  LogConfig log;  ///< only written
  // Only read:
  std::string func_urn;
  Timestamp created_time;
  Timestamp last_modified;
};

/// What answers say of a function or version beyond its configuration. Nothing in here is decided on, except where a
/// member says so.
struct FunctionFacts {
  std::string func_id;
  std::string resource_id;
  std::string domain_id;
  std::string namespace_id;  ///< `namespace`
  std::string project_name;
  int cpu = 0;            ///< millicores
  std::string code_type;  ///< decided on: `zip`, `inline`, `obs`, `jar`, `Custom-Image-Swr`
  std::string code_url;
  std::string code_filename;
  std::string type;  ///< decided on: `v1`, `v2`
  std::string func_vpc_id;
  std::vector<std::string> depend_list;          ///< deprecated
  std::vector<std::string> depend_version_list;  ///< decided on: ids of dependency versions, in order
  std::vector<DependencyReference> dependencies;
  std::optional<int> reserved_instance_count;
  std::optional<bool> reserved_instance_idle_mode;
  std::optional<bool> long_time;
  std::optional<int> fail_count;
  std::optional<bool> is_bridge_function;
  std::vector<std::string> bind_bridge_func_urns;
  std::string enable_cloud_debug;
  std::optional<bool> apig_route_enable;
  std::optional<bool> allow_ephemeral_storage;
  std::optional<bool> is_return_stream;
  std::string code_encrypt_kms_key_id;
  std::string version_description;
  std::optional<int> concurrency;     ///< beside strategy_config, which is the one that counts
  std::optional<int> concurrent_num;  ///< likewise
  Boxed<AsyncConfig> async_config;
};

/// One row of the list of functions: their `latest`.
struct FunctionRow {
  FunctionUrn urn;
  std::string name;
  std::string app;  ///< the service's `package`
  RemoteDigest digest;
  std::int64_t code_size = 0;    ///< bytes
  std::string description = {};  ///< markers included
  std::string image_name = {};   ///< changes with every build of code or configuration
  Timestamp last_modified = {};  ///< informational: its format and zone vary
  Apart<FunctionFacts> facts = {};
  std::string version = {};  ///< which of the function's versions it is about: in lists `latest`
  /// What lists say of the configuration, which is not all: nothing is decided on it. Absent in single answers, which
  /// have it whole, and where it cannot be read.
  Boxed<FunctionConfig> config = {};
};

/// Which functions are listed.
struct FunctionFilter {
  std::string app;   ///< exactly; empty: all
  std::string name;  ///< or a part of it; empty: all
  /// Rows without their facts and configuration: of thousands of functions these take room and time.
  bool is_brief = false;
};

/// `latest` of one function, or one version or alias of it, whole.
struct FunctionDetail {
  FunctionRow row;
  FunctionConfig config;
};

/// A published version: an immutable snapshot of code and configuration.
struct Version {
  std::string name;
  RemoteDigest digest;
  FunctionConfig config;
  /// The version's own description. The service's documents disagree on whether lists have it: absent = unknown.
  std::optional<std::string> description;
  Timestamp last_modified = {};
  Apart<FunctionFacts> facts = {};
  // Only shown:
  std::string func_urn = {};
  std::string func_name = {};
  std::string app = {};
  std::int64_t code_size = 0;  ///< bytes
  std::string image_name = {};
};

/// Code as it is sent.
struct CodeUpload {
  enum class Type {
    zip,     ///< `bytes` are a zip
    jar,     ///< `bytes` are a jar
    source,  ///< `bytes` are the plain text of one file (`inline`)
    obs,     ///< the service fetches `url`
    image,   ///< the image of the configuration's custom_image
  };
  Type type = Type::zip;
  std::string filename;                     ///< `code_filename`, for zip and jar
  std::shared_ptr<const ByteSource> bytes;  ///< zip, jar, source
  std::string url;                          ///< obs
  std::string link = {};                    ///< `func_code.link`, where the code is; empty: not sent
};

struct ImportRequest {
  std::string name;
  std::string app;
  std::string file_name;                      ///< ends with .zip
  std::shared_ptr<const ByteSource> package;  ///< the import package
};

struct CreateRequest {
  std::string name;
  std::string app;
  /// Creating takes all but peering_cidr, strategy_config, extend_config, restore_hook, heartbeat_handler,
  /// ephemeral_storage, enable_auth_in_header and enable_class_isolation, which are not sent: they need an update.
  FunctionConfig config;
  CodeUpload code;
  std::vector<std::string> depend_version_list;
  std::string type;  ///< `v1`, `v2`; empty: the service's default
  std::string code_encrypt_kms_key_id;
  std::string tags = {};  ///< as the service's documents have it: one text; empty: none
};

struct CodeUpdate {
  CodeUpload code;
  /// Replaces the whole list; absent: not sent.
  std::optional<std::vector<std::string>> depend_version_list;
  std::string code_encrypt_kms_key_id;
};

/// What `show code` and an update of it answer: what is there, and where it can be fetched if the service says so.
struct CodeDetail {
  FunctionUrn urn;
  RemoteDigest digest;
  std::int64_t code_size = 0;  ///< bytes
  std::string code_type = {};
  std::string code_filename = {};
  std::string code_url = {};
  std::string link = {};  ///< a download link; often empty (api: response details)
  Timestamp last_modified = {};
  std::vector<std::string> depend_version_list = {};
  std::vector<DependencyReference> dependencies = {};
  // Only shown:
  std::string file = {};  ///< the code in base64; mostly empty (api: response details)
  std::string func_name = {};
  std::string domain_id = {};
  std::string runtime = {};
  std::optional<StrategyConfig> strategy_config = {};
  std::vector<std::string> depend_list = {};  ///< deprecated
  std::string code_encrypt_kms_key_id = {};
};

/// What is exported.
struct ExportRequest {
  bool config = true;
  bool code = true;
  /// `code` or `config`, instead of the two above, which are not sent then; empty: not sent.
  std::string type = {};
};

/// What an export brings. The documents contradict each other, so either is understood: the package itself, or where to
/// fetch it.
struct ExportedFunction {
  std::string file_name;
  std::string link;     ///< empty when `package` is there
  std::string package;  ///< a zip with a YAML file and the code
};

// ---- versions and aliases

struct PublishRequest {
  std::string version;  ///< always named beforehand: a repeated publish then collides instead of multiplying
  std::string description;
  /// `digest` of the request; empty: not sent. What the service does with it is unclear: nothing may rest on it.
  std::string digest = {};
};

/// Which requests an additional version gets.
struct VersionStrategy {
  struct Rule {
    std::string rule_type;  ///< `Header`
    std::string param;
    std::string op;  ///< `=` or `in`
    std::string value;
    friend bool operator==(const Rule&, const Rule&) = default;
  };
  std::string combine_type;  ///< `and`, `or`
  std::vector<Rule> rules;
  friend bool operator==(const VersionStrategy&, const VersionStrategy&) = default;
};

struct Alias {
  std::string name;
  std::string version;
  std::string description;
  std::map<std::string, int> additional_version_weights;  ///< percent, by version
  /// By version. Absent: not said, as in lists, which is not the same as none.
  std::optional<std::map<std::string, VersionStrategy>> additional_version_strategy = {};
  Timestamp last_modified = {};
  std::string alias_urn = {};
};

/// Replaces all that the alias has.
struct AliasRequest {
  std::string name;
  std::string version;
  std::string description;
  std::map<std::string, int> additional_version_weights = {};
  std::map<std::string, VersionStrategy> additional_version_strategy = {};
};

// ---- what else belongs to a function

struct Tags {
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> system_tags;  ///< `sys_tags`
};

/// Instances that are kept ready.
struct ReservedInstances {
  struct Cron {
    std::string name;
    std::string cron;
    int count = 0;
    std::int64_t start_time = 0;    ///< epoch seconds
    std::int64_t expired_time = 0;  ///< epoch seconds
    friend bool operator==(const Cron&, const Cron&) = default;
  };
  struct Metric {
    std::string name;
    std::string type;
    int threshold = 0;
    int min = 0;
    friend bool operator==(const Metric&, const Metric&) = default;
  };
  int count = 0;
  std::optional<bool> idle_mode;
  std::vector<Cron> cron_configs;
  std::vector<Metric> metric_configs;
  friend bool operator==(const ReservedInstances&, const ReservedInstances&) = default;
};

/// One row of the list of reserved instances.
struct ReservedInstancesRow {
  std::string function_urn;
  std::string qualifier_type;  ///< `version`, `alias`
  std::string qualifier_name;
  ReservedInstances instances;  ///< `count` is the row's min_count
};

/// How many instances are kept ready.
struct ReservedCount {
  std::string func_urn;
  std::int64_t count = 0;
};

struct Quota {
  std::string type;
  std::string unit;
  std::int64_t quota = 0;
  std::int64_t used = 0;
};

}  // namespace fgsync::functiongraph

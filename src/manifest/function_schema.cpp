// The one table of everything that a `kind: Function` document may hold. The names inside spec are the service's own;
// ranges are those of its API reference (create function, update configuration, publish version, create alias, tags,
// asynchronous invocation, reserved instances), and the wider one where two pages of it disagree.
#include "manifest/function_schema.hpp"

#include <algorithm>

namespace fgsync::manifest {
namespace {

using schema::dictionary_of;
using schema::Field;
using schema::integer;
using schema::integer_near;
using schema::integer_of;
using schema::kAlternative;
using schema::kBoolean;
using schema::kRequired;
using schema::kText;
using schema::list_of;
using schema::mapping_of;
using schema::named;
using schema::one_of;
using schema::Shape;
using schema::Synonym;
using schema::text_up_to;
using schema::usually_one_of;

constexpr Shape kDescription{.kind = Shape::Kind::text, .max_characters = 512, .has_no_marker = true};
constexpr Shape kName128 = text_up_to(128);
constexpr Shape kLabelText = named(kLabelValue);
constexpr Shape kFunctionReference = named(kFunctionName);
constexpr Shape kId = named(kIdentifier);

constexpr auto kObject = std::to_array<Field>({
    {.key = "url",
     .shape = named(kObjectUrl),
     .presence = kRequired,
     .api = "code_url",
     .doc = "Where the object is; the service reads it.",
     .example = "https://media.obs.cn-north-4.myhuaweicloud.com/thumb.zip"},
    {.key = "digest",
     .shape = named(kObjectDigest),
     .presence = kRequired,
     .doc = "SHA-512 of the object, in lower-case hex: what says whether the code has changed.",
     .example = "sha512:3f8a…"},
});

constexpr auto kCode = std::to_array<Field>({
    {.key = "directory",
     .shape = named(kPath),
     .presence = kAlternative,
     .api = "code_type zip",
     .doc = "A folder. Its files become a zip that is the same on every machine (docs/packages.md).",
     .example = "../functions/thumbnail"},
    {.key = "file",
     .shape = named(kPath),
     .presence = kAlternative,
     .api = "code_type zip",
     .doc = "One source file; it becomes a zip with just that file in it.",
     .example = "index.py"},
    {.key = "archive",
     .shape = named(kPath),
     .presence = kAlternative,
     .api = "code_type zip",
     .doc = "A ready zip, uploaded byte for byte.",
     .example = "dist/thumbnail.zip"},
    {.key = "jar",
     .shape = named(kPath),
     .presence = kAlternative,
     .api = "code_type jar",
     .doc = "A jar file.",
     .example = "target/app.jar"},
    {.key = "obs",
     .shape = mapping_of(kObject),
     .presence = kAlternative,
     .api = "code_type obs",
     .doc = "A zip in object storage.",
     .example = "{url: https://…/thumb.zip, digest: sha512:…}"},
    {.key = "image",
     .shape = named(kImage),
     .presence = kAlternative,
     .api = "code_type Custom-Image-Swr, custom_image",
     .doc = "A container image; goes with the runtime Custom Image and the handler `-`.",
     .example = "swr.cn-north-4.myhuaweicloud.com/org/app:1.2"},
    {.key = "ignore",
     .shape = list_of(kText, 1000),
     .fallback = "nothing",
     .doc = "Files of a directory that stay out of the package, in the syntax of .gitignore; added to the directory's "
            ".fgsyncignore.",
     .example = "[\"tests/**\", \"*.pyc\"]"},
});
constexpr auto kCodeSynonyms = std::to_array<Synonym>({{"dir", "directory"},
                                                       {"path", "directory"},
                                                       {"folder", "directory"},
                                                       {"zip", "archive"},
                                                       {"inline", "file"},
                                                       {"exclude", "ignore"}});

constexpr auto kSecret = std::to_array<Field>({
    {.key = "from_env",
     .shape = named(kVariableName),
     .presence = kAlternative,
     .doc = "A variable of the environment that fgsync runs in.",
     .example = "FN_DB_PASSWORD"},
    {.key = "from_file",
     .shape = named(kPath),
     .presence = kAlternative,
     .doc = "A file, such as a systemd credential.",
     .example = "/run/credentials/fgsync.service/fn/db"},
    {.key = "revision",
     .shape = integer(0, 1'000'000'000),
     .doc = "A number to count up when the value changes, so that a new version is published where fgsync cannot see "
            "the change itself.",
     .example = "3"},
});
constexpr Shape kSecretShape = mapping_of(kSecret);

constexpr auto kVpc = std::to_array<Field>({
    {.key = "vpc_id", .shape = kId, .presence = kRequired, .doc = "The VPC.", .example = "f1bf2a1d-0a4c"},
    {.key = "subnet_id", .shape = kId, .presence = kRequired, .doc = "The subnet.", .example = "8d0c7e3a-5b1f"},
    {.key = "vpc_name", .shape = kName128, .doc = "Its name.", .example = "media"},
    {.key = "subnet_name", .shape = kName128, .doc = "Its name.", .example = "media-a"},
    {.key = "cidr", .shape = kName128, .doc = "Its range of addresses.", .example = "192.168.1.0/24"},
    {.key = "gateway", .shape = kName128, .doc = "Its gateway.", .example = "192.168.1.1"},
    {.key = "security_groups", .shape = list_of(kId), .doc = "Security groups, by id.", .example = "[5f1c2a90]"},
});

constexpr auto kMountUser = std::to_array<Field>({
    {.key = "user_id", .shape = integer(-1, 65534), .presence = kRequired, .doc = "The user.", .example = "1003"},
    {.key = "user_group_id",
     .shape = integer(-1, 65534),
     .presence = kRequired,
     .doc = "The group.",
     .example = "1003"},
});
constexpr auto kMountTypes = std::to_array<std::string_view>({"sfs", "sfsTurbo", "ecs"});
constexpr auto kMount = std::to_array<Field>({
    {.key = "mount_type",
     .shape = usually_one_of(kMountTypes),
     .presence = kRequired,
     .doc = "The kind of file system.",
     .example = "sfsTurbo"},
    {.key = "mount_resource", .shape = kName128, .presence = kRequired, .doc = "Its id.", .example = "0a1b2c3d"},
    {.key = "mount_share_path", .shape = named(kPath), .doc = "The folder of it.", .example = "/share"},
    {.key = "local_mount_path",
     .shape = named(kPath),
     .presence = kRequired,
     .doc = "Where the function sees it.",
     .example = "/mnt/share"},
});
constexpr Shape kMountShape = mapping_of(kMount);
constexpr auto kMountConfig = std::to_array<Field>({
    {.key = "mount_user",
     .shape = mapping_of(kMountUser),
     .presence = kRequired,
     .doc = "Who the files belong to.",
     .example = "{user_id: 1003, user_group_id: 1003}"},
    {.key = "func_mounts",
     .shape = list_of(kMountShape),
     .presence = kRequired,
     .doc = "What is mounted.",
     .example = "[{mount_type: sfsTurbo, mount_resource: 0a1b2c3d, local_mount_path: /mnt/share}]"},
});

constexpr auto kStrategyConfig = std::to_array<Field>({
    {.key = "concurrency",
     .shape = integer(-1, 1000),
     .presence = kRequired,
     .doc = "Instances at most; -1: no limit, 0: the function is disabled.",
     .example = "100"},
    {.key = "concurrent_num",
     .shape = integer(1, 1000),
     .presence = kRequired,
     .doc = "Requests that one instance works on at the same time.",
     .example = "20"},
});

constexpr auto kDestinations = std::to_array<std::string_view>({"OBS", "SMN", "DIS", "FunctionGraph"});
constexpr auto kDestination = std::to_array<Field>({
    {.key = "destination",
     .shape = usually_one_of(kDestinations),
     .presence = kRequired,
     .doc = "The kind of destination.",
     .example = "SMN"},
    {.key = "param",
     .shape = text_up_to(4096),
     .presence = kRequired,
     .doc = "What the destination needs, as JSON text.",
     .example = "'{\"topic_urn\":\"urn:smn:…\"}'"},
});
constexpr auto kDestinationConfig = std::to_array<Field>({
    {.key = "on_success",
     .shape = mapping_of(kDestination),
     .doc = "Where results go.",
     .example = "{destination: OBS, param: '{\"bucket\":\"results\"}'}"},
    {.key = "on_failure",
     .shape = mapping_of(kDestination),
     .doc = "Where events go that failed for good.",
     .example = "{destination: SMN, param: '{\"topic_urn\":\"urn:smn:…\"}'}"},
});
constexpr auto kAsyncConfig = std::to_array<Field>({
    {.key = "max_async_event_age_in_seconds",
     .shape = integer(1, 86'400),
     .fallback = "3600",
     .doc = "How long an event is kept for another try.",
     .example = "3600"},
    {.key = "max_async_retry_attempts",
     .shape = integer(0, 8),
     .fallback = "the service's",
     .doc = "How often an event is tried again.",
     .example = "3"},
    {.key = "destination_config",
     .shape = mapping_of(kDestinationConfig),
     .doc = "Where results and failed events go.",
     .example = "{on_failure: {destination: SMN, param: '{\"topic_urn\":\"urn:smn:…\"}'}}"},
});

constexpr auto kLogConfig = std::to_array<Field>({
    {.key = "group_id", .shape = kId, .presence = kRequired, .doc = "The log group.", .example = "61a2-4b0c"},
    {.key = "stream_id", .shape = kId, .presence = kRequired, .doc = "The log stream.", .example = "77d1-0c9e"},
    {.key = "group_name", .shape = kName128, .doc = "Its name.", .example = "media"},
    {.key = "stream_name", .shape = kName128, .doc = "Its name.", .example = "thumbnail"},
});

constexpr auto kVpcReference = std::to_array<Field>({
    {.key = "vpc_id", .shape = kId, .presence = kRequired, .doc = "The VPC.", .example = "f1bf2a1d-0a4c"},
    {.key = "vpc_name", .shape = kName128, .doc = "Its name.", .example = "media"},
});
constexpr Shape kVpcReferenceShape = mapping_of(kVpcReference);
constexpr auto kNetworkController = std::to_array<Field>({
    {.key = "disable_public_network",
     .shape = kBoolean,
     .fallback = "false",
     .doc = "Whether the function is cut off from the internet.",
     .example = "true"},
    {.key = "trigger_access_vpcs",
     .shape = list_of(kVpcReferenceShape),
     .doc = "The VPCs that may call the function.",
     .example = "[{vpc_id: f1bf2a1d-0a4c}]"},
});

constexpr auto kReservedInstances = std::to_array<Field>({
    {.key = "qualifier",
     .shape = named(kQualifier),
     .presence = kRequired,
     .doc = "A version, an alias, or latest.",
     .example = "prod"},
    {.key = "count", .shape = integer(0, 1000), .presence = kRequired, .doc = "How many.", .example = "2"},
    {.key = "idle_mode",
     .shape = kBoolean,
     .fallback = "false",
     .doc = "Whether they sleep, and cost less, while there is nothing to do.",
     .example = "false"},
});
constexpr Shape kReservedInstancesShape = mapping_of(kReservedInstances);

constexpr auto kVersion = std::to_array<Field>({
    {.key = "name",
     .shape = named(kVersionName),
     .presence = kRequired,
     .api = "version of publish version",
     .doc = "A name of your own, or `auto`: v- and 12 hex digits that stand for code and configuration.",
     .example = "v1.4.0"},
    {.key = "description",
     .shape = kDescription,
     .fallback = "none",
     .api = "description of publish version",
     .doc = "What is new in it.",
     .example = "Faster resizing"},
});

constexpr auto kCombineTypes = std::to_array<std::string_view>({"and", "or"});
constexpr auto kRuleTypes = std::to_array<std::string_view>({"Header"});
constexpr auto kRuleOperators = std::to_array<std::string_view>({"=", "in"});
constexpr auto kTrafficRule = std::to_array<Field>({
    {.key = "rule_type",
     .shape = usually_one_of(kRuleTypes),
     .presence = kRequired,
     .doc = "What is looked at.",
     .example = "Header"},
    {.key = "param", .shape = kName128, .presence = kRequired, .doc = "The header's name.", .example = "X-Canary"},
    {.key = "op",
     .shape = one_of(kRuleOperators),
     .presence = kRequired,
     .doc = "How it is compared.",
     .example = "in"},
    {.key = "value",
     .shape = text_up_to(1024),
     .presence = kRequired,
     .doc = "With what; several are separated by commas.",
     .example = "yes,maybe"},
});
constexpr Shape kTrafficRuleShape = mapping_of(kTrafficRule);
constexpr auto kTrafficStrategy = std::to_array<Field>({
    {.key = "combine_type",
     .shape = one_of(kCombineTypes),
     .presence = kRequired,
     .doc = "Whether all rules must fit, or one.",
     .example = "or"},
    {.key = "rules",
     .shape = list_of(kTrafficRuleShape),
     .presence = kRequired,
     .doc = "The rules.",
     .example = "[{rule_type: Header, param: X-Canary, op: in, value: \"yes\"}]"},
});
constexpr Shape kWeight = integer(0, 100);
constexpr Shape kTrafficStrategyShape = mapping_of(kTrafficStrategy);
constexpr auto kAlias = std::to_array<Field>({
    {.key = "name", .shape = named(kAliasName), .presence = kRequired, .doc = "The alias.", .example = "prod"},
    {.key = "version",
     .shape = named(kVersionName),
     .presence = kRequired,
     .doc = "A published version, or `current`: the one that spec.version names.",
     .example = "current"},
    {.key = "description",
     .shape = kDescription,
     .fallback = "left as it is",
     .doc = "What it is for.",
     .example = "Production"},
    {.key = "additional_version_weights",
     .shape = dictionary_of(kAdditionalVersion, "a version", kWeight, 1),
     .fallback = "none",
     .doc = "One other version, or `previous`, and the percentage of requests it gets.",
     .example = "{previous: 10}"},
    {.key = "additional_version_strategy",
     .shape = dictionary_of(kAdditionalVersion, "a version", kTrafficStrategyShape, 1),
     .fallback = "none",
     .doc = "One other version, and the requests that go to it. Not together with weights.",
     .example = "{v1.3.0: {combine_type: or, rules: [{rule_type: Header, param: X-Canary, op: in, value: \"yes\"}]}}"},
});
constexpr Shape kAliasShape = mapping_of(kAlias);

constexpr auto kTypes = std::to_array<std::string_view>({"v1", "v2"});
constexpr auto kOnChange = std::to_array<std::string_view>({"update", "import", "recreate"});
constexpr auto kEphemeralStorage = std::to_array<std::string_view>({"512", "10240"});
constexpr Shape kPointer = named(kJsonPointer);
constexpr Shape kTagValue = text_up_to(255);

constexpr auto kSpecSynonyms = std::to_array<Synonym>({{"package", "app"},
                                                       {"memory", "memory_size"},
                                                       {"env", "user_data"},
                                                       {"environment", "user_data"},
                                                       {"variables", "user_data"},
                                                       {"secrets", "encrypted_user_data"},
                                                       {"entrypoint", "handler"},
                                                       {"agency", "xrole"},
                                                       {"app_agency", "app_xrole"},
                                                       {"vpc", "func_vpc"},
                                                       {"concurrency", "strategy_config"},
                                                       {"versions", "version"},
                                                       {"alias", "aliases"},
                                                       {"dependencies", "depend_version_list"}});

constexpr auto kSpec = std::to_array<Field>({
    {.key = "app",
     .shape = named(kAppName),
     .fallback = "default",
     .api = "package of create; cannot be changed",
     .doc = "The group that the console shows the function in. Must differ from the function's name.",
     .example = "media"},
    {.key = "runtime",
     .shape = usually_one_of(kDocumentedRuntimes),
     .presence = kRequired,
     .api = "runtime of create; cannot be changed",
     .doc = "Language and version. One that is not listed here is sent as it stands, with a warning.",
     .example = "Python3.9"},
    {.key = "handler",
     .shape = named(kHandler),
     .presence = kRequired,
     .api = "handler of create and update config",
     .doc = "A file and a function in it; `-` for an image.",
     .example = "index.handler"},
    {.key = "memory_size",
     .shape = integer_near(kDocumentedMemorySizes, 128, 32768),
     .fallback = "128",
     .api = "memory_size of create and update config",
     .doc = "Memory, in MB; processor time goes with it. A size that is not listed here is sent as it stands, with a "
            "warning.",
     .example = "256"},
    {.key = "timeout",
     .shape = integer(3, 259'200),
     .fallback = "3",
     .api = "timeout of create and update config",
     .doc = "How long one invocation may take, in seconds.",
     .example = "30"},
    {.key = "description",
     .shape = kDescription,
     .fallback = "none",
     .api = "description of create and update config",
     .doc = "For people. fgsync adds its mark at the end and never shows it.",
     .example = "Makes thumbnails"},
    {.key = "code",
     .shape = mapping_of(kCode, kCodeSynonyms, "directory"),
     .presence = kRequired,
     .api = "func_code of create and update code; import",
     .doc = "What the function runs: exactly one kind of code. Relative paths are relative to the manifest and may not "
            "leave the root.",
     .example = "{directory: ../functions/thumbnail}"},
    {.key = "user_data",
     .shape = dictionary_of(kVariableName, "a key", kText, 20),
     .fallback = "none",
     .api = "user_data of create and update config",
     .doc = "Environment variables; 4096 characters in names and values together.",
     .example = "{BUCKET: photos}"},
    {.key = "encrypted_user_data",
     .shape = dictionary_of(kVariableName, "a key", kSecretShape, 20),
     .api = "encrypted_user_data of create and update config",
     .doc = "Encrypted environment variables. Their values never stand in a manifest, and only sources that the "
            "configuration allows are read (docs/configuration.md, secrets).",
     .example = "{DB_PASSWORD: {from_env: FN_DB_PASSWORD}}"},
    {.key = "xrole",
     .shape = kId,
     .api = "xrole of create and update config",
     .doc = "The agency that the function is configured with.",
     .example = "my-agency"},
    {.key = "app_xrole",
     .shape = kId,
     .api = "app_xrole of create and update config",
     .doc = "The agency that the function runs with.",
     .example = "my-exec-agency"},
    {.key = "initializer_handler",
     .shape = named(kHandler),
     .api = "initializer_handler of create and update config",
     .doc = "Runs once when an instance starts; needs initializer_timeout.",
     .example = "index.init"},
    {.key = "initializer_timeout",
     .shape = integer(1, 300),
     .api = "initializer_timeout of create and update config",
     .doc = "How long it may take, in seconds.",
     .example = "10"},
    {.key = "pre_stop_handler",
     .shape = named(kHandler),
     .api = "pre_stop_handler of create and update config",
     .doc = "Runs before an instance ends; needs pre_stop_timeout.",
     .example = "index.stop"},
    {.key = "pre_stop_timeout",
     .shape = integer(1, 90),
     .api = "pre_stop_timeout of create and update config",
     .doc = "How long it may take, in seconds.",
     .example = "5"},
    {.key = "depend_version_list",
     .shape = list_of(kId, 20),
     .api = "depend_version_list of create and update code",
     .doc = "Dependency versions, by id, in the order they are laid over each other.",
     .example = "[5e67f21a-0c1b-4b6f-9a3d-1f2e3d4c5b6a]"},
    {.key = "func_vpc",
     .shape = mapping_of(kVpc),
     .api = "func_vpc of create and update config",
     .doc = "The network that the function reaches.",
     .example = "{vpc_id: f1bf2a1d-0a4c, subnet_id: 8d0c7e3a-5b1f}"},
    {.key = "mount_config",
     .shape = mapping_of(kMountConfig),
     .api = "mount_config of create and update config",
     .doc = "File systems.",
     .example = "{mount_user: {user_id: 1003, user_group_id: 1003}, func_mounts: []}"},
    {.key = "strategy_config",
     .shape = mapping_of(kStrategyConfig),
     .api = "strategy_config of update config",
     .doc = "Concurrency.",
     .example = "{concurrency: 100, concurrent_num: 20}"},
    {.key = "function_async_config",
     .shape = mapping_of(kAsyncConfig),
     .api = "a call of its own: PUT …/async-invoke-config",
     .doc = "Asynchronous invocations.",
     .example = "{max_async_retry_attempts: 3}"},
    {.key = "max_instance_num",
     .shape = integer(-1, 1000),
     .api = "a call of its own: PUT …/config-max-instance",
     .doc =
         "Instances at most; -1: no limit, 0: the function is disabled. The same as strategy_config.concurrency: where "
         "both stand, they must be equal.",
     .example = "100"},
    {.key = "enable_dynamic_memory",
     .shape = kBoolean,
     .api = "enable_dynamic_memory of create and update config",
     .doc = "Whether the service may choose the memory.",
     .example = "false"},
    {.key = "ephemeral_storage",
     .shape = integer_of(kEphemeralStorage, 512, 10240),
     .api = "ephemeral_storage of update config",
     .doc = "Space in /tmp, in MB.",
     .example = "512"},
    {.key = "log_config",
     .shape = mapping_of(kLogConfig),
     .api = "log_config of create and update config",
     .doc = "Where logs go.",
     .example = "{group_id: 61a2-4b0c, stream_id: 77d1-0c9e}"},
    {.key = "network_controller",
     .shape = mapping_of(kNetworkController),
     .api = "network_controller of create and update config",
     .doc = "Who may be called, and who may call.",
     .example = "{disable_public_network: true}"},
    {.key = "tags",
     .shape = dictionary_of(kTagKey, "a tag", kTagValue, 20),
     .api = "calls of their own: POST and DELETE …/tags",
     .doc = "Tags of the cloud's tag service.",
     .example = "{team: media}"},
    {.key = "reserved_instances",
     .shape = list_of(kReservedInstancesShape),
     .api = "a call of its own for each: PUT …/reservedinstances",
     .doc = "Instances that are kept ready.",
     .example = "[{qualifier: prod, count: 2}]"},
    {.key = "enterprise_project_id",
     .shape = kId,
     .api = "enterprise_project_id of create and update config",
     .doc = "The enterprise project.",
     .example = "\"0\""},
    {.key = "type",
     .shape = one_of(kTypes),
     .api = "type of create; cannot be changed",
     .doc = "The generation of the service's functions.",
     .example = "v2"},
    {.key = "version",
     .shape = mapping_of(kVersion, {}, "name"),
     .fallback = "nothing is published",
     .api = "publish version",
     .doc = "The version that is wanted.",
     .example = "{name: v1.4.0}"},
    {.key = "aliases",
     .shape = list_of(kAliasShape, 10),
     .fallback = "aliases are left alone",
     .api = "create alias and update alias",
     .doc = "Names that point to versions. A version can have one.",
     .example = "[{name: prod, version: current}]"},
    {.key = "retain_versions",
     .shape = integer(2, 16),
     .fallback = "all are kept",
     .doc = "How many published versions to keep.",
     .example = "10"},
    {.key = "depends_on",
     .shape = list_of(kFunctionReference),
     .fallback = "nothing",
     .doc = "Functions that are applied before this one.",
     .example = "[image-tools]"},
    {.key = "protect",
     .shape = kBoolean,
     .fallback = "false",
     .doc = "Never deleted, whatever else is asked for.",
     .example = "true"},
    {.key = "suspend",
     .shape = kBoolean,
     .fallback = "false",
     .doc = "Looked at and shown, not touched.",
     .example = "true"},
    {.key = "on_change",
     .shape = one_of(kOnChange),
     .fallback = "update",
     .doc = "How changed code gets there: `update`; `import`, and update where that is refused; `recreate`: delete and "
            "import, which asks for --allow-recreate.",
     .example = "update"},
    {.key = "adopt",
     .shape = kBoolean,
     .fallback = "false",
     .doc = "Take over a function that is there already and is not this source's.",
     .example = "true"},
    {.key = "self_heal",
     .shape = kBoolean,
     .fallback = "guards.self_heal of the configuration, which is true",
     .doc = "Whether changes that somebody else made are put back: code, settings and aliases.",
     .example = "false"},
    {.key = "ignore_differences",
     .shape = list_of(kPointer, 100),
     .fallback = "nothing",
     .doc = "Settings that are left to others, or parts of them, as JSON pointers into spec.",
     .example = "[/description, /user_data/LOG_LEVEL]"},
});

constexpr auto kMetadata = std::to_array<Field>({
    {.key = "name",
     .shape = named(kFunctionName),
     .presence = kRequired,
     .api = "func_name of create; cannot be changed",
     .doc = "The function, unique in the project.",
     .example = "thumbnail"},
    {.key = "labels",
     .shape = dictionary_of(kLabelKey, "a label", kLabelText),
     .fallback = "none",
     .doc = "For choosing functions (`-l team=media`); never sent.",
     .example = "{team: media}"},
});

constexpr auto kApiVersions = std::to_array<std::string_view>({"fgsync/v1"});
constexpr auto kKinds = std::to_array<std::string_view>({"Function"});
constexpr auto kDocument = std::to_array<Field>({
    {.key = "apiVersion",
     .shape = one_of(kApiVersions),
     .presence = kRequired,
     .doc = "The form of this document.",
     .example = "fgsync/v1"},
    {.key = "kind", .shape = one_of(kKinds), .presence = kRequired, .doc = "What it describes.", .example = "Function"},
    {.key = "metadata",
     .shape = mapping_of(kMetadata),
     .presence = kRequired,
     .doc = "What the function is called.",
     .example = "{name: thumbnail}"},
    {.key = "spec",
     .shape = mapping_of(kSpec, kSpecSynonyms),
     .presence = kRequired,
     .doc = "What it shall be.",
     .example = "…"},
});
constexpr Shape kDocumentShape = mapping_of(kDocument);

}  // namespace

const Shape& function_document() {
  return kDocumentShape;
}

}  // namespace fgsync::manifest

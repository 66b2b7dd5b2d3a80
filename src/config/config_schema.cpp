// The one table of everything that an fgsync.yaml may hold. What depends on more than one key stands in
// config_rules.cpp.
#include "config/config_schema.hpp"

#include <array>

#include "config/value_shapes.hpp"

namespace fgsync::config {
namespace {

using manifest::kEnvironmentName;
using manifest::kFunctionName;
using manifest::kPath;
using manifest::schema::Field;
using manifest::schema::integer;
using manifest::schema::kAlternative;
using manifest::schema::kBoolean;
using manifest::schema::kRequired;
using manifest::schema::list_of;
using manifest::schema::mapping_of;
using manifest::schema::named;
using manifest::schema::one_of;
using manifest::schema::Shape;
using manifest::schema::Synonym;
using manifest::schema::text_up_to;

constexpr Shape kFile = named(kPath);
constexpr Shape kName = text_up_to(128);

constexpr auto kAccessKey = std::to_array<Field>({
    {.key = "ak_file",
     .shape = kFile,
     .presence = kRequired,
     .doc = "A file with the access key's id.",
     .example = "/run/credentials/fgsync.service/ak"},
    {.key = "sk_file",
     .shape = kFile,
     .presence = kRequired,
     .doc = "A file with the secret key.",
     .example = "/run/credentials/fgsync.service/sk"},
    {.key = "security_token_file",
     .shape = kFile,
     .doc = "A file with the security token of a temporary access key.",
     .example = "/run/credentials/fgsync.service/security-token"},
});

constexpr auto kProfile = std::to_array<Field>({
    {.key = "file",
     .shape = kFile,
     .fallback = "~/.huaweicloud/credentials",
     .doc = "The profile file of the SDKs. Here, and only here, a leading `~/` is the home directory.",
     .example = "~/.huaweicloud/credentials"},
    {.key = "section", .shape = kName, .fallback = "basic", .doc = "The section to read.", .example = "basic"},
});

constexpr auto kAgency = std::to_array<Field>({
    {.key = "domain",
     .shape = kName,
     .presence = kRequired,
     .doc = "The account that the agency belongs to.",
     .example = "acme"},
    {.key = "name", .shape = kName, .presence = kRequired, .doc = "The agency.", .example = "deployer"},
});

constexpr auto kIam = std::to_array<Field>({
    {.key = "endpoint",
     .shape = named(kEndpoint),
     .fallback = "from the region",
     .api = "HUAWEICLOUD_SDK_IAM_ENDPOINT",
     .doc = "URL of IAM.",
     .example = "https://iam.cn-north-4.myhuaweicloud.com"},
    {.key = "domain", .shape = kName, .presence = kRequired, .doc = "The account of the user.", .example = "acme"},
    {.key = "user", .shape = kName, .presence = kRequired, .doc = "The user.", .example = "deployer"},
    {.key = "password_file",
     .shape = kFile,
     .presence = kRequired,
     .doc = "A file with the user's password.",
     .example = "/run/credentials/fgsync.service/password"},
    {.key = "agency",
     .shape = mapping_of(kAgency),
     .doc = "An agency to act through.",
     .example = "{domain: acme, name: deployer}"},
});

constexpr auto kCredentials = std::to_array<Field>({
    {.key = "token_file",
     .shape = kFile,
     .presence = kAlternative,
     .api = "FGSYNC_TOKEN (the token itself)",
     .doc = "A file with an IAM token of the project.",
     .example = "/run/credentials/fgsync.service/token"},
    {.key = "aksk",
     .shape = mapping_of(kAccessKey),
     .presence = kAlternative,
     .api = "HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN (the values themselves)",
     .doc = "An access key, in files.",
     .example = "{ak_file: /run/credentials/fgsync.service/ak, sk_file: /run/credentials/fgsync.service/sk}"},
    {.key = "profile",
     .shape = mapping_of(kProfile),
     .presence = kAlternative,
     .api = "HUAWEICLOUD_SDK_CREDENTIALS_FILE (the file)",
     .doc = "A profile file, as the SDKs read it.",
     .example = "{section: basic}"},
    {.key = "iam",
     .shape = mapping_of(kIam),
     .presence = kAlternative,
     .doc = "An IAM user, from whose password tokens are made.",
     .example = "{domain: acme, user: deployer, password_file: /run/credentials/fgsync.service/password}"},
    {.key = "metadata",
     .shape = mapping_of({}),
     .presence = kAlternative,
     .doc = "The metadata service of the ECS machine that fgsync runs on.",
     .example = "{}"},
});

constexpr auto kGitLogin = std::to_array<Field>({
    {.key = "username", .shape = kName, .presence = kRequired, .doc = "The user.", .example = "bot"},
    {.key = "password_file",
     .shape = kFile,
     .presence = kRequired,
     .doc = "A file with the user's password or access token.",
     .example = "/run/credentials/fgsync.service/git"},
});

constexpr auto kVerification = std::to_array<Field>({
    {.key = "allowed_signers_file",
     .shape = kFile,
     .presence = kAlternative,
     .doc = "SSH keys that may sign, as `ssh-keygen` reads them.",
     .example = "signers"},
    {.key = "gpg_keyring_file",
     .shape = kFile,
     .presence = kAlternative,
     .doc = "A keyring with the GnuPG keys that may sign.",
     .example = "keyring.gpg"},
});

constexpr auto kGit = std::to_array<Field>({
    {.key = "url",
     .shape = named(kGitUrl),
     .presence = kRequired,
     .doc = "The repository. Passwords and tokens do not stand in the URL but in the file that `credentials` names.",
     .example = "https://git.example.org/fns.git"},
    {.key = "branch",
     .shape = named(kGitReference),
     .fallback = "the repository's own default, without `tag` and `commit`",
     .doc = "The branch to follow.",
     .example = "main"},
    {.key = "tag", .shape = named(kGitReference), .doc = "The tag to use instead of a branch.", .example = "v1.4.0"},
    {.key = "commit",
     .shape = named(kGitCommit),
     .doc = "The commit to use instead of a branch.",
     .example = "9fceb02d0ae598e95dc970b74767f19372d61af8"},
    {.key = "path",
     .shape = named(kPathInRepository),
     .fallback = "the whole repository",
     .doc = "The folder of the manifests in the repository.",
     .example = "prod"},
    {.key = "interval",
     .shape = named(kInterval),
     .fallback = "1m",
     .doc = "How often to look for new commits.",
     .example = "1m"},
    {.key = "credentials",
     .shape = mapping_of(kGitLogin),
     .doc = "Who to be, with an https URL.",
     .example = "{username: bot, password_file: /run/credentials/fgsync.service/git}"},
    {.key = "ssh_key_file",
     .shape = kFile,
     .doc = "The private key to use, with an SSH URL.",
     .example = "/run/credentials/fgsync.service/ssh"},
    {.key = "known_hosts_file",
     .shape = kFile,
     .doc = "The keys of hosts that are trusted, with an SSH URL.",
     .example = "known_hosts"},
    {.key = "verify",
     .shape = mapping_of(kVerification),
     .doc = "Use only commits and tags that one of these keys signed.",
     .example = "{allowed_signers_file: signers}"},
});
constexpr auto kGitSynonyms =
    std::to_array<Synonym>({{"ref", "branch"}, {"revision", "commit"}, {"repository", "url"}, {"directory", "path"}});

constexpr auto kSource = std::to_array<Field>({
    {.key = "directory",
     .shape = kFile,
     .presence = kAlternative,
     .api = "PATH",
     .doc = "A folder with manifests.",
     .example = "manifests"},
    {.key = "git",
     .shape = mapping_of(kGit, kGitSynonyms),
     .presence = kAlternative,
     .doc = "A git repository with manifests.",
     .example = "{url: \"https://git.example.org/fns.git\", branch: main}"},
    {.key = "environment",
     .shape = named(kEnvironmentName),
     .fallback = "none",
     .api = "--env",
     .doc = "The environment whose values and changes are laid over the manifests of this source: "
            "`environments/NAME.yaml`.",
     .example = "prod"},
});
constexpr auto kSourceSynonyms = std::to_array<Synonym>({{"path", "directory"}, {"env", "environment"}});
constexpr Shape kSourceShape = mapping_of(kSource, kSourceSynonyms, "directory");

constexpr auto kIntervals = std::to_array<Field>({
    {.key = "sweep",
     .shape = named(kInterval),
     .fallback = "5m",
     .doc = "How often the daemon looks at every function.",
     .example = "5m"},
    {.key = "full_refresh",
     .shape = named(kInterval),
     .fallback = "1h",
     .doc = "How long what was read of an unchanged function is trusted.",
     .example = "1h"},
    {.key = "debounce",
     .shape = named(kDebounce),
     .fallback = "200ms",
     .doc = "How long the daemon waits for more changes of files before it acts on the first.",
     .example = "200ms"},
});

constexpr auto kTcp = std::to_array<Field>({
    {.key = "listen",
     .shape = named(kAddress),
     .presence = kRequired,
     .doc = "The address.",
     .example = "0.0.0.0:9465"},
    {.key = "token_file",
     .shape = kFile,
     .presence = kRequired,
     .doc = "A file with the token that callers must send.",
     .example = "/run/credentials/fgsync.service/control"},
    {.key = "cert_file",
     .shape = kFile,
     .doc = "The certificate, PEM. Required together with `key_file`, unless only this machine can reach the address.",
     .example = "control.pem"},
    {.key = "key_file",
     .shape = kFile,
     .doc = "The certificate's private key, PEM.",
     .example = "/run/credentials/fgsync.service/control-key"},
});

constexpr auto kControl = std::to_array<Field>({
    {.key = "socket",
     .shape = kFile,
     .fallback = "/run/fgsync/control.sock",
     .doc = "The socket on which the daemon takes commands, at most 107 bytes long.",
     .example = "/run/fgsync/control.sock"},
    {.key = "tcp",
     .shape = mapping_of(kTcp),
     .fallback = "none",
     .doc = "A TCP address on which it takes them, too.",
     .example = "{listen: \"127.0.0.1:9465\", token_file: /run/credentials/fgsync.service/control}"},
});

constexpr auto kMetrics = std::to_array<Field>({
    {.key = "listen",
     .shape = named(kAddress),
     .presence = kRequired,
     .doc = "The address at which Prometheus can read the daemon's metrics.",
     .example = "127.0.0.1:9464"},
});

constexpr auto kBudget = std::to_array<Field>({
    {.key = "requests_per_second",
     .shape = integer(0, 10'000),
     .fallback = "20; 0 for a service on this machine",
     .doc = "Calls of the service in a second, at most; 0 is no limit.",
     .example = "20"},
    {.key = "concurrency",
     .shape = integer(1, 256),
     .fallback = "16",
     .doc = "Calls under way at once, at most.",
     .example = "16"},
    {.key = "bytes_in_flight",
     .shape = named(kSize),
     .fallback = "24MiB",
     .doc = "Bytes of code on their way to the service at once, at most; a larger package goes alone.",
     .example = "24MiB"},
});

constexpr auto kTimeouts = std::to_array<Field>({
    {.key = "call",
     .shape = named(kTimeout),
     .fallback = "30s",
     .doc = "How long one call of the service may take.",
     .example = "30s"},
    {.key = "upload",
     .shape = named(kTimeout),
     .fallback = "5m",
     .doc = "How long one call that sends code may take.",
     .example = "5m"},
});

constexpr Shape kFunctionShape = named(kFunctionName);
constexpr auto kGuards = std::to_array<Field>({
    {.key = "prune",
     .shape = kBoolean,
     .fallback = "false",
     .doc =
         "Whether functions of this source are deleted when their manifest is gone, and aliases when it names them no "
         "more.",
     .example = "true"},
    {.key = "prune_after",
     .shape = integer(1, 100),
     .fallback = "2",
     .doc = "In how many runs in a row the manifest must be gone before that.",
     .example = "2"},
    {.key = "max_delete",
     .shape = integer(0, 10'000),
     .fallback = "the smaller of 5 and 10 % of the functions, at least 1",
     .doc = "Functions that one run may delete. When there are more, none is.",
     .example = "5"},
    {.key = "max_change",
     .shape = named(kPercentage),
     .fallback = "30%, at least 10 functions",
     .doc = "Functions that one run of the daemon may change. When there are more, it waits for an approval.",
     .example = "30%"},
    {.key = "confirm_delete",
     .shape = list_of(kFunctionShape, 1000),
     .fallback = "none",
     .doc = "Functions that may be deleted although they have triggers.",
     .example = "[thumbs-legacy]"},
    {.key = "self_heal",
     .shape = kBoolean,
     .fallback = "true",
     .doc = "Whether changes that somebody else made on the service are put back.",
     .example = "false"},
});

constexpr Shape kVariableShape = named(kVariablePattern);
constexpr auto kSecrets = std::to_array<Field>({
    {.key = "allow_env",
     .shape = list_of(kVariableShape, 1000),
     .fallback = "none",
     .doc =
         "Variables that `from_env` of a manifest may name: a name, or its beginning and a `*`. fgsync's own are never "
         "allowed.",
     .example = "[\"FN_*\"]"},
    {.key = "allow_directories",
     .shape = list_of(kFile, 100),
     .fallback = "none",
     .doc = "Folders that the files of `from_file` must lie in, with all links followed. The files that this "
            "configuration itself names are never allowed.",
     .example = "[/run/credentials/fgsync.service/fn]"},
});

constexpr auto kImportWays = std::to_array<std::string_view>({"auto", "import", "create"});
constexpr auto kModes = std::to_array<std::string_view>({"enforce", "observe"});
constexpr auto kLogLevels = std::to_array<std::string_view>({"error", "warn", "info", "debug"});
constexpr auto kLogFormats = std::to_array<std::string_view>({"logfmt", "json"});

constexpr auto kLog = std::to_array<Field>({
    {.key = "level",
     .shape = one_of(kLogLevels),
     .fallback = "info",
     .doc = "The least severe lines that the daemon writes.",
     .example = "debug"},
    {.key = "format",
     .shape = one_of(kLogFormats),
     .fallback = "logfmt",
     .doc = "The form of its lines.",
     .example = "json"},
});

/// What a target may say for itself, too.
constexpr auto kTargetKeys = std::to_array<Field>({
    {.key = "endpoint",
     .shape = named(kEndpoint),
     .fallback = "from the region",
     .api = "--endpoint, FGSYNC_ENDPOINT",
     .doc = "URL of the service.",
     .example = "https://functiongraph.cn-north-4.myhuaweicloud.com"},
    {.key = "region",
     .shape = named(kRegion),
     .api = "--region, FGSYNC_REGION",
     .doc = "The region, which also gives the endpoint. One of the two must be given somewhere.",
     .example = "cn-north-4"},
    {.key = "project_id",
     .shape = named(kProjectId),
     .api = "--project-id, FGSYNC_PROJECT_ID, HUAWEICLOUD_SDK_PROJECT_ID",
     .doc = "The project. It must be given somewhere.",
     .example = "46b6f338fc3445b8846c71dfb1fb0000"},
    {.key = "ca_file",
     .shape = kFile,
     .fallback = "the system's",
     .api = "--ca-file",
     .doc = "Certificates to trust instead of the system's, PEM.",
     .example = "certs/private-ca.pem"},
    {.key = "credentials",
     .shape = mapping_of(kCredentials),
     .doc =
         "Who to be on the service: exactly one of the following. Secrets do not stand here but in the files that are "
         "named here.",
     .example = "{token_file: /run/credentials/fgsync.service/token}"},
    {.key = "sources",
     .shape = list_of(kSourceShape, 100),
     .fallback = "the folder of this file",
     .doc = "Where the manifests are.",
     .example = "[{directory: manifests}]"},
    {.key = "intervals",
     .shape = mapping_of(kIntervals),
     .doc = "When the daemon looks, and how long a look holds.",
     .example = "{sweep: 5m}"},
    {.key = "state_directory",
     .shape = kFile,
     .fallback = "fgsync in the XDG state home",
     .api = "--state, FGSYNC_STATE, STATE_DIRECTORY",
     .doc = "Where fgsync remembers what it did.",
     .example = "/var/lib/fgsync"},
    {.key = "parallel",
     .shape = integer(1, 256),
     .fallback = "8",
     .api = "--parallel",
     .doc = "Functions that are worked on at once.",
     .example = "8"},
    {.key = "budget",
     .shape = mapping_of(kBudget),
     .doc = "How much to ask of the service.",
     .example = "{requests_per_second: 20}"},
    {.key = "timeouts",
     .shape = mapping_of(kTimeouts),
     .doc = "How long to wait for the service.",
     .example = "{call: 30s, upload: 5m}"},
    {.key = "guards",
     .shape = mapping_of(kGuards),
     .doc = "What one run may do at most.",
     .example = "{max_delete: 5}"},
    {.key = "import_via",
     .shape = one_of(kImportWays),
     .fallback = "auto",
     .doc = "How new functions are made: `import` and `create` are calls of the service; `auto` imports, and creates "
            "where "
            "the service refuses that.",
     .example = "create"},
    {.key = "markers",
     .shape = named(kSwitch),
     .fallback = "on",
     .doc = "Whether functions are marked as fgsync's own in their description.",
     .example = "off"},
    {.key = "secrets",
     .shape = mapping_of(kSecrets),
     .doc = "Which secrets manifests may name. Without it, none.",
     .example = "{allow_env: [\"FN_*\"]}"},
    {.key = "fingerprint_key_file",
     .shape = kFile,
     .doc = "A file with the key under which secrets enter the names of versions.",
     .example = "/run/credentials/fgsync.service/fingerprint-key"},
});

constexpr auto kNameOfTarget = std::to_array<Field>({
    {.key = "name", .shape = named(kTargetName), .presence = kRequired, .doc = "What to call it.", .example = "eu"},
});

template <std::size_t First, std::size_t Second>
constexpr std::array<Field, First + Second> joined(const std::array<Field, First>& first,
                                                   const std::array<Field, Second>& second) {
  std::array<Field, First + Second> all;
  for (std::size_t i = 0; i < First; ++i) all[i] = first[i];
  for (std::size_t i = 0; i < Second; ++i) all[First + i] = second[i];
  return all;
}

constexpr auto kSynonyms = std::to_array<Synonym>({{"project", "project_id"},
                                                   {"state", "state_directory"},
                                                   {"directory", "sources"},
                                                   {"token_file", "credentials"},
                                                   {"environment", "sources"},
                                                   {"prune", "guards"},
                                                   {"allow_env", "secrets"},
                                                   {"allow_directories", "secrets"},
                                                   {"logging", "log"}});

constexpr auto kTarget = joined(kNameOfTarget, kTargetKeys);
constexpr Shape kTargetShape = mapping_of(kTarget, kSynonyms);

constexpr auto kOwnKeys = std::to_array<Field>({
    {.key = "mode",
     .shape = one_of(kModes),
     .fallback = "enforce",
     .doc = "`observe`: nothing is ever written to the service. `plan` works as always, `sync` refuses to start.",
     .example = "observe"},
    {.key = "control",
     .shape = mapping_of(kControl),
     .doc = "How to talk to the daemon.",
     .example = "{socket: /run/fgsync/control.sock}"},
    {.key = "metrics",
     .shape = mapping_of(kMetrics),
     .fallback = "none",
     .doc = "What the daemon tells Prometheus.",
     .example = "{listen: \"127.0.0.1:9464\"}"},
    {.key = "log", .shape = mapping_of(kLog), .doc = "What the daemon logs.", .example = "{level: info}"},
    {.key = "ping_url",
     .shape = named(kPingUrl),
     .fallback = "none",
     .doc = "Asked with GET after each time that all functions of all targets were looked at, so that a service which "
            "watches for silence notices when the daemon does not do that any more.",
     .example = "https://ping.example.org/fgsync"},
    {.key = "targets",
     .shape = list_of(kTargetShape, 100),
     .fallback = "one, of the keys above",
     .doc = "Several projects or regions in one daemon. Each has a name, and may hold any key from `endpoint` to "
            "`fingerprint_key_file`; what it leaves out is as above.",
     .example = "[{name: eu, region: eu-de}]"},
});
constexpr auto kSpec = joined(kTargetKeys, kOwnKeys);

constexpr auto kMetadata = std::to_array<Field>({
    {.key = "name",
     .shape = named(kSourceId),
     .fallback = "the name of the folder, with `-` for what it cannot contain",
     .doc =
         "The source id. It stands in the mark by which fgsync knows its functions, so changing it means to lose them.",
     .example = "media-prod"},
});

constexpr auto kApiVersions = std::to_array<std::string_view>({"fgsync/v1"});
constexpr auto kKinds = std::to_array<std::string_view>({"Config"});
constexpr auto kDocument = std::to_array<Field>({
    {.key = "apiVersion",
     .shape = one_of(kApiVersions),
     .presence = kRequired,
     .doc = "The version of this format.",
     .example = "fgsync/v1"},
    {.key = "kind", .shape = one_of(kKinds), .presence = kRequired, .doc = "What this is.", .example = "Config"},
    {.key = "metadata", .shape = mapping_of(kMetadata), .doc = "Its name.", .example = "{name: media-prod}"},
    {.key = "spec",
     .shape = mapping_of(kSpec, kSynonyms),
     .presence = kRequired,
     .doc = "What it says. It may be empty: `{}`.",
     .example = "{}"},
});
constexpr Shape kDocumentShape = mapping_of(kDocument);

}  // namespace

const Shape& document_shape() {
  return kDocumentShape;
}

}  // namespace fgsync::config

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "package/contents.hpp"
#include "plan/desired.hpp"

namespace fgsync::plan {

/// Make the function: from an import package, or through the create API for what no package carries and where the
/// endpoint is known to refuse packages. One that refuses the first time is met by creating in the same step.
struct ImportFunction {
  enum class Via { package, create_call };
  Via via = Via::package;
  std::string description = {};  ///< the user's; the marker is added. All else that it brings is in the fingerprint
};

/// Replace latest's code.
struct UpdateCode {
  RemoteDigest before;
  std::optional<ArchiveDigest> after;            ///< absent while the code was not zipped
  std::optional<package::ContentsDiff> files;    ///< absent when what was applied before is not known
  std::optional<FieldChange> dependencies = {};  ///< another list of dependency versions; both travel in one call

  [[nodiscard]] bool changes_code() const { return !dependencies || (after && !matches(*after, before)); }
};

/// Replace latest's configuration.
struct UpdateConfig {
  std::vector<FieldChange> changes;  ///< may be empty: only the ownership marker is written or removed
};

struct PublishVersion {
  std::string version;
  std::string description;  ///< the user's; the marker is added when publishing
  bool is_auto = false;
};

/// What share of the requests goes to another version than the alias's own: by weight or by what a request looks like.
struct Traffic {
  std::map<std::string, int> weights;  ///< percent, by version
  std::map<std::string, functiongraph::VersionStrategy> strategies;

  [[nodiscard]] bool is_whole() const { return weights.empty() && strategies.empty(); }
  /// `10 % to v1.3.0`; empty when it is whole.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Traffic&, const Traffic&) = default;
};

struct CreateAlias {
  std::string name;
  std::string version;
  std::string description;
  Traffic traffic = {};
};

/// Point an existing alias elsewhere, in one call.
struct UpdateAlias {
  std::string name;
  std::string from;
  std::string to;
  std::string description;
  Traffic traffic_before = {};
  Traffic traffic = {};
};

struct DeleteAlias {
  std::string name;
  std::string version;  ///< that it is on
};

/// How many instances the function may have.
struct UpdateMaxInstances {
  int before = -1;
  int after = -1;
};

struct UpdateTags {
  std::vector<FieldChange> changes;  ///< `tags.KEY`
};

/// What becomes of asynchronous invocations of latest.
struct UpdateAsyncConfig {
  std::vector<FieldChange> changes;  ///< `function_async_config.…`
};

/// Instances of a version or an alias that are kept ready.
struct UpdateReservedInstances {
  std::string qualifier;
  std::vector<FieldChange> changes;  ///< `reserved_instances.QUALIFIER.count`, `….idle_mode`
};

/// Make room: a version that nobody uses any more.
struct DeleteVersion {
  std::string version;
};

/// With all its versions, aliases and triggers. There is no way back.
struct DeleteFunction {};

using Action =
    std::variant<ImportFunction, UpdateCode, UpdateConfig, PublishVersion, CreateAlias, UpdateAlias, UpdateMaxInstances,
                 UpdateTags, UpdateAsyncConfig, UpdateReservedInstances, DeleteAlias, DeleteVersion, DeleteFunction>;

/// Why a step is wanted.
enum class Reason {
  absent,           ///< the function does not exist
  code_changed,     ///< the code differs from latest's
  desired_changed,  ///< the manifest changed since it was last applied
  drifted,          ///< the service's side changed since
  both_changed,
  differs,  ///< which side changed is not known (no record of the last apply)
  adopted,  ///< taken over: the ownership marker is written
  version_missing,
  alias_missing,
  alias_differs,
  alias_removed,  ///< no manifest wants it any more
  superseded,     ///< a version that is older than those to be kept
  head_room,      ///< the service's limit of versions is near
  manifest_removed,
  recreated,       ///< what cannot be changed in place is made anew
  secret_unknown,  ///< whether a secret changed cannot be known without state
};

std::string_view name_of(Reason reason);

struct Step {
  Action action;
  Reason reason;
  SourcePosition position;
};

/// `import` or `create`, `update_code`, `update_config`, `publish`, `create_alias`, `update_alias`,
/// `update_max_instances`, `update_tags`, `update_async_config`, `update_reserved_instances`, `delete_alias`,
/// `delete_version`, `delete_function`.
std::string_view kind_of(const Action& action);
/// 12 hex digits over what the step does, and to what it was before: the same on every machine. What an import or new
/// code brings is not in it, but in the function's fingerprint.
std::string step_id(const Action& action);
/// The step in a few words, for intents, logs and progress: `publish v1.4.0`.
std::string describe(const Action& action);
/// Whether these words of `describe` are about making a function.
bool makes_function(std::string_view description);
bool deletes_function(std::string_view description);

/// Something that is wanted and will not be done, with the reason and what a person can do.
struct Blocked {
  std::string code;  ///< `version_conflict`, `not_managed`, …
  std::string message;
  std::optional<SourcePosition> position;
  std::vector<std::string> next;
};

/// Something that a person should know and need not do anything about: exit codes do not depend on it.
struct Note {
  std::string code;  ///< `drift_left_alone`, `prune_pending`, …
  std::string message;
};

/// What a step's decision rested on.
struct Preconditions {
  std::optional<RemoteDigest> remote_digest;
  std::vector<std::string> versions;
  std::vector<std::pair<std::string, std::string>> aliases;  ///< name, version
  /// Name, and `Traffic::to_string` of those that share their requests with another version.
  std::vector<std::pair<std::string, std::string>> traffic = {};
};

/// Functions and aliases that a whole run deletes.
struct DeletionCount {
  std::size_t planned = 0;
  std::size_t most = 0;
};

/// The plan for one function. `steps` are in the order of execution.
struct FunctionPlan {
  std::string name;
  std::optional<SourcePosition> position;
  int wave = 0;  ///< applied after all functions of lower waves that it depends on
  std::vector<std::string> depends_on;
  std::vector<Step> steps;
  std::vector<Blocked> blocked;
  std::vector<Note> notes = {};
  std::optional<Error> failure;  ///< its code or the service could not be read: nothing was decided
  Preconditions preconditions;
  std::string fingerprint;  ///< of code and settings as they will be; empty where nothing was decided
  /// The version that is wanted, resolved: a fixed name, or what `auto` stands for. Empty: none is wanted.
  std::string wanted_version;
  /// Where something of it is deleted: how many functions and aliases this run deletes, and how many at most.
  std::optional<DeletionCount> deletions = {};
  bool leaves_code_alone = false;  ///< latest's code is somebody else's, and stays: it is not what was applied
  /// By alias, what is wanted of it, in a form to remember; without those that are blocked.
  std::map<std::string, std::string> alias_wishes = {};

  [[nodiscard]] bool is_unchanged() const { return steps.empty() && blocked.empty() && !failure; }
};

struct Summary {
  int import = 0;
  int create = 0;  ///< functions that are made without an import
  int update_code = 0;
  int update_config = 0;
  int publish = 0;
  int alias = 0;
  int setting = 0;  ///< calls of their own for instances, tags and asynchronous invocations
  int prune = 0;    ///< versions and aliases that are deleted
  int remove = 0;   ///< functions that are deleted
  int blocked = 0;  ///< functions
  int failed = 0;   ///< functions that could not be planned
  int unchanged = 0;
  int noted = 0;  ///< of the unchanged ones: those with notes
};

struct Plan {
  std::string id;                       ///< 12 hex digits over everything that it would do and what that rests on
  std::vector<FunctionPlan> functions;  ///< by wave, then name
  Summary summary;
};

/// Orders the functions, counts, and computes the id.
Plan assemble(std::vector<FunctionPlan> functions);

}  // namespace fgsync::plan

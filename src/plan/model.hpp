#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "package/contents.hpp"
#include "plan/desired.hpp"

namespace fgsync::plan {

/// Create the function from an import package, or through the create API where the endpoint refuses that.
struct ImportFunction {};

/// Replace latest's code.
struct UpdateCode {
  RemoteDigest before;
  std::optional<ArchiveDigest> after;          ///< absent while the code was not zipped
  std::optional<package::ContentsDiff> files;  ///< absent when what was applied before is not known
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

struct CreateAlias {
  std::string name;
  std::string version;
  std::string description;
};

/// Point an existing alias elsewhere, in one call.
struct UpdateAlias {
  std::string name;
  std::string from;
  std::string to;
  std::string description;
};

using Action = std::variant<ImportFunction, UpdateCode, UpdateConfig, PublishVersion, CreateAlias, UpdateAlias>;

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
};

std::string_view name_of(Reason reason);

struct Step {
  Action action;
  Reason reason;
  SourcePosition position;
};

/// `import`, `update_code`, `update_config`, `publish`, `create_alias`, `update_alias`.
std::string_view kind_of(const Action& action);
/// The step in a few words, for intents, logs and progress: `publish v1.4.0`.
std::string describe(const Action& action);

/// Something that is wanted and will not be done, with the reason and what a person can do.
struct Blocked {
  std::string code;  ///< `version_conflict`, `not_managed`, …
  std::string message;
  std::optional<SourcePosition> position;
  std::vector<std::string> next;
};

/// What a step's decision rested on.
struct Preconditions {
  std::optional<RemoteDigest> remote_digest;
  std::vector<std::string> versions;
  std::vector<std::pair<std::string, std::string>> aliases;  ///< name, version
};

/// The plan for one function. `steps` are in the order of execution.
struct FunctionPlan {
  std::string name;
  std::optional<SourcePosition> position;
  int wave = 0;  ///< applied after all functions of lower waves that it depends on
  std::vector<std::string> depends_on;
  std::vector<Step> steps;
  std::vector<Blocked> blocked;
  std::optional<Error> failure;  ///< its code or the service could not be read: nothing was decided
  Preconditions preconditions;
  std::string fingerprint;  ///< of code and settings as they will be; empty where nothing was decided
  /// The version that is wanted, resolved: a fixed name, or what `auto` stands for. Empty: none is wanted.
  std::string wanted_version;

  [[nodiscard]] bool is_unchanged() const { return steps.empty() && blocked.empty() && !failure; }
};

struct Summary {
  int import = 0;
  int update_code = 0;
  int update_config = 0;
  int publish = 0;
  int alias = 0;
  int blocked = 0;  ///< functions
  int failed = 0;   ///< functions that could not be planned
  int unchanged = 0;
};

struct Plan {
  std::string id;                       ///< 12 hex digits over everything that it would do and what that rests on
  std::vector<FunctionPlan> functions;  ///< by wave, then name
  Summary summary;
};

/// Orders the functions, counts, and computes the id.
Plan assemble(std::vector<FunctionPlan> functions);

}  // namespace fgsync::plan

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fgsync::simulation {

// Everything that a simulation does, drawn from its seed beforehand and written down, so that a part of it can be left
// out: that is how a failing one is made small.

/// What goes wrong with one call.
enum class Fault {
  no_connection,       ///< not a byte leaves
  lost_before,         ///< the connection ends before the service gets it
  lost_after,          ///< the service does it, the answer is lost
  error_before,        ///< 5xx, nothing done
  error_after,         ///< 5xx, and done all the same
  throttled,           ///< 429
  throttled_for_long,  ///< 429 with Retry-After
  slow_before,         ///< no answer within the deadline, nothing done
  slow_after,          ///< no answer within the deadline, and done
  stale,               ///< from here on reads do not see what is written, for a while
  cut,                 ///< fewer rows than the answer counts, or half a body
  garbage,             ///< a page of somebody else's
};

struct FaultAt {
  int call = 0;  ///< counted from 0 through all runs
  Fault fault{};
};

/// What somebody changes in the manifests or the configuration between two runs.
enum class Edit {
  code,
  memory,
  variable,
  description,
  release,       ///< new code under a new version's name
  version_kind,  ///< none, a fixed name, auto
  alias_target,
  second_alias,
  weights,
  retain,
  tags,
  instances,
  async,
  protect,
  adopt,
  toggle_manifest,
  // Of the run as a whole:
  pruning,
  markers,
  refresh,
  lose_state,
  pass_time,
  dry_run,
};

struct EditAt {
  int round = 0;
  Edit edit{};
  int function = 0;
  int value = 0;
};

/// What another writer does to the service.
enum class Act {
  update_code,
  update_memory,
  take_mark,   ///< removes our ownership marker
  other_mark,  ///< writes another source's
  move_alias,
  delete_alias,
  publish,
  delete_version,
  delete_function,
  create_function,
  tag,
};

struct ActAt {
  int call = 0;  ///< before this one reaches the service
  Act act{};
  int function = 0;
  int value = 0;
};

/// Where a manifest starts from.
struct Setup {
  bool is_used = true;
  bool exists_already = false;  ///< somebody made it by hand
  int content = 0;
  int memory = 256;
  int version_kind = 1;  ///< 0: none, 1: a fixed name, 2: auto
  int aliases = 1;
  std::optional<int> depends_on;
};

struct Scenario {
  std::uint64_t seed = 0;
  int rounds = 3;
  int parallel = 2;
  bool writes_markers = true;
  bool prunes = false;
  bool refreshes_by_list = false;
  bool ends_with_release = true;  ///< at the end every manifest asks for something that nothing can forbid
  std::optional<int> max_delete;
  std::vector<Setup> functions;
  std::vector<EditAt> edits;
  std::vector<FaultAt> faults;
  std::vector<ActAt> acts;
  std::vector<int> crashes;  ///< points at which the engine dies, counted through all runs
};

Scenario scenario_of(std::uint64_t seed);

std::string_view name_of(Fault fault);
std::string_view name_of(Edit edit);
std::string_view name_of(Act act);
/// `fn-a`, `fn-b`, …
std::string function_name(int index);
/// All of it, a line for each part.
std::string describe(const Scenario& scenario);

}  // namespace fgsync::simulation

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "functiongraph/types.hpp"

namespace fgsync::plan {

/// Versions of one function that the service keeps at most, latest included (docs: notes and constraints).
inline constexpr std::size_t kMaxVersions = 20;

struct RetentionInputs {
  const std::vector<functiongraph::Version>& versions;  ///< published ones, as they are
  bool will_publish = false;
  std::optional<int> retain;  ///< published versions to keep; absent: only the head room counts
  /// Names that stay whatever else: wanted, used by an alias now or after the run or just before, held, with triggers
  /// or reserved instances.
  std::set<std::string> in_use;
};

/// Which versions are pruned. Only ours ever are: those whose description carries our fingerprint. The oldest go first;
/// one whose age is not known stays.
struct Retention {
  std::vector<std::string> before_publish;  ///< without them there is no room for the new one
  std::vector<std::string> after;           ///< once the aliases have moved
  bool is_full = false;                     ///< there is no room, and nothing can be pruned
};

Retention plan_retention(const RetentionInputs& inputs);

}  // namespace fgsync::plan

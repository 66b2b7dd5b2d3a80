#pragma once

#include <set>
#include <string>
#include <vector>

#include "functiongraph/types.hpp"
#include "manifest/function.hpp"
#include "plan/model.hpp"

namespace fgsync::plan {

struct AliasPlan {
  std::vector<Step> steps;  ///< ordered so that every target is free when its turn comes
  std::vector<Blocked> blocked;
};

/// What it takes to make the aliases as wanted. `current_version` is what `current` stands for (empty: nothing),
/// `versions` are the names that will exist. The service allows one alias per version (FSS.1066), so a move waits for
/// the alias that leaves its target; a circle of moves is blocked. Aliases that are not wanted are left alone.
AliasPlan plan_aliases(const std::vector<manifest::WantedAlias>& wanted, const std::string& current_version,
                       const std::vector<functiongraph::Alias>& existing, const std::set<std::string>& versions);

}  // namespace fgsync::plan

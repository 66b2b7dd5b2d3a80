#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "functiongraph/types.hpp"
#include "manifest/function.hpp"
#include "plan/model.hpp"

namespace fgsync::plan {

/// What becomes of an alias that somebody else changed while the manifest stayed.
enum class Drift { put_back, left_alone };

/// What planning the aliases of one function rests on.
struct AliasInputs {
  const std::vector<manifest::WantedAlias>& wanted;
  std::string current_version;  ///< what `current` stands for; empty: nothing
  const std::vector<functiongraph::Alias>& existing;
  std::vector<std::string_view> versions;  ///< names that will exist, `latest` among them
  /// The version that each alias was on before the one it is on, as far as we remember: what `previous` stands for.
  std::map<std::string, std::string> previous = {};
  /// Aliases of ours that no manifest names any more, if they are to be deleted.
  std::set<std::string> unwanted = {};
  /// What was wanted of each alias when it was last so, as `AliasPlan::wishes` said then.
  std::map<std::string, std::string> last_wishes = {};
  Drift drift = Drift::put_back;
};

/// Strategies that were not read count as none: before a move they are read.
Traffic traffic_of(const functiongraph::Alias& alias);

struct AliasPlan {
  std::vector<Step> steps;  ///< ordered so that every target is free when its turn comes
  std::vector<Blocked> blocked;
  std::vector<std::string> left_alone;  ///< drift, in words: `alias prod (v1 instead of v2)`
  std::map<std::string, std::string>
      wishes;  ///< by alias, to be remembered once the steps are done; not of blocked ones
};

/// What it takes to make the aliases as wanted. The service allows one alias per version (FSS.1066), so a move waits
/// for the alias that leaves its target; a circle of moves is blocked. Other aliases are left alone.
AliasPlan plan_aliases(const AliasInputs& inputs);

}  // namespace fgsync::plan

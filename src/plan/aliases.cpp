#include "plan/aliases.hpp"

#include <algorithm>
#include <map>

namespace fgsync::plan {
namespace {

using functiongraph::Alias;
using manifest::WantedAlias;

struct Move {
  const WantedAlias* wanted;
  std::string target;
  const Alias* existing;  ///< null: to be created
};

Blocked block(std::string code, const WantedAlias& alias, const std::string& message) {
  return Blocked{std::move(code), "alias " + alias.name + ": " + message, alias.version_position, {}};
}

std::string describe_weights(const Alias& alias) {
  std::string text;
  for (const auto& [version, percent] : alias.additional_version_weights) {
    text += (text.empty() ? "" : ", ") + std::to_string(percent) + " % to " + version;
  }
  return text;
}

bool is_as_wanted(const Alias& alias, const WantedAlias& wanted, const std::string& target) {
  return alias.version == target && (!wanted.description || *wanted.description == alias.description);
}

Step to_step(const Move& move) {
  const WantedAlias& wanted = *move.wanted;
  if (move.existing == nullptr) {
    return Step{CreateAlias{wanted.name, move.target, wanted.description.value_or("")}, Reason::alias_missing,
                wanted.position};
  }
  return Step{UpdateAlias{wanted.name, move.existing->version, move.target,
                          wanted.description.value_or(move.existing->description)},
              Reason::alias_differs, wanted.position};
}

}  // namespace

AliasPlan plan_aliases(const std::vector<WantedAlias>& wanted, const std::string& current_version,
                       const std::vector<Alias>& existing, const std::set<std::string>& versions) {
  AliasPlan plan;
  std::map<std::string, std::string> holder;  // version → the alias on it, as the moves go on
  for (const Alias& alias : existing) holder[alias.version] = alias.name;

  std::vector<Move> waiting;
  for (const WantedAlias& alias : wanted) {
    const std::string target = alias.version == "current" ? current_version : alias.version;
    const auto found =
        std::find_if(existing.begin(), existing.end(), [&](const Alias& a) { return a.name == alias.name; });
    const Alias* there = found == existing.end() ? nullptr : &*found;
    if (!versions.contains(target)) {
      plan.blocked.push_back(
          block("version_missing", alias, "version " + target + " is neither published nor the wanted version"));
    } else if (there != nullptr && !there->additional_version_weights.empty()) {
      plan.blocked.push_back(
          block("alias_weights", alias,
                "splits its traffic (" + describe_weights(*there) +
                    "), which this version of fgsync does not manage: end the split on the service"));
    } else if (there == nullptr || !is_as_wanted(*there, alias, target)) {
      waiting.push_back({&alias, target, there});
    }
  }

  bool has_progress = true;
  while (has_progress && !waiting.empty()) {
    has_progress = false;
    for (auto move = waiting.begin(); move != waiting.end();) {
      const auto occupant = holder.find(move->target);
      if (move->target != "latest" && occupant != holder.end() && occupant->second != move->wanted->name) {
        ++move;
        continue;
      }
      if (move->existing != nullptr) holder.erase(move->existing->version);
      holder[move->target] = move->wanted->name;
      plan.steps.push_back(to_step(*move));
      move = waiting.erase(move);
      has_progress = true;
    }
  }

  for (const Move& move : waiting) {
    const std::string& other = holder[move.target];
    plan.blocked.push_back(block("version_taken", *move.wanted,
                                 "version " + move.target + " already has the alias " + other +
                                     ", and the service allows one alias per version: move or remove " + other +
                                     " first"));
  }
  return plan;
}

}  // namespace fgsync::plan

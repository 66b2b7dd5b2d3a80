#include "plan/aliases.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "plan/marker.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Alias;
using manifest::WantedAlias;

constexpr const char* kPrevious = "previous";

struct Move {
  const WantedAlias* wanted;
  std::string target;
  Traffic traffic;
  const Alias* existing;  ///< null: to be created
};

Blocked block(std::string code, const WantedAlias& alias, const std::string& message) {
  return Blocked{std::move(code), "alias " + alias.name + ": " + message, alias.version_position, {}};
}

const Alias* find_alias(const std::vector<Alias>& aliases, const std::string& name) {
  const auto found =
      std::find_if(aliases.begin(), aliases.end(), [&](const Alias& alias) { return alias.name == name; });
  return found == aliases.end() ? nullptr : &*found;
}

functiongraph::VersionStrategy to_strategy(const manifest::TrafficStrategy& wanted) {
  functiongraph::VersionStrategy strategy{wanted.combine_type, {}};
  for (const manifest::TrafficRule& rule : wanted.rules) {
    strategy.rules.push_back({rule.rule_type, rule.param, rule.op, rule.value});
  }
  return strategy;
}

/// What the manifest says, with the version that `current` stands for.
std::string wish_of(const WantedAlias& alias, const std::string& target) {
  Traffic traffic{alias.additional_version_weights, {}};
  for (const auto& [version, wanted] : alias.additional_version_strategy) {
    traffic.strategies[version] = to_strategy(wanted);
  }
  return target + "\n" + traffic.to_string() + (alias.description ? "\n" + *alias.description : "");
}

class AliasPlanner {
 public:
  explicit AliasPlanner(const AliasInputs& inputs) : inputs_(inputs), unwanted_(inputs.unwanted) {
    for (const Alias& alias : inputs.existing) holder_[alias.version] = alias.name;
  }

  AliasPlan run() {
    for (const WantedAlias& alias : inputs_.wanted) decide(alias);
    order_moves();
    while (!unwanted_.empty()) remove(std::string(*unwanted_.begin()));
    return std::move(plan_);
  }

 private:
  [[nodiscard]] bool will_exist(std::string_view version) const {
    const auto& versions = inputs_.versions;
    return std::find(versions.begin(), versions.end(), version) != versions.end();
  }

  void decide(const WantedAlias& alias) {
    const std::string target = alias.version == "current" ? inputs_.current_version : alias.version;
    const Alias* there = find_alias(inputs_.existing, alias.name);
    if (!will_exist(target)) {
      plan_.blocked.push_back(
          block("version_missing", alias, "version " + target + " is neither published nor the wanted version"));
      return;
    }
    auto traffic = wanted_traffic(alias, target, there);
    if (!traffic) {
      plan_.blocked.push_back(std::move(traffic).error());
      return;
    }
    const bool is_described =
        there != nullptr && (!alias.description || *alias.description == split_hold(there->description).text);
    const std::string wish = wish_of(alias, target);
    if (there != nullptr && there->version == target && is_described && traffic_of(*there) == *traffic) {
      plan_.wishes[alias.name] = wish;
    } else if (is_left_alone(alias, wish)) {
      plan_.wishes[alias.name] = wish;
      plan_.left_alone.push_back(describe_drift(alias, target, there));
    } else {
      waiting_.push_back({&alias, target, std::move(*traffic), there});
    }
  }

  [[nodiscard]] bool is_left_alone(const WantedAlias& alias, const std::string& wish) const {
    const auto last = inputs_.last_wishes.find(alias.name);
    return inputs_.drift == Drift::left_alone && last != inputs_.last_wishes.end() && last->second == wish;
  }

  static std::string describe_drift(const WantedAlias& alias, const std::string& target, const Alias* there) {
    const std::string text = "alias " + alias.name;
    if (there == nullptr) return text + " (none instead of " + target + ")";
    return there->version == target ? text : text + " (" + there->version + " instead of " + target + ")";
  }

  /// The version that the alias was on before `target`; empty: there was none.
  [[nodiscard]] std::string previous_of(const std::string& alias, const std::string& target, const Alias* there) const {
    if (there == nullptr) return "";
    if (there->version != target) return there->version;
    // What the service says comes before our memory: another machine may have moved the alias since.
    const Traffic traffic = traffic_of(*there);
    if (traffic.weights.size() == 1) return traffic.weights.begin()->first;
    if (traffic.strategies.size() == 1) return traffic.strategies.begin()->first;
    const auto remembered = inputs_.previous.find(alias);
    return remembered == inputs_.previous.end() ? "" : remembered->second;
  }

  using TrafficOrBlocked = tl::expected<Traffic, Blocked>;

  TrafficOrBlocked wanted_traffic(const WantedAlias& alias, const std::string& target, const Alias* there) const {
    Traffic traffic;
    for (const auto& [name, percent] : alias.additional_version_weights) {
      auto version = additional_version(alias, name, target, there);
      if (!version) return tl::make_unexpected(std::move(version).error());
      if (!version->empty()) traffic.weights[*version] = percent;
    }
    for (const auto& [name, wanted] : alias.additional_version_strategy) {
      auto version = additional_version(alias, name, target, there);
      if (!version) return tl::make_unexpected(std::move(version).error());
      if (!version->empty()) traffic.strategies[*version] = to_strategy(wanted);
    }
    return traffic;
  }

  /// Empty: there is no previous one, so nothing to divide.
  tl::expected<std::string, Blocked> additional_version(const WantedAlias& alias, const std::string& name,
                                                        const std::string& target, const Alias* there) const {
    const bool is_previous = name == kPrevious;
    std::string version = is_previous ? previous_of(alias.name, target, there) : name;
    const auto refuse = [&](std::string code, const std::string& why) {
      return tl::make_unexpected(block(std::move(code), alias, why));
    };
    if (version == target && !is_previous) {
      return refuse("alias_weights", "version " + version + " is its own version and cannot be an additional one");
    }
    if (version == "latest") {
      if (is_previous) return std::string();
      return refuse("alias_weights", "latest cannot be an additional version");
    }
    if (version == target || (is_previous && !will_exist(version))) return std::string();
    if (!will_exist(version)) {
      return refuse("version_missing",
                    "the additional version " + version + " is neither published nor the wanted version");
    }
    return version;
  }

  void order_moves() {
    bool has_progress = true;
    while (has_progress && !waiting_.empty()) {
      has_progress = false;
      for (auto move = waiting_.begin(); move != waiting_.end();) {
        const std::string* occupant = occupant_of(*move);
        if (occupant != nullptr && unwanted_.contains(*occupant)) {
          remove(std::string(*occupant));
          occupant = nullptr;
        }
        if (occupant != nullptr) {
          ++move;
          continue;
        }
        if (move->existing != nullptr) holder_.erase(move->existing->version);
        holder_[move->target] = move->wanted->name;
        plan_.steps.push_back(to_step(*move));
        plan_.wishes[move->wanted->name] = wish_of(*move->wanted, move->target);
        move = waiting_.erase(move);
        has_progress = true;
      }
    }
    for (const Move& move : waiting_) plan_.blocked.push_back(why_it_waits(move));
  }

  [[nodiscard]] Blocked why_it_waits(const Move& move) const {
    const std::string& other = holder_.at(move.target);
    if (const std::string circle = circle_of(move); !circle.empty()) {
      return block("alias_cycle", *move.wanted,
                   "waits for itself: " + circle +
                       "; the service allows one alias per version, so none of them can move first: let one of them "
                       "move to a version that is free, or to latest, and back in a second run");
    }
    return block("version_taken", *move.wanted,
                 "version " + move.target + " already has the alias " + other +
                     ", and the service allows one alias per version: move or remove " + other + " first");
  }

  /// `a wants v2, which b has; b wants v1, which a has`; empty when the aliases that `start` waits for end elsewhere.
  [[nodiscard]] std::string circle_of(const Move& start) const {
    std::string text;
    const Move* move = &start;
    for (std::size_t steps = 0; steps < waiting_.size(); ++steps) {
      const std::string& other = holder_.at(move->target);
      text += (text.empty() ? "" : "; ") + move->wanted->name + " wants " + move->target + ", which " + other + " has";
      if (other == start.wanted->name) return text;
      const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                     [&](const Move& waiting) { return waiting.wanted->name == other; });
      if (next == waiting_.end()) return "";
      move = &*next;
    }
    return "";
  }

  /// Another alias on the target; null: it is free.
  [[nodiscard]] const std::string* occupant_of(const Move& move) const {
    const auto occupant = holder_.find(move.target);
    const bool is_free = move.target == "latest" || occupant == holder_.end() || occupant->second == move.wanted->name;
    return is_free ? nullptr : &occupant->second;
  }

  /// `name` is not one in `unwanted_` or `holder_`: these lose it.
  void remove(const std::string& name) {
    unwanted_.erase(name);
    const Alias* there = find_alias(inputs_.existing, name);
    if (there == nullptr) return;
    holder_.erase(there->version);
    plan_.steps.push_back(Step{DeleteAlias{name, there->version}, Reason::alias_removed, {}});
  }

  static Step to_step(const Move& move) {
    const WantedAlias& wanted = *move.wanted;
    if (move.existing == nullptr) {
      return Step{CreateAlias{wanted.name, move.target, wanted.description.value_or(""), move.traffic},
                  Reason::alias_missing, wanted.position};
    }
    return Step{UpdateAlias{wanted.name, move.existing->version, move.target,
                            wanted.description.value_or(split_hold(move.existing->description).text),
                            traffic_of(*move.existing), move.traffic},
                Reason::alias_differs, wanted.position};
  }

  const AliasInputs& inputs_;
  std::set<std::string> unwanted_;
  std::map<std::string, std::string> holder_;  ///< version → the alias on it, as the moves go on
  std::vector<Move> waiting_;
  AliasPlan plan_;
};

}  // namespace

Traffic traffic_of(const Alias& alias) {
  Traffic traffic{alias.additional_version_weights, {}};
  if (alias.additional_version_strategy) traffic.strategies = *alias.additional_version_strategy;
  return traffic;
}

AliasPlan plan_aliases(const AliasInputs& inputs) {
  return AliasPlanner(inputs).run();
}

}  // namespace fgsync::plan

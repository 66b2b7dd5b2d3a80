#include "cli/function_status.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "functiongraph/timestamp.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::cli {
namespace {

std::optional<std::int64_t> seconds_of(const std::string& iso8601) {
  const auto time = functiongraph::parse_timestamp(iso8601);
  return time ? std::optional(reconcile::epoch_seconds(*time)) : std::nullopt;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Rows by the name of their function; of several the first.
template <class Row>
class ByName {
 public:
  ByName(const std::vector<Row>& rows, std::string Row::* name) {
    for (const Row& row : rows) rows_.emplace(row.*name, &row);
  }
  /// Null: there is none.
  [[nodiscard]] const Row* find(const std::string& name) const {
    const auto found = rows_.find(name);
    return found == rows_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const std::map<std::string_view, const Row*>& rows() const { return rows_; }

 private:
  std::map<std::string_view, const Row*> rows_;
};

/// All that is known, by function. Refers to the inputs and the state.
struct Index {
  Index(const StatusInputs& given, const state::Snapshot& state)
      : inputs(given),
        failing_since(state.failing_since),
        functions(given.functions, &manifest::Function::name),
        inventory(state.inventory, &state::InventoryEntry::name),
        holds(state.holds, &state::HoldEntry::function),
        suspensions(state.suspensions, &state::SuspensionEntry::function),
        intents(state.open_intents, &state::Intent::function),
        newest(state.newest, &state::HistoryEntry::function),
        last_applied(state.last_applied, &state::HistoryEntry::function),
        last_failed(state.last_failed, &state::HistoryEntry::function),
        last_removed(state.last_removed, &state::HistoryEntry::function) {}

  const StatusInputs& inputs;
  const std::map<std::string, std::string>& failing_since;
  ByName<manifest::Function> functions;
  ByName<state::InventoryEntry> inventory;
  ByName<state::HoldEntry> holds;
  ByName<state::SuspensionEntry> suspensions;
  ByName<state::Intent> intents;
  ByName<state::HistoryEntry> newest;
  ByName<state::HistoryEntry> last_applied;
  ByName<state::HistoryEntry> last_failed;
  ByName<state::HistoryEntry> last_removed;
};

template <class Row>
std::optional<Row> copy_of(const Row* row) {
  return row == nullptr ? std::nullopt : std::optional(*row);
}

/// Where each alias was set to; the wish of an alias begins with its target, on a line of its own.
std::map<std::string, std::string> targets_of(const state::InventoryEntry& entry) {
  std::map<std::string, std::string> targets;
  for (const std::string& alias : entry.aliases) {
    const auto wish = entry.alias_wishes.find(alias);
    targets[alias] = wish == entry.alias_wishes.end() ? "" : wish->second.substr(0, wish->second.find('\n'));
  }
  return targets;
}

/// Looks at one function; the first rule that fits says how it is.
class Judge {
 public:
  Judge(const Index& index, std::string name) : index_(index) {
    status_.name = std::move(name);
    wanted_ = index.functions.find(status_.name);
    status_.last_applied = copy_of(index.inventory.find(status_.name));
    suspension_ = index.suspensions.find(status_.name);
    status_.is_suspended = suspension_ != nullptr || (wanted_ != nullptr && wanted_->handling.is_suspended);
    status_.hold = copy_of(index.holds.find(status_.name));
    status_.newest = copy_of(index.newest.find(status_.name));
    status_.last_failure = copy_of(index.last_failed.find(status_.name));
    // What was applied to a function that is out of the inventory says nothing of one that has its name now.
    if (!status_.last_applied) return;
    status_.aliases = targets_of(*status_.last_applied);
    status_.last_success = copy_of(index.last_applied.find(status_.name));
    look_at_times();
  }

  FunctionStatus judge() {
    const bool is_judged = judge_manifest() || judge_steps() || judge_decisions() || judge_failure() ||
                           judge_memory() || judge_orphan() || judge_difference();
    if (!is_judged) {
      set(Condition::synced, "applied", "as its manifest says", status_.last_success ? status_.last_success->at : "");
      look_at_version();
    }
    return std::move(status_);
  }

 private:
  bool set(Condition condition, std::string code, std::string reason, std::string since = "") {
    status_.condition = condition;
    status_.code = std::move(code);
    status_.reason = std::move(reason);
    status_.since = std::move(since);
    return true;
  }

  void look_at_times() {
    if (status_.last_success) status_.observed_at = seconds_of(status_.last_success->at);
    if (!status_.last_applied->sighting) return;
    const std::int64_t seen = status_.last_applied->sighting->at;
    status_.observed_at = std::max(seen, status_.observed_at.value_or(seen));
  }

  /// An automatic name is known by an alias that is to follow it.
  void look_at_version() {
    if (wanted_ == nullptr || !wanted_->version) return;
    if (!wanted_->version->is_auto) {
      status_.version = wanted_->version->name;
      return;
    }
    for (const manifest::WantedAlias& alias : wanted_->aliases) {
      const auto target = status_.aliases.find(alias.name);
      if (alias.version == "current" && target != status_.aliases.end()) status_.version = target->second;
    }
  }

  bool judge_manifest() {
    const auto rejected = index_.inputs.rejected.find(status_.name);
    if (rejected == index_.inputs.rejected.end()) return false;
    return set(Condition::blocked, "manifest_error", "its manifest has an error: " + rejected->second);
  }

  bool judge_steps() {
    const auto* intent = index_.intents.find(status_.name);
    if (intent == nullptr) return false;
    if (index_.inputs.is_running) {
      return set(Condition::progressing, "under_way", intent->step + " is under way", intent->started_at);
    }
    return set(Condition::unknown, "interrupted",
               "whether " + intent->step + " took effect is not known; the next sync looks", intent->started_at);
  }

  bool judge_decisions() {
    if (suspension_ != nullptr) {
      const std::string& reason = suspension_->reason;
      return set(Condition::suspended, "suspended",
                 "by " + suspension_->who + (reason.empty() ? "" : ": " + reason) + "; it goes on with fgsync resume " +
                     status_.name,
                 suspension_->at);
    }
    if (status_.is_suspended) {
      return set(Condition::suspended, "suspended", "its manifest says suspend: true");
    }
    const auto& hold = status_.hold;
    if (!hold) return false;
    return set(Condition::held, "held",
               "fingerprint " + hold->fingerprint + " is held by " + hold->who +
                   (hold->reason.empty() ? "" : ": " + hold->reason),
               hold->at);
  }

  bool judge_failure() {
    if (!status_.newest || status_.newest->event != "failed") return false;
    const auto failed_at = seconds_of(status_.newest->at);
    // Seen as it should be after that. Within one second nobody knows which came first.
    if (failed_at && status_.observed_at && *status_.observed_at > *failed_at) return false;
    const auto since = index_.failing_since.find(status_.name);
    return set(Condition::failed, "failed", status_.newest->detail,
               since == index_.failing_since.end() ? status_.newest->at : since->second);
  }

  bool judge_memory() {
    if (status_.last_applied) return false;
    if (!index_.inputs.state) return set(Condition::unknown, "no_state", "there is no state");
    if (const auto* removed = index_.last_removed.find(status_.name)) return judge_removed(*removed);
    return set(Condition::unknown, "never_applied", "this state has never seen it applied");
  }

  /// It is not in the inventory, so nothing was applied since.
  bool judge_removed(const state::HistoryEntry& removed) {
    const std::string who = " by " + removed.actor + " at " + removed.at;
    if (removed.event == "deleted") {
      return set(Condition::progressing, "deleted", "it was deleted" + who + "; the next sync makes it again",
                 removed.at);
    }
    const bool adopts = wanted_ != nullptr && wanted_->handling.adopt;
    return set(adopts ? Condition::progressing : Condition::blocked, "forgotten",
               "it was left to others" + who +
                   (adopts ? "; its manifest says adopt: true, so the next sync takes it over again"
                           : "; remove its manifest, or take it over again with fgsync sync --adopt"),
               removed.at);
  }

  bool judge_orphan() {
    if (wanted_ != nullptr) return false;
    if (!index_.inputs.has_all_manifests) {
      return set(Condition::unknown, "manifests_unknown", "whether a manifest wants it is not known");
    }
    if (status_.last_applied->is_protected) {
      return set(Condition::blocked, "protected", "no manifest wants it any more, and its last one said protect: true");
    }
    if (status_.last_applied->awaits_mark) {
      return set(Condition::blocked, "adoption_undone",
                 "it was adopted, but no manifest describes it any more, and nothing was done to it: it is left alone; "
                 "fgsync forget " +
                     status_.name + " takes it out of the state");
    }
    const std::string runs = std::to_string(status_.last_applied->missing_runs);
    if (index_.inputs.prunes) {
      return set(Condition::progressing, "prune_pending",
                 "no manifest wants it any more; " + runs + (runs == "1" ? " run" : " runs") + " found none");
    }
    return set(Condition::blocked, "manifest_removed",
               "no manifest wants it any more; fgsync sync --prune deletes it, fgsync forget " + status_.name +
                   " leaves it to others");
  }

  bool judge_difference() {
    const auto found = index_.inputs.differences.find(status_.name);
    if (found != index_.inputs.differences.end()) {
      const Difference& difference = found->second;
      if (difference.problem) return set(Condition::blocked, "code_unreadable", *difference.problem);
      if (status_.last_applied->refused_publish) {
        return set(Condition::blocked, "refused_publish", status_.last_applied->refused_publish->why);
      }
      if (!difference.fields.empty()) {
        return set(Condition::progressing, "manifest_changed",
                   "not applied yet: " + joined(difference.fields) + "; the next sync does");
      }
    }
    return false;
  }

  const Index& index_;
  const manifest::Function* wanted_ = nullptr;
  const state::SuspensionEntry* suspension_ = nullptr;
  FunctionStatus status_;
};

}  // namespace

std::vector<FunctionStatus> statuses_of(const StatusInputs& inputs) {
  const state::Snapshot nothing;
  const state::Snapshot& state = inputs.state ? *inputs.state : nothing;
  const Index index(inputs, state);
  std::set<std::string> names;
  for (const auto& [name, function] : index.functions.rows()) names.emplace(name);
  for (const auto& [name, where] : inputs.rejected) names.insert(name);
  for (const auto& [name, entry] : index.inventory.rows()) names.emplace(name);
  for (const auto& [name, intent] : index.intents.rows()) names.emplace(name);
  // These outlive the function: nobody is to meet them unawares when its name comes back.
  for (const auto& [name, hold] : index.holds.rows()) names.emplace(name);
  for (const auto& [name, suspension] : index.suspensions.rows()) names.emplace(name);
  std::vector<FunctionStatus> statuses;
  for (const std::string& name : names) statuses.push_back(Judge(index, name).judge());
  return statuses;
}

bool is_stale(const FunctionStatus& status, std::int64_t max_age_s, std::int64_t now) {
  return !status.observed_at || now - *status.observed_at > max_age_s;
}

}  // namespace fgsync::cli

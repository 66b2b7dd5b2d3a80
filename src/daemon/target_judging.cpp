// What a plan says about how functions are, and what of it may be done without asking.
#include <algorithm>
#include <utility>

#include "daemon/step_text.hpp"
#include "daemon/target.hpp"

namespace fgsync::daemon {

namespace {

/// Fewer changes than these may always be made.
constexpr std::size_t kFewChanges = 10;

Condition condition_of(const plan::Blocked& blocked) {
  if (blocked.code == "held") return Condition::held;
  if (blocked.code == "suspended") return Condition::suspended;
  return Condition::blocked;
}

}  // namespace

void Target::judge_plan(const plan::FunctionPlan& function, Judgement of_steps) {
  FunctionView& row = table_.row(function.name);
  row.steps.clear();
  for (const plan::Step& step : function.steps) row.steps.push_back(plan::describe(step.action));
  row.version = function.wanted_version.empty() ? row.version : function.wanted_version;
  memories_[function.name].is_in_order = function.steps.empty() && function.blocked.empty();
  if (!function.steps.empty()) {
    table_.judge(function.name, std::move(of_steps));
    return;
  }
  if (!function.blocked.empty()) {
    const plan::Blocked& first = function.blocked.front();
    table_.judge(function.name, {condition_of(first), first.code, first.message});
    return;
  }
  const bool is_orphan = wanted_function(function.name) == nullptr;
  if (auto suspended = suspension_of(function.name)) {
    table_.judge(function.name, std::move(*suspended));
  } else if (!function.notes.empty()) {
    const plan::Note& note = function.notes.front();
    table_.judge(function.name, {is_orphan ? Condition::progressing : Condition::synced, note.code, note.message});
  } else {
    table_.judge(function.name, {Condition::synced, "in_sync", "as its manifest says"});
  }
  if (!is_orphan) table_.note_success(function.name);
}

/// One that is suspended is said to be so, also while nothing is to be done to it.
std::optional<Judgement> Target::suspension_of(const std::string& function) const {
  const auto found = suspensions_.find(function);
  if (found != suspensions_.end()) {
    const state::SuspensionEntry& entry = found->second;
    return Judgement{Condition::suspended, "suspended",
                     "by " + entry.who + (entry.reason.empty() ? "" : ": " + entry.reason) +
                         "; it goes on with fgsync resume " + function};
  }
  const manifest::Function* wanted = wanted_function(function);
  if (wanted == nullptr || !wanted->handling.is_suspended) return std::nullopt;
  return Judgement{Condition::suspended, "suspended", "its manifest says suspend: true"};
}

std::size_t Target::most_changes() const {
  const std::size_t share = inventory_size_ * static_cast<std::size_t>(settings_.max_change_percent) / 100;
  return std::max(share, kFewChanges);
}

/// What somebody agreed to does not, and what was begun is brought to its end.
bool Target::needs_approval(const plan::FunctionPlan& function) const {
  if (function.steps.empty() || wanted_function(function.name) == nullptr) return false;
  const auto begun = unattended_.find(function.name);
  if (begun != unattended_.end() && begun->second.fingerprint == function.fingerprint) return false;
  const auto memory = memories_.find(function.name);
  return memory == memories_.end() || !memory->second.approved;
}

void Target::note_open_changes(const plan::Plan& plan, const reconcile::Reconciler& reconciler) {
  for (const plan::FunctionPlan& function : plan.functions) {
    Memory& memory = memories_[function.name];
    const bool is_unread = function.failure.has_value();
    memory.has_open_change =
        is_unread ? memory.has_open_change || reconciler.asks_for_change(function.name) : needs_approval(function);
  }
}

/// What counts for `max_change`: what this plan changes, what waits or could not be read, and what was changed within
/// a sweep interval. So it does not matter how many of them come at a time. What was changed before something was held
/// counts until somebody agrees to that.
std::set<std::string> Target::unattended_changes(const plan::Plan& plan) {
  if (!held_) {
    std::erase_if(unattended_, [this](const auto& each) { return each.second.at + settings_.sweep_interval <= now(); });
  }
  std::set<std::string> names;
  for (const auto& [name, begun] : unattended_) names.insert(name);
  for (const auto& [name, memory] : memories_) {
    if (memory.has_open_change && !memory.approved && wanted_function(name) != nullptr) names.insert(name);
  }
  for (const plan::FunctionPlan& function : plan.functions) {
    if (needs_approval(function)) names.insert(function.name);
  }
  return names;
}

/// Of all functions together, so only a sweep can tell.
void Target::hold_if_too_many(const plan::Plan& plan) {
  // Nothing is written meanwhile, and what was held before is not free because of a pause.
  if (pause_) return;
  std::vector<plan::FunctionPlan> changes;
  for (const plan::FunctionPlan& function : plan.functions) {
    if (needs_approval(function)) changes.push_back(function);
  }
  const std::size_t count = changes.size();
  const std::size_t counted = unattended_changes(plan).size();
  if (counted <= most_changes() || settings_.is_observing) {
    if (held_) table_.tell("plan_released", "", "the held plan is not needed any more");
    held_.reset();
    return;
  }
  // What there is to agree to cannot be read now.
  if (changes.empty()) return;
  const plan::Plan assembled = plan::assemble(std::move(changes));
  if (held_ && held_->plan.id == assembled.id) return;
  held_ =
      Held{{assembled.id, count, most_changes(), ports_.sweep.clock.wall_now(), counted}, plan::approval_of(assembled)};
  const std::string others =
      counted > count ? ", " + std::to_string(counted) + " with those that were changed lately " + "or cannot be read,"
                      : std::string(",");
  const std::string message = std::to_string(count) + " functions would change" + others + " and at most " +
                              std::to_string(most_changes()) + " may without asking: fgsync approve " + assembled.id +
                              " agrees to it";
  table_.tell("plan_held", "", message, {{"plan_id", assembled.id}, {"changes", std::to_string(count)}});
  ports_.sweep.log.warn("too many changes, held until approved", {kv("plan_id", assembled.id), kv("changes", count),
                                                                  kv("counted", counted), kv("most", most_changes())});
}

std::optional<Judgement> Target::reason_not_to_write(const std::string& function) const {
  if (settings_.is_observing) {
    return Judgement{Condition::held, "observe", "the configuration says mode: observe; it would be changed"};
  }
  if (!is_pause_known_) {
    return Judgement{Condition::unknown, "cannot_read_state",
                     "the state cannot be read, so it is not known whether everything is paused"};
  }
  if (pause_) {
    return Judgement{Condition::held, "paused",
                     "everything is paused by " + pause_->who + (pause_->reason.empty() ? "" : ": " + pause_->reason) +
                         "; it goes on with fgsync unpause"};
  }
  if (!held_) return std::nullopt;
  const auto& held = held_->plan.functions;
  const bool is_held = std::any_of(held.begin(), held.end(), [&](const auto& each) { return each.name == function; });
  const auto memory = memories_.find(function);
  if (!is_held || (memory != memories_.end() && memory->second.approved)) return std::nullopt;
  return Judgement{Condition::held, "max_change",
                   "one of " + std::to_string(held_->view.counted) + " changes " +
                       (held_->view.counted > held_->view.changes ? "within a short time" : "at once") +
                       ", more than the " + std::to_string(held_->view.most) +
                       " that may be made without asking; fgsync approve " + held_->view.plan_id + " agrees to them"};
}

/// Does exactly what was agreed to. What does not fit any more is for the next sweep to hold again.
void Target::keep_to_approvals(plan::Plan& plan) {
  plan::ApprovedPlan approved;
  std::vector<plan::FunctionPlan> free;
  std::vector<plan::FunctionPlan> bound;
  for (plan::FunctionPlan& function : plan.functions) {
    Memory& memory = memories_[function.name];
    if (memory.approved && !function.failure) {
      approved.functions.push_back(*memory.approved);
      bound.push_back(std::move(function));
    } else {
      free.push_back(std::move(function));
    }
  }
  if (!bound.empty()) {
    plan::Binding binding = plan::bind(plan::assemble(std::move(bound)), approved);
    for (const std::string& stale : binding.stale) memories_[stale].approved.reset();
    std::move(binding.plan.functions.begin(), binding.plan.functions.end(), std::back_inserter(free));
    if (!binding.stale.empty()) {
      next_sweep_ = now();
    }
  }
  plan = plan::assemble(std::move(free));
}

}  // namespace fgsync::daemon

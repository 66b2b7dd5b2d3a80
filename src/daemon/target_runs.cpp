// A run: some functions are taken out of the queue, looked at again, and made as they should be. Each is given back as
// soon as it has come to its end, so that nobody waits for the slowest of them.
#include <algorithm>
#include <exception>
#include <utility>

#include "base/backoff.hpp"
#include "daemon/step_text.hpp"
#include "daemon/target.hpp"

namespace fgsync::daemon {

using boost::asio::awaitable;
using reconcile::Outcome;
using std::chrono::milliseconds;

namespace {

/// So few are found faster by their names than by listing all.
constexpr std::size_t kFew = 20;
/// What goes well when it is tried again at once need not go through the queue.
constexpr milliseconds kQuickRetries{2000};

bool is_drift(const plan::FunctionPlan& function) {
  return std::any_of(function.steps.begin(), function.steps.end(), [](const plan::Step& step) {
    return step.reason == plan::Reason::drifted || step.reason == plan::Reason::both_changed;
  });
}

/// Nothing but another manifest, other code or a person changes the outcome.
bool is_final(const Error& error) {
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::not_found;
}

}  // namespace

/// Tells what happens, and gives functions back.
class Target::RunProgress final : public reconcile::Progress {
 public:
  RunProgress(Target& target, const plan::Plan& plan) : target_(target) {
    for (const plan::FunctionPlan& function : plan.functions) {
      if (is_drift(function)) drifted_.insert(function.name);
    }
  }

  void on_start(const std::string& function) override {
    target_.note_progress();
    target_.waiting_.erase(function);
    target_.table_.row(function).is_in_flight = true;
    const std::vector<std::string>& steps = target_.table_.row(function).steps;
    std::string text;
    for (const std::string& step : steps) text += (text.empty() ? "" : ", ") + step;
    target_.table_.judge(function, {Condition::progressing, "working", "under way: " + text});
  }
  void on_step(const std::string& function, const plan::Action& action) override {
    target_.note_progress();
    target_.table_.tell("step", function, plan::describe(action), {{"step", std::string(plan::kind_of(action))}});
  }
  void on_wait(const std::string& function, const Error& error, milliseconds wait) override {
    target_.note_progress();
    target_.table_.tell("retry_scheduled", function, error.describe(), {{"wait_ms", std::to_string(wait.count())}});
  }
  void on_end(const reconcile::FunctionReport& report) override {
    target_.note_progress();
    if (report.outcome == Outcome::done && drifted_.contains(report.name)) {
      ++target_.table_.row(report.name).drifts_healed;
      target_.table_.tell("drift_healed", report.name, "what others changed was put back");
      target_.ports_.urgent.log.warn("put back what others had changed", {kv("fn", report.name)});
    }
    ended_.insert(report.name);
    target_.end_function(report);
  }

  [[nodiscard]] bool has_ended(const std::string& function) const { return ended_.contains(function); }

 private:
  Target& target_;
  std::set<std::string> drifted_;
  std::set<std::string> ended_;
};

/// As what depends on it is told; of one that is as it should be, or that is about to be, nothing.
std::optional<std::string> Target::why_unready(const std::string& function) const {
  const FunctionView* row = table_.find(function);
  if (row == nullptr || row->condition == Condition::synced || row->code == "change_pending") return std::nullopt;
  const auto memory = memories_.find(function);
  const bool is_in_order = memory != memories_.end() && memory->second.is_in_order;
  if (row->condition == Condition::suspended && is_in_order) return std::nullopt;
  return "is " + std::string(name_of(row->condition));
}

/// Of what would wait at once if it were begun.
std::optional<Judgement> Target::waiting_for_unready(const plan::FunctionPlan& function) const {
  for (const std::string& dependency : function.depends_on) {
    auto why = why_unready(dependency);
    if (!why) continue;
    return Judgement{Condition::blocked, "waiting_for_dependency", "depends on " + dependency + ", which " + *why};
  }
  return std::nullopt;
}

/// What a function depends on and what is about to change goes first; it is let go when that has ended.
void Target::hold_back_dependents(std::vector<std::string>& functions) {
  const std::set<std::string> together(functions.begin(), functions.end());
  std::erase_if(functions, [this, &together](const std::string& name) {
    const manifest::Function* function = wanted_function(name);
    if (function == nullptr) return false;
    for (const auto& dependency : function->depends_on) {
      const bool is_in_this_run = together.contains(dependency.value);
      const auto due = queue_.due(dependency.value);
      const bool is_coming = busy_.contains(dependency.value) || (due && *due <= now());
      if (is_in_this_run || !is_coming) continue;
      table_.judge(name, {Condition::progressing, "waiting_for_dependency", "waits for " + dependency.value});
      busy_.erase(name);
      return true;
    }
    return false;
  });
}

awaitable<void> Target::run_batch(std::vector<std::string> functions) {
  co_await run_and_catch(std::move(functions));
  --runs_;
  changed_.raise();
}

/// One that makes the program fail is set aside, so that the others go on: each is tried by itself then.
awaitable<void> Target::run_and_catch(std::vector<std::string> functions) {
  std::string what;
  try {
    co_await run_functions(functions);
    co_return;
  } catch (const std::exception& error) {
    what = error.what();
  }
  std::erase_if(functions, [this](const std::string& name) { return !busy_.contains(name); });
  if (functions.size() <= 1) {
    end_crashed(functions, what);
    co_return;
  }
  for (const std::string& name : functions) {
    std::vector<std::string> alone;
    alone.push_back(name);
    co_await run_and_catch(std::move(alone));
  }
}

awaitable<void> Target::run_functions(std::vector<std::string> names) {
  const std::shared_ptr<const Wanted> kept = wanted_;  // and the folders that code is in
  std::vector<manifest::Function> functions;
  for (const std::string& name : names) {
    const manifest::Function* function = wanted_function(name);
    if (function == nullptr) {
      end(name);
    } else {
      functions.push_back(*function);
    }
  }
  if (functions.empty()) co_return;
  std::erase_if(names, [this](const std::string& name) { return wanted_function(name) == nullptr; });
  waiting_.insert(names.begin(), names.end());
  reconcile::Reconciler reconciler(ports_.urgent, settings_for(names), std::move(functions));
  running_.insert(&reconciler);
  struct Registration {
    std::set<reconcile::Reconciler*>& running;
    reconcile::Reconciler* reconciler;
    Registration(std::set<reconcile::Reconciler*>& given, reconcile::Reconciler* own)
        : running(given), reconciler(own) {}
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { running.erase(reconciler); }
  };
  const Registration registration(running_, &reconciler);
  auto plan = co_await reconciler.make_plan();
  if (!plan) {
    end_unread(names, plan.error());
    co_return;
  }
  note_progress();
  unread_runs_ = 0;
  note_open_changes(*plan, reconciler);
  for (const plan::FunctionPlan& function : plan->functions) {
    if (function.failure) continue;
    table_.note_observed(function.name);
    const auto versions = reconciler.versions_of(function.name);
    if (versions) table_.row(function.name).versions_used = versions;
  }
  const plan::Plan applied = what_may_be_applied(std::move(*plan));
  RunProgress progress(*this, applied);
  const reconcile::Report report = co_await reconciler.apply(applied, progress);
  for (const reconcile::FunctionReport& function : report.functions) {
    if (!progress.has_ended(function.name)) end_function(function);
  }
}

/// Judges what is left out, and gives it back.
plan::Plan Target::what_may_be_applied(plan::Plan plan) {
  keep_to_approvals(plan);
  const bool has_changes = std::any_of(plan.functions.begin(), plan.functions.end(),
                                       [this](const auto& each) { return needs_approval(each); });
  const bool are_too_many = has_changes && unattended_changes(plan).size() > most_changes();
  if (are_too_many) {
    // A sweep sees all that would change, and holds it.
    next_sweep_ = now();
  }
  plan::Plan applied;
  applied.id = plan.id;
  for (plan::FunctionPlan& function : plan.functions) {
    if (function.steps.empty() || function.failure) {
      if (!function.failure) judge_plan(function, {});
      applied.functions.push_back(std::move(function));
      continue;
    }
    auto not_written = reason_not_to_write(function.name);
    if (!not_written && are_too_many && needs_approval(function)) {
      not_written = Judgement{Condition::progressing, "change_pending", "to do: " + steps_text(function)};
    }
    if (not_written) {
      judge_plan(function, std::move(*not_written));
      end(function.name);
      continue;
    }
    if (needs_approval(function)) unattended_[function.name] = {now(), function.fingerprint};
    memories_[function.name].has_open_change = false;
    judge_plan(function, {Condition::progressing, "working", "under way: " + steps_text(function)});
    applied.functions.push_back(std::move(function));
  }
  return applied;
}

/// The function is free for the next run.
void Target::end(const std::string& function) {
  busy_.erase(function);
  waiting_.erase(function);
  table_.row(function).is_in_flight = false;
  ++memories_[function].reconciled;
  changed_.raise();
  settled_.raise();
}

void Target::end_crashed(const std::vector<std::string>& functions, const std::string& what) {
  for (const std::string& name : functions) {
    quarantine(name, what);
    end(name);
  }
}

void Target::quarantine(const std::string& function, const std::string& what) {
  ports_.urgent.log.error("reconciling a function ended by an exception, it is left alone",
                          {kv("fn", function), kv("error", what)});
  Memory& memory = memories_[function];
  memory.stalled_until = TimePoint::max();
  memory.failed_as = {Condition::failed, "crashed",
                      "reconciling it failed in a way that should not happen: " + what +
                          "; it is left alone until its manifest changes or fgsync reconcile " + function +
                          " is called; please report this"};
  queue_.remove(function);
  table_.row(function).next_try.reset();
  table_.judge(function, *memory.failed_as);
}

/// Of one that is not tried again now: how its last try ended.
void Target::judge_waiting(const std::string& function) {
  const auto memory = memories_.find(function);
  if (memory != memories_.end() && memory->second.failed_as) table_.judge(function, *memory->second.failed_as);
}

/// The service could not be asked at all: that concerns all alike, so they are tried again together.
void Target::end_unread(const std::vector<std::string>& functions, const Error& error) {
  const milliseconds wait = Backoff{}.delay(unread_runs_++, random_) + milliseconds(100);
  const auto due = now() + wait;
  for (const std::string& name : functions) {
    table_.judge(name, {Condition::unknown, "cannot_observe", "the service could not be asked: " + error.describe()});
    FunctionView& row = table_.row(name);
    row.next_try = ports_.urgent.clock.wall_now() + wait;
    row.failures = unread_runs_;
    if (!is_stopping_) queue_.add(name, Urgency::retry, due);
    end(name);
  }
}

void Target::end_function(const reconcile::FunctionReport& report) {
  const std::string& name = report.name;
  Memory& memory = memories_[name];
  table_.tell(
      "reconcile_ended", name, std::string(reconcile::name_of(report.outcome)),
      {{"outcome", std::string(reconcile::name_of(report.outcome))}, {"took_ms", std::to_string(report.took.count())}});
  switch (report.outcome) {
    case Outcome::unchanged:
    case Outcome::done:
      memory.failures = {};
      memory.failed_as.reset();
      memory.approved.reset();
      if (report.outcome == Outcome::done) {
        table_.judge(name, {Condition::synced, "applied", "as its manifest says"});
        table_.note_success(name);
      }
      let_dependents_go({name});
      break;
    case Outcome::blocked:
      memory.approved.reset();
      if (!report.blocked.empty()) {
        plan::FunctionPlan blocked;
        blocked.name = name;
        blocked.blocked = report.blocked;
        judge_plan(blocked, {});
      }
      break;
    case Outcome::skipped: table_.judge(name, {Condition::blocked, "waiting_for_dependency", report.reason}); break;
    case Outcome::interrupted: end_interrupted(report); break;
    case Outcome::failed: {
      const Error error = report.error.value_or(Error(ErrorKind::internal, "failed"));
      // Nothing was done yet: what is wrong is that it cannot be read.
      const bool has_begun =
          !report.done.empty() || !table_.row(name).steps.empty() || wanted_function(name) == nullptr;
      const bool is_unread = !has_begun || (report.done.empty() && is_of_code(name, error));
      end_failed(name, error, is_unread ? judgement_of_unread(name, error) : judgement_of_failed(error));
      break;
    }
  }
  end(name);
}

Judgement Target::judgement_of_failed(const Error& error) {
  return {Condition::failed, std::string(name_of(error.kind)), error.describe()};
}

/// Of one whose code, or what the service has of it, could not be read.
Judgement Target::judgement_of_unread(const std::string& function, const Error& error) const {
  if (is_of_code(function, error)) return {Condition::blocked, "code_unreadable", error.describe()};
  return {Condition::unknown, std::string(name_of(error.kind)), error.describe()};
}

/// Errors of code stand where the manifest names it.
bool Target::is_of_code(const std::string& function, const Error& error) const {
  const manifest::Function* wanted = wanted_function(function);
  return wanted != nullptr && !error.remote && error.position && *error.position == wanted->code.position;
}

/// A sweep did it, and only a sweep can do it again.
void Target::end_orphan(const reconcile::FunctionReport& report) {
  if (report.outcome != reconcile::Outcome::done) return end_function(report);
  const std::string message = "no manifest wanted it any more, so it was deleted";
  table_.tell("deleted", report.name, message, {{"took_ms", std::to_string(report.took.count())}});
  ports_.sweep.log.info("function deleted", {kv("fn", report.name), kv("reason", message)});
  end(report.name);
  table_.remove(report.name);
}

/// What a run planned before somebody said otherwise is not begun.
void Target::leave_alone(const std::string& function) {
  for (reconcile::Reconciler* reconciler : running_) reconciler->leave_alone(function);
}

/// By a pause, by somebody who suspends or holds it, or by the end of the process.
void Target::end_interrupted(const reconcile::FunctionReport& report) {
  const std::string& name = report.name;
  auto why = is_stopping_ ? std::nullopt : reason_not_to_write(name);
  if (!why && !is_stopping_) why = suspension_of(name);
  const bool is_held = table_.row(name).condition == Condition::held && report.done.empty();
  if (why) {
    table_.judge(name, std::move(*why));
  } else if (!is_held) {
    table_.judge(name, {Condition::unknown, "interrupted", "stopped in between; the next run looks"});
  }
  // The end of a pause brings a sweep.
  if (is_stopping_ || pause_ || wanted_function(name) == nullptr) return;
  queue_.add(name, Urgency::change, now());
}

void Target::end_failed(const std::string& function, const Error& error, Judgement judgement) {
  Memory& memory = memories_[function];
  FunctionView& row = table_.row(function);
  memory.failures.add(error);
  row.failures = memory.failures.count();
  memory.failed_as = std::move(judgement);
  table_.judge(function, *memory.failed_as);
  milliseconds wait = Backoff{}.delay(memory.failures.count() - 1, random_) + milliseconds(100);
  if (error.remote && error.remote->retry_after)
    wait = std::max(wait, std::min(*error.remote->retry_after, Backoff{}.cap));
  if (is_final(error)) wait = std::chrono::duration_cast<milliseconds>(reconciling_.full_refresh);
  // What no manifest wants is for sweeps alone.
  if (is_final(error) || wanted_function(function) == nullptr) {
    memory.stalled_until = now() + wait;
  } else if (!is_stopping_) {
    queue_.add(function, Urgency::retry, now() + wait);
    table_.tell("retry_scheduled", function, error.describe(),
                {{"wait_ms", std::to_string(wait.count())}, {"failures", std::to_string(row.failures)}});
  }
  row.next_try = ports_.urgent.clock.wall_now() + wait;
  changed_.raise();
}

void Target::let_dependents_go(const std::set<std::string>& functions) {
  if (!wanted_) return;
  for (const manifest::Function& other : wanted_->functions) {
    const bool depends = std::any_of(other.depends_on.begin(), other.depends_on.end(),
                                     [&functions](const auto& each) { return functions.contains(each.value); });
    const FunctionView* row = depends ? table_.find(other.name) : nullptr;
    if (row != nullptr && row->code == "waiting_for_dependency") queue_.add(other.name, Urgency::change, now());
  }
}

/// Where what is wanted comes from, for the history and for versions.
void Target::name_origin(reconcile::Settings& settings) const {
  constexpr std::size_t kShownDigits = 12;
  if (wanted_->revision.empty()) return;
  settings.revision = wanted_->revision;
  settings.origin = "commit " + wanted_->revision.substr(0, kShownDigits) + " by " + wanted_->author;
  settings.actor = wanted_->author + ", by " + settings.actor;
}

reconcile::Settings Target::settings_for(const std::vector<std::string>& functions) {
  reconcile::Settings settings = reconciling_;
  settings.is_whole_source = false;
  settings.no_deletes = "only some functions are looked at";
  settings.refresh = reconcile::Refresh::full;
  settings.lookup = functions.size() <= kFew ? reconcile::Lookup::by_name : reconcile::Lookup::list;
  settings.run_timeout = kQuickRetries;
  settings.repeated_failures = reconcile::RepeatedFailures::left_out;
  settings.random_seed = random_();
  settings.rejected.clear();
  for (const auto& [name, why] : wanted_->rejected) settings.rejected.push_back(name);
  const std::set<std::string> together(functions.begin(), functions.end());
  for (const std::string& name : functions) {
    for (const auto& dependency : wanted_function(name)->depends_on) {
      auto why = together.contains(dependency.value) ? std::nullopt : why_unready(dependency.value);
      if (why) settings.unready.emplace(dependency.value, std::move(*why));
    }
  }
  settings.is_under_way = [this, together](const std::string& name) {
    return busy_.contains(name) && !together.contains(name);
  };
  name_origin(settings);
  return settings;
}

reconcile::Settings Target::settings_for_sweep() {
  reconcile::Settings settings = reconciling_;
  settings.is_whole_source = true;
  if (!wanted_->is_whole) settings.unread = wanted_->no_deletes.value_or("not all of the source can be read");
  if (wanted_->no_deletes) settings.no_deletes = wanted_->no_deletes;
  settings.refresh = reconcile::Refresh::list;
  settings.run_timeout = kQuickRetries;
  // Those that crash would take all others with them.
  for (const auto& [name, memory] : memories_) {
    if (memory.stalled_until == TimePoint::max()) settings.elsewhere.insert(name);
  }
  // While nothing may be deleted anyway, nothing comes closer to it.
  const bool is_kept = settings_.is_observing || pause_ || !is_pause_known_;
  settings.missing_runs = is_kept             ? reconcile::MissingRuns::begun_anew
                          : is_regular_sweep_ ? reconcile::MissingRuns::counted
                                              : reconcile::MissingRuns::not_counted;
  settings.repeated_failures = reconcile::RepeatedFailures::left_out;
  settings.random_seed = random_();
  settings.rejected.clear();
  for (const auto& [name, why] : wanted_->rejected) settings.rejected.push_back(name);
  settings.is_under_way = [this](const std::string& name) { return busy_.contains(name); };
  name_origin(settings);
  return settings;
}

}  // namespace fgsync::daemon

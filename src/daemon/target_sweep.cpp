// A sweep: all functions are looked at and judged. What differs is put into the queue; what is not wanted any more is
// deleted here, since only a sweep sees all of it.
#include <algorithm>
#include <utility>

#include "base/backoff.hpp"
#include "daemon/step_text.hpp"
#include "daemon/target.hpp"

namespace fgsync::daemon {

using boost::asio::awaitable;
using std::chrono::milliseconds;

namespace {

/// Deletes are told as they happen; a sweep does nothing else that takes steps.
class SweepProgress final : public reconcile::Progress {
 public:
  explicit SweepProgress(FunctionTable& table) : table_(table) {}

  void on_start(const std::string& function) override {
    table_.row(function).is_in_flight = true;
    table_.judge(function, {Condition::progressing, "pruning", "no manifest wants it any more: it is being deleted"});
  }
  void on_step(const std::string& function, const plan::Action& action) override {
    table_.tell("step", function, plan::describe(action), {{"step", std::string(plan::kind_of(action))}});
  }
  void on_wait(const std::string&, const Error&, milliseconds) override {}
  void on_end(const reconcile::FunctionReport& report) override { table_.row(report.name).is_in_flight = false; }

 private:
  FunctionTable& table_;
};

bool is_deleted(const plan::FunctionPlan& function) {
  return std::any_of(function.steps.begin(), function.steps.end(),
                     [](const plan::Step& step) { return std::holds_alternative<plan::DeleteFunction>(step.action); });
}

}  // namespace

awaitable<void> Target::sweep() {
  const TimePoint started = now();
  is_regular_sweep_ = started >= next_regular_sweep_;
  sweep_.started_at = ports_.sweep.clock.wall_now();
  next_sweep_ = TimePoint::max();  // whoever asks for one from now on wants another
  note_progress();
  Result<void> ended;
  try {
    ended = co_await sweep_once();
  } catch (const reconcile::FunctionCrashed& crash) {
    ended = Result<void>();
    quarantine(crash.function(), crash.what());
    // The others have not been looked at.
    is_regular_sweep_ = false;
    next_sweep_ = now();
  } catch (const std::exception& error) {
    // Our own mistake. The next sweep has to come all the same.
    ended = fail(ErrorKind::internal, std::string("the sweep ended by an exception: ") + error.what());
  }
  end_sweep(ended, started);
}

/// Whether trying again is of no use yet.
bool Target::is_stalled(const std::string& function) const {
  const auto memory = memories_.find(function);
  return memory != memories_.end() && memory->second.stalled_until && *memory->second.stalled_until > now();
}

/// When something that could not be deleted is tried again, which only a sweep can.
Target::TimePoint Target::next_prune() const {
  TimePoint next = TimePoint::max();
  for (const auto& [name, memory] : memories_) {
    const bool waits = memory.stalled_until && memory.failed_as && wanted_function(name) == nullptr;
    if (waits && *memory.stalled_until > now()) next = std::min(next, *memory.stalled_until);
  }
  return next;
}

/// ±5 %: many daemons that were started together shall not stay together.
std::chrono::milliseconds Target::jittered_interval() {
  std::uniform_real_distribution<double> jitter(0.95, 1.05);
  return milliseconds(
      static_cast<std::int64_t>(static_cast<double>(settings_.sweep_interval.count()) * jitter(random_)));
}

void Target::end_sweep(const Result<void>& ended, TimePoint started) {
  note_progress();
  is_sweeping_ = false;
  ++sweep_.count;
  sweep_.took = std::chrono::duration_cast<milliseconds>(now() - started);
  if (is_regular_sweep_ && ended) next_regular_sweep_ = now() + jittered_interval();
  // Asked for again while this one was at work: at once.
  const bool is_asked_again = next_sweep_ != TimePoint::max();
  next_sweep_ = is_asked_again ? now() : std::max(next_regular_sweep_, now() + milliseconds(1));
  next_sweep_ = std::min(next_sweep_, std::max(next_prune(), now() + milliseconds(1)));
  const std::string took = std::to_string(sweep_.took.count());
  if (ended) {
    failed_sweeps_ = 0;
    unread_runs_ = 0;
    sweep_.problem.clear();
    sweep_.succeeded_at = ports_.sweep.clock.wall_now();
    table_.tell("sweep_ended", "", "looked at " + std::to_string(index_.size()) + " functions",
                {{"functions", std::to_string(index_.size())}, {"took_ms", took}});
    ports_.sweep.log.debug("sweep ended", {kv("functions", index_.size()), kv("took_ms", sweep_.took.count())});
  } else {
    const milliseconds wait =
        std::min(Backoff{}.delay(failed_sweeps_++, random_) + milliseconds(500), settings_.sweep_interval);
    next_sweep_ = now() + wait;
    sweep_.problem = ended.error().describe();
    table_.tell("sweep_failed", "", sweep_.problem, {{"took_ms", took}, {"wait_ms", std::to_string(wait.count())}});
    ports_.sweep.log.warn("sweep failed", {kv("error", sweep_.problem), kv("wait_ms", wait.count())});
  }
  changed_.raise();
}

awaitable<Result<void>> Target::sweep_once() {
  const bool is_loaded = co_await load();
  if (!is_loaded) co_return fail(ErrorKind::transient, sweep_.problem);
  if (!is_pause_known_) co_await load_suspensions();
  next_sweep_ = TimePoint::max();  // nothing was listed so far
  std::map<std::string, std::uint64_t> runs_before;
  for (const auto& [name, memory] : memories_) runs_before[name] = memory.run;
  const std::shared_ptr<const Wanted> wanted = wanted_;
  reconcile::Settings settings = settings_for_sweep();
  std::vector<manifest::Function> functions = wanted->functions;
  std::erase_if(functions, [&settings](const auto& each) { return settings.elsewhere.contains(each.name); });
  reconcile::Reconciler reconciler(ports_.sweep, std::move(settings), std::move(functions));
  auto plan = co_await reconciler.make_plan();
  if (!plan) {
    const std::string why = plan.error().describe();
    table_.judge_all({Condition::unknown, "cannot_observe", "the service could not be asked: " + why}, "unobserved");
    co_return fail(std::move(plan).error());
  }
  note_progress();
  if (is_stopping_) co_return Result<void>();
  if (wanted == wanted_) {
    co_await settle_sweep(reconciler, std::move(*plan), runs_before);
  } else {
    // What was wanted meanwhile, by a newer manifest, is not what this plan is about.
    next_sweep_ = now();
    is_regular_sweep_ = false;
  }
  co_return Result<void>();
}

/// A function that a run took meanwhile is as that run says.
awaitable<void> Target::settle_sweep(reconcile::Reconciler& reconciler, plan::Plan plan,
                                     const std::map<std::string, std::uint64_t>& runs_before) {
  std::erase_if(plan.functions, [this, &runs_before](const plan::FunctionPlan& function) {
    const auto memory = memories_.find(function.name);
    const std::uint64_t run = memory == memories_.end() ? 0 : memory->second.run;
    const auto before = runs_before.find(function.name);
    return run != (before == runs_before.end() ? 0 : before->second) || busy_.contains(function.name);
  });
  inventory_size_ = reconciler.inventory_size();
  note_open_changes(plan, reconciler);
  hold_if_too_many(plan);
  plan::Plan quiet;
  quiet.id = plan.id;
  std::set<std::string> settling;
  for (const plan::FunctionPlan& function : plan.functions) {
    const auto versions = reconciler.versions_of(function.name);
    if (versions) table_.row(function.name).versions_used = versions;
    judge_by_sweep(function);
    const bool is_orphan = wanted_function(function.name) == nullptr;
    if (!function.is_unchanged() && (!is_orphan || function.failure)) continue;
    settling.insert(function.name);
    quiet.functions.push_back(function);
    // Of what no manifest wants is written down for how long that has been so, whatever becomes of it.
    const bool may_write = !reason_not_to_write(function.name) && !suspension_of(function.name);
    const bool prunes = is_orphan && is_deleted(function) && may_write && !is_stalled(function.name);
    if (!prunes) quiet.functions.back().steps.clear();
  }
  // Nobody begins to work on what is being written down.
  busy_.insert(settling.begin(), settling.end());
  SweepProgress progress(table_);
  const reconcile::Report report = co_await settle(reconciler, std::move(quiet), settling, progress);
  let_dependents_go(settling);
  for (const reconcile::FunctionReport& function : report.functions) {
    if (wanted_function(function.name) != nullptr || function.outcome == reconcile::Outcome::unchanged) continue;
    // What only waits, or is kept, was judged by its plan already.
    if (function.outcome == reconcile::Outcome::blocked) continue;
    end_orphan(function);
  }
  note_rejected();
  forget_gone(plan);
}

/// Nothing of it stays registered, however this ends.
awaitable<reconcile::Report> Target::settle(reconcile::Reconciler& reconciler, plan::Plan quiet,
                                            std::set<std::string> settling, reconcile::Progress& progress) {
  struct Registration {
    Target& target;
    reconcile::Reconciler& reconciler;
    const std::set<std::string>& settling;
    Registration(Target& given, reconcile::Reconciler& own, const std::set<std::string>& names)
        : target(given), reconciler(own), settling(names) {
      target.running_.insert(&reconciler);
      target.settling_ = &reconciler;
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
      target.running_.erase(&reconciler);
      target.settling_ = nullptr;
      for (const std::string& name : settling) target.busy_.erase(name);
    }
  };
  const Registration registration(*this, reconciler, settling);
  co_return co_await reconciler.apply(std::move(quiet), progress);
}

/// Functions that neither a manifest nor the service knows any more.
void Target::forget_gone(const plan::Plan& plan) {
  std::set<std::string> planned;
  for (const plan::FunctionPlan& function : plan.functions) planned.insert(function.name);
  std::vector<std::string> gone;
  for (const auto& [name, row] : table_.rows()) {
    const bool is_wanted = index_.contains(name) || wanted_->rejected.contains(name);
    if (!is_wanted && !planned.contains(name) && !busy_.contains(name)) gone.push_back(name);
  }
  if (!wanted_->is_whole) return;
  for (const std::string& name : gone) {
    table_.remove(name);
    queue_.remove(name);
  }
  std::erase_if(memories_, [this](const auto& memory) { return table_.find(memory.first) == nullptr; });
}

void Target::judge_by_sweep(const plan::FunctionPlan& function) {
  const std::string& name = function.name;
  Memory& memory = memories_[name];
  if (function.failure) {
    const bool is_tried_again = wanted_function(name) != nullptr && !queue_.contains(name) && !is_stalled(name);
    if (is_tried_again) {
      end_failed(name, *function.failure, judgement_of_unread(name, *function.failure));
    } else if (memory.failed_as) {
      judge_waiting(name);
    } else {
      table_.judge(name, judgement_of_unread(name, *function.failure));
    }
    return;
  }
  table_.note_observed(name);
  if (function.is_unchanged()) {
    memory.failures = {};
    memory.stalled_until.reset();
    memory.failed_as.reset();
    queue_.remove(name);
    // One that waits to be deleted does so for as long as nothing may be written.
    const auto kept = wanted_function(name) == nullptr ? reason_not_to_write(name) : std::nullopt;
    if (kept) return table_.judge(name, *kept);
    judge_plan(function, {});
    return;
  }
  const auto not_written = reason_not_to_write(name);
  if (function.steps.empty() || not_written) {
    judge_plan(function, not_written.value_or(Judgement{}));
    return;
  }
  if (wanted_function(name) == nullptr) {
    if (is_stalled(name)) judge_waiting(name);
    return;
  }
  // What waits only because the service could not be asked waits no longer.
  const bool waits = memory.failed_as && (queue_.contains(name) || is_stalled(name));
  if (waits) return judge_waiting(name);
  // That one's end lets it go.
  if (auto waiting = waiting_for_unready(function)) return judge_plan(function, std::move(*waiting));
  judge_plan(function, {Condition::progressing, "change_pending", "to do: " + steps_text(function)});
  queue_.add(name, Urgency::change, now());
  changed_.raise();
}

}  // namespace fgsync::daemon

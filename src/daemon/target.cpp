// The loop of a target: what is due, and who wakes it. Sweeps are in target_sweep.cpp, runs in target_runs.cpp, what
// people ask for in target_controls.cpp.
#include "daemon/target.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <filesystem>
#include <utility>

#include "base/backoff.hpp"
#include "manifest/loader.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::daemon {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

/// More than this at once would keep what comes meanwhile waiting for the slowest of them.
constexpr std::size_t kMostOfRun = 256;

bool is_inside(const std::string& path, const std::string& directory) {
  if (directory.empty() || !path.starts_with(directory)) return false;
  return path.size() == directory.size() || path[directory.size()] == '/' || directory.back() == '/';
}

/// Absolute and without `..`, as paths of changes are. Links are not followed: who watches says what it was told.
std::string absolute(const std::string& path) {
  if (path.empty()) return path;
  std::error_code ignored;
  std::string text = std::filesystem::absolute(path, ignored).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

}  // namespace

Target::Target(TargetSettings settings, TargetPorts ports, reconcile::Settings reconciling)
    : settings_(std::move(settings)),
      ports_(std::move(ports)),
      reconciling_(std::move(reconciling)),
      table_(settings_.name, ports_.events, ports_.urgent.clock, ports_.urgent.log),
      next_sweep_(ports_.urgent.clock.now()),
      next_regular_sweep_(next_sweep_ + settings_.sweep_interval),
      last_progress_(next_sweep_),
      random_(reconciling_.random_seed) {}

Target::~Target() = default;

awaitable<void> Target::run() {
  co_await recall();
  spawn(follow_sources());
  co_await dispatch();
  while (tasks_ > 0) co_await changed_.wait(ports_.urgent.clock, std::nullopt);
}

void Target::stop() {
  is_stopping_ = true;
  for (reconcile::Reconciler* reconciler : running_) reconciler->stop_admitting();
  ports_.desired.stop();
  changed_.raise();
  settled_.raise();
}

/// What the last process knew, so that nobody has to wait for the first sweep to be told.
awaitable<void> Target::recall() {
  co_await load_suspensions();
  auto inventory = co_await ports_.urgent.store.inventory();
  if (!inventory) {
    ports_.urgent.log.warn("inventory cannot be read", {kv("error", inventory.error().describe())});
    co_return;
  }
  inventory_size_ = inventory->size();
  for (const state::InventoryEntry& entry : *inventory) {
    FunctionView& row = table_.row(entry.name);
    if (!entry.sighting) continue;
    row.observed_at = WallTime(std::chrono::seconds(entry.sighting->at));
    row.last_success = row.observed_at;
  }
}

awaitable<void> Target::load_suspensions() {
  auto suspensions = co_await ports_.urgent.store.suspensions();
  is_pause_known_ = suspensions.has_value();
  if (!suspensions) {
    ports_.urgent.log.warn("whether everything is paused cannot be read",
                           {kv("error", suspensions.error().describe())});
    co_return;
  }
  pause_.reset();
  suspensions_.clear();
  for (state::SuspensionEntry& entry : *suspensions) {
    if (entry.function == state::kAllFunctions) {
      pause_ = PauseView{entry.who, entry.reason, entry.at};
    } else {
      std::string name = entry.function;
      suspensions_.insert_or_assign(std::move(name), std::move(entry));
    }
  }
}

/// Counted, and waited for at the end. What a task throws is our own mistake: it is told, and the others go on.
void Target::spawn(awaitable<void> work) {
  ++tasks_;
  auto on_end = [this](const std::exception_ptr& thrown) {
    --tasks_;
    changed_.raise();
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      ports_.urgent.log.error("a task of the daemon ended by an exception", {kv("error", error.what())});
      table_.tell("internal_error", "", error.what());
    }
  };
  asio::co_spawn(ports_.executor, std::move(work), std::move(on_end));
}

awaitable<void> Target::dispatch() {
  while (!is_stopping_) {
    if (!start_due_work()) co_await changed_.wait(ports_.urgent.clock, next_moment());
  }
}

/// Starts one piece of work. False: nothing is due.
bool Target::start_due_work() {
  if (!is_sweeping_ && now() >= next_sweep_) {
    is_sweeping_ = true;
    spawn(sweep());
    return true;
  }
  if (runs_ >= settings_.most_runs || !wanted_) return false;
  auto functions = queue_.take(now(), busy_, kMostOfRun);
  if (functions.empty()) return false;
  for (const std::string& function : functions) {
    busy_.insert(function);
    ++memories_[function].run;
  }
  hold_back_dependents(functions);
  if (functions.empty()) return true;
  ++runs_;
  spawn(run_batch(std::move(functions)));
  return true;
}

std::optional<Target::TimePoint> Target::next_moment() const {
  std::optional<TimePoint> next;
  if (!is_sweeping_) next = next_sweep_;
  if (runs_ >= settings_.most_runs || !wanted_) return next;
  const auto due = queue_.next_due(busy_);
  if (due && (!next || *due < *next)) next = due;
  return next;
}

void Target::look_now() {
  next_sweep_ = now();
  changed_.raise();
}

std::chrono::milliseconds Target::patience() const {
  return 2 * settings_.sweep_interval + reconciling_.upload_timeout + reconciling_.call_timeout;
}

std::set<std::string> Target::in_flight() const {
  std::set<std::string> names;
  for (const auto& [name, row] : table_.rows()) {
    if (row.is_in_flight) names.insert(name);
  }
  return names;
}

bool Target::knows(const std::string& function) const {
  return index_.contains(function) || (wanted_ && wanted_->rejected.contains(function)) ||
         table_.find(function) != nullptr;
}

// --- what is wanted

awaitable<void> Target::follow_sources() {
  while (!is_stopping_) {
    const SourceChange change = co_await ports_.desired.next_change();
    if (is_stopping_) co_return;
    if (!change.is_everything && change.paths.empty()) continue;
    // The first sweep reads everything anyway.
    if (!wanted_) continue;
    const auto before = wanted_;
    const bool is_loaded = co_await load();
    if (!is_loaded) continue;
    table_.tell("source_changed", "", wanted_->revision.empty() ? "files changed" : "now at " + wanted_->revision,
                {{"revision", wanted_->revision}});
    enqueue_changed(change, *before, *wanted_);
    changed_.raise();
  }
}

/// False: nothing could be read, now or ever.
awaitable<bool> Target::load() {
  auto loaded = co_await ports_.desired.load();
  if (!loaded) {
    sweep_.problem = loaded.error().describe();
    co_return false;
  }
  if (*loaded == wanted_) co_return true;
  const auto before = std::exchange(wanted_, std::move(*loaded));
  index_.clear();
  for (std::size_t i = 0; i < wanted_->functions.size(); ++i) index_.emplace(wanted_->functions[i].name, i);
  for (const auto& [name, position] : index_) table_.row(name);
  if (before) take_over(*before, *wanted_);
  note_rejected();
  co_return true;
}

/// What a newer manifest asks for goes on at once: no wait that an older one earned counts any more.
void Target::take_over(const Wanted& before, const Wanted& now) {
  bool is_one_gone = false;
  for (const auto& [name, mark] : before.marks) {
    const auto found = now.marks.find(name);
    is_one_gone = is_one_gone || found == now.marks.end();
    if (found != now.marks.end() && found->second == mark) continue;
    forget_waits(name);
  }
  // A delete of it may have failed.
  for (const auto& [name, mark] : now.marks) {
    if (!before.marks.contains(name)) forget_waits(name);
  }
  // What a sweep is about to delete may be wanted again.
  if (settling_ != nullptr) settling_->stop_admitting();
  // Runs that are under way still work for what was wanted before, and sweeps leave their functions alone.
  for (const std::string& name : busy_) {
    if (index_.contains(name)) queue_.add(name, Urgency::change, this->now());
  }
  // What becomes of a function without a manifest is for a sweep to say.
  if (is_one_gone && !is_stopping_) {
    next_sweep_ = this->now();
  }
}

void Target::forget_waits(const std::string& function) {
  Memory& memory = memories_[function];
  memory.failures = {};
  memory.stalled_until.reset();
  memory.approved.reset();
  memory.failed_as.reset();
  queue_.remove(function);
}

void Target::enqueue_changed(const SourceChange& change, const Wanted& before, const Wanted& now) {
  // Of many, a sweep tells best which of them differ.
  if (change.is_everything) {
    next_sweep_ = this->now();
    return;
  }
  for (const manifest::Function& function : now.functions) {
    const auto old = before.marks.find(function.name);
    const auto mark = now.marks.find(function.name);
    bool is_changed = old == before.marks.end() || mark == now.marks.end() || old->second != mark->second;
    const std::string code = absolute(function.code.path);
    for (const std::string& path : change.paths) {
      is_changed = is_changed || is_inside(path, code) || is_inside(code, path);
    }
    if (is_changed) enqueue(function.name, Urgency::change);
  }
}

/// Now, whatever it waited for.
void Target::enqueue(const std::string& function, Urgency urgency) {
  Memory& memory = memories_[function];
  memory.stalled_until.reset();
  memory.failures = {};
  memory.failed_as.reset();
  queue_.add(function, urgency, now());
  FunctionView& row = table_.row(function);
  row.next_try.reset();
  changed_.raise();
}

void Target::note_rejected() {
  for (const auto& [name, why] : wanted_->rejected) {
    table_.judge(name, {Condition::blocked, "manifest_error", "its manifest has an error: " + why});
    queue_.remove(name);
  }
}

const manifest::Function* Target::wanted_function(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &wanted_->functions[found->second];
}

// --- what others see

TargetView Target::view() const {
  TargetView view;
  view.name = settings_.name;
  view.endpoint = settings_.endpoint;
  view.region = settings_.region;
  view.project_id = settings_.project_id;
  view.source_id = reconciling_.plan.source_id;
  view.is_observing = settings_.is_observing;
  view.pause = pause_;
  if (held_) view.held_plan = held_->view;
  for (const auto& [name, row] : table_.rows()) view.functions.push_back(row);
  view.sources = ports_.desired.sources();
  view.sweep = sweep_;
  const auto next_at = std::chrono::duration_cast<WallTime::duration>(next_sweep_ - now());
  if (!is_sweeping_) view.sweep.next_at = ports_.urgent.clock.wall_now() + next_at;
  view.queue = queue_.view(now());
  view.queue.in_flight = busy_.size();
  if (ports_.budget != nullptr) view.budget = ports_.budget->counters();
  view.budget_limits = ports_.limits;
  if (ports_.calls != nullptr) view.calls = ports_.calls->calls;
  return view;
}

}  // namespace fgsync::daemon

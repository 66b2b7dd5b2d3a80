// The part of the reconciler that carries a plan out: wave by wave, and what follows when something goes wrong.
#include <algorithm>
#include <set>
#include <utility>

#include "base/fan_out.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"
#include "reconcile/inventory.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/sighting.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;

namespace {

/// What a step does, without values: the grain at which a later plan must stay within the first one.
std::string effect_of(const plan::Action& action) {
  if (const auto* publish = std::get_if<plan::PublishVersion>(&action)) return "publish " + publish->version;
  if (const auto* create = std::get_if<plan::CreateAlias>(&action)) return "alias " + create->name;
  if (const auto* update = std::get_if<plan::UpdateAlias>(&action)) return "alias " + update->name;
  if (const auto* removal = std::get_if<plan::DeleteAlias>(&action)) return "delete alias " + removal->name;
  if (const auto* removal = std::get_if<plan::DeleteVersion>(&action)) return "delete version " + removal->version;
  // An endpoint may have refused to import since.
  if (std::holds_alternative<plan::ImportFunction>(action)) return "make";
  return std::string(plan::kind_of(action));
}

/// An import that took effect although its answer was lost may leave code or configuration to be finished.
std::set<std::string> allowed_effects(const plan::FunctionPlan& function) {
  std::set<std::string> effects;
  for (const plan::Step& step : function.steps) {
    effects.insert(effect_of(step.action));
    if (std::holds_alternative<plan::ImportFunction>(step.action)) effects.insert({"update_code", "update_config"});
  }
  return effects;
}

std::optional<std::string> first_effect_outside(const plan::FunctionPlan& function,
                                                const std::set<std::string>& allowed) {
  for (const plan::Step& step : function.steps) {
    if (!allowed.contains(effect_of(step.action))) return plan::describe(step.action);
  }
  return std::nullopt;
}

Error outside_of_plan(const std::string& step) {
  return Error(ErrorKind::conflict, "the function changed while it was worked on; going on would " + step +
                                        ", which the plan does not name: plan again");
}

}  // namespace

awaitable<Report> Reconciler::apply(plan::Plan plan, Progress& progress) {
  give_up_at_ = ports_.clock.now() + settings_.run_timeout;
  plan_id_ = plan.id;
  co_await learn_revision(plan);
  if (settings_.is_whole_source) co_await forget_deleted();
  co_await write_deletion_facts(plan);
  Report report;
  report.functions.resize(plan.functions.size());
  std::function<awaitable<void>(std::size_t)> task;
  for (std::size_t begin = 0; begin < plan.functions.size();) {
    std::size_t end = begin;
    while (end < plan.functions.size() && plan.functions[end].wave == plan.functions[begin].wave) ++end;
    // As above. NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    task = [&, begin](std::size_t i) -> awaitable<void> {
      const plan::FunctionPlan& function = plan.functions[begin + i];
      FunctionReport result = co_await apply_one(function, progress);
      outcomes_[function.name] = result.outcome;
      if (result.outcome != Outcome::unchanged) progress.on_end(result);
      report.functions[begin + i] = std::move(result);
    };
    co_await for_each_bounded(end - begin, settings_.parallel, task);
    begin = end;
  }
  co_await catalog_.save();
  // Many at once, and nothing depends on them: in one commit.
  auto remembered = co_await ports_.store.put_inventories(std::move(unchanged_));
  unchanged_.clear();
  const bool has_written = std::any_of(report.functions.begin(), report.functions.end(),
                                       [](const FunctionReport& function) { return !function.done.empty(); });
  if (remembered && has_written) remembered = co_await ports_.store.flush();
  if (!remembered) ports_.log.warn("inventory cannot be written", {kv("error", remembered.error().describe())});
  co_return report;
}

bool Reconciler::is_in_inventory(const state::InventoryEntry& entry) const {
  const auto known = inventory_.find(entry.name);
  return known != inventory_.end() && known->second == entry;
}

awaitable<FunctionReport> Reconciler::apply_one(const plan::FunctionPlan& function, Progress& progress) {
  FunctionReport report;
  report.name = function.name;
  report.blocked = function.blocked;
  const auto found = entries_.find(function.name);
  if (!function.failure && found == entries_.end() && !function.steps.empty()) {
    co_return co_await delete_orphan(function, progress);
  }
  if (!function.failure && found == entries_.end() && function.blocked.empty()) co_return report;
  if (function.failure || found == entries_.end()) {
    report.outcome = function.failure ? Outcome::failed : Outcome::blocked;
    report.error = function.failure;
    co_return report;
  }
  if (function.is_unchanged()) {
    co_await settle_unchanged(found->second, function);
    co_return report;
  }
  if (function.steps.empty()) {
    co_await settle_rollbacks(found->second);
    report.outcome = Outcome::blocked;
    co_return report;
  }
  if (const auto reason = reason_to_skip(function)) {
    report.outcome = must_stop(function.name) ? Outcome::interrupted : Outcome::skipped;
    report.reason = *reason;
    co_return report;
  }
  const auto started = ports_.clock.now();
  progress.on_start(function.name);
  try {
    report = co_await execute(found->second, function, progress);
  } catch (const std::exception& error) {
    throw FunctionCrashed(function.name, error.what());
  }
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started);
  co_await write_history(function, report);
  co_return report;
}

/// No manifest means no entry to go on with: the one step is tried once, and what failed is for the next run.
awaitable<FunctionReport> Reconciler::delete_orphan(const plan::FunctionPlan& function, Progress& progress) {
  FunctionReport report;
  report.name = function.name;
  if (const auto reason = reason_to_skip(function)) {
    report.outcome = must_stop(function.name) ? Outcome::interrupted : Outcome::skipped;
    report.reason = *reason;
    co_return report;
  }
  const auto started = ports_.clock.now();
  progress.on_start(function.name);
  Execution execution = co_await executor_.delete_function(orphans_.at(function.name), function, progress);
  report.done = std::move(execution.done);
  report.error = std::move(execution.error);
  report.outcome = report.error ? Outcome::failed : Outcome::done;
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started);
  if (report.error && functiongraph::is_credential_refusal(*report.error)) credential_refusal_ = report.error;
  co_await write_history(function, report);
  co_return report;
}

/// For the history. A run without changes writes none, and must not wait for git.
awaitable<void> Reconciler::learn_revision(const plan::Plan& plan) {
  const bool is_needed = std::any_of(plan.functions.begin(), plan.functions.end(),
                                     [](const plan::FunctionPlan& function) { return !function.steps.empty(); });
  if (!is_needed || !settings_.revision.empty() || !settings_.find_revision) co_return;
  auto find = settings_.find_revision;
  auto found = co_await offload(ports_.pool, std::move(find));
  if (found) settings_.revision = std::move(*found);
  if (!found) ports_.log.warn("the source's revision is not known", {kv("error", found.error().describe())});
}

/// What an earlier run deleted without coming to write that down.
awaitable<void> Reconciler::forget_deleted() {
  for (const std::string& name : begun_deletions_) {
    // What is wanted again is made anew, and written down then.
    if (entries_.contains(name)) continue;
    auto forgotten = co_await ports_.store.remove_inventory(name);
    if (forgotten) forgotten = co_await ports_.store.settle_intents(name);
    if (!forgotten) {
      ports_.log.warn("a deleted function cannot be forgotten",
                      {kv("fn", name), kv("error", forgotten.error().describe())});
      continue;
    }
    inventory_.erase(name);
  }
}

/// What decides about deleting a function once its manifest is gone: for how many runs in a row it was missing, and
/// whether the last one said `protect: true`. Written first, whatever becomes of the function in this run.
awaitable<void> Reconciler::write_deletion_facts(const plan::Plan& plan) {
  const bool prunes = settings_.plan.pruning == plan::Pruning::on;
  std::map<std::string, const plan::FunctionPlan*> planned;
  for (const plan::FunctionPlan& function : plan.functions) planned.emplace(function.name, &function);
  const std::set<std::string> rejected(settings_.rejected.begin(), settings_.rejected.end());
  std::vector<state::InventoryEntry> changed;
  for (auto& [name, entry] : inventory_) {
    const int missing_before = entry.missing_runs;
    const bool was_protected = entry.is_protected;
    const bool was_held_back = entry.is_held_back;
    if (const auto found = entries_.find(name); found != entries_.end()) {
      entry.missing_runs = 0;
      entry.is_held_back = false;
      entry.is_protected = found->second.function().handling.is_protected;
    } else if (const auto orphan = planned.find(name);
               orphan != planned.end() && orphans_.contains(name) && !is_count_waiting_) {
      // While nothing may be deleted somebody takes time to think: the count begins anew when that ends.
      const bool is_kept = settings_.missing_runs == MissingRuns::begun_anew || plan::begins_anew(*orphan->second);
      const bool counts = prunes && settings_.missing_runs == MissingRuns::counted;
      const int missing = counts ? entry.missing_runs + 1 : entry.missing_runs;
      entry.missing_runs = is_kept ? 0 : missing;
      entry.is_held_back = plan::is_over_cap(*orphan->second);
    } else if (settings_.is_whole_source && rejected.contains(name)) {
      // A manifest that has a mistake is there.
      entry.missing_runs = 0;
    }
    const bool is_changed = entry.missing_runs != missing_before || entry.is_protected != was_protected ||
                            entry.is_held_back != was_held_back;
    if (is_changed) changed.push_back(entry);
  }
  auto written = co_await ports_.store.put_inventories(std::move(changed));
  if (!written) ports_.log.warn("inventory cannot be written", {kv("error", written.error().describe())});
}

/// One entry for each function that something was done to or tried on.
awaitable<void> Reconciler::write_history(const plan::FunctionPlan& function, const FunctionReport& report) {
  if (report.done.empty() && !report.error) co_return;
  state::HistoryEntry entry;
  entry.function = report.name;
  entry.at = to_iso8601(ports_.clock.wall_now());
  entry.actor = settings_.actor;
  entry.event = report.error ? "failed" : orphans_.contains(report.name) ? "deleted" : "applied";
  for (const std::string& step : report.done) entry.detail += (entry.detail.empty() ? "" : ", ") + step;
  if (report.error) entry.detail += (entry.detail.empty() ? "" : "; then ") + report.error->describe();
  entry.revision = settings_.revision;
  entry.plan_id = plan_id_;
  if (function.preconditions.remote_digest) entry.digest_before = function.preconditions.remote_digest->hex;
  if (const auto found = entries_.find(report.name); found != entries_.end() && found->second.is_digested) {
    const auto& archive = found->second.desired.archive_digest;
    entry.digest_after = archive ? archive->hex : entry.digest_before;
  }
  entry.took_ms = report.took.count();
  if (settings_.repeated_failures == RepeatedFailures::left_out && entry.event == "failed" && report.done.empty()) {
    const auto newest = co_await ports_.store.history(entry.function, 1);
    const bool is_repeated = newest && !newest->empty() && newest->front().event == "failed" &&
                             newest->front().detail == entry.detail && newest->front().actor == entry.actor;
    if (is_repeated) co_return;
  }
  auto written = co_await ports_.store.append_history(std::move(entry));
  if (!written) ports_.log.warn("history cannot be written", {kv("error", written.error().describe())});
}

awaitable<void> Reconciler::settle_unchanged(Entry& entry, const plan::FunctionPlan& function) {
  if (!entry.is_digested || !entry.observed) co_return;
  if (!function.notes.empty()) {
    // A foreign change that is left alone is not what was applied, and is to be noted again in the next run.
    if (entry.last_applied()) co_await settle_intents(entry);
    co_return;
  }
  std::optional<Sighting> sighting;
  if (entry.row_mark) sighting = sighting_of(*entry.row_mark, entry.desired, settings_.plan, ports_.clock.wall_now());
  auto fresh = inventory_entry_of(entry.desired, *entry.observed, entry.last_applied(), settings_);
  fresh.sighting = std::move(sighting);
  for (const auto& [alias, wish] : function.alias_wishes) fresh.alias_wishes[alias] = wish;
  const bool is_new = !is_in_inventory(fresh);
  if (entry.has_open_intents && is_new) {
    // Not with the others at the end: until then only the intents may know that the function is ours.
    auto remembered = co_await ports_.store.put_inventory(std::move(fresh));
    if (remembered) co_return co_await settle_intents(entry);
    ports_.log.warn("inventory cannot be written", {kv("error", remembered.error().describe())});
    co_return;
  }
  if (is_new) unchanged_.push_back(std::move(fresh));
  co_await settle_intents(entry);
}

/// The function is as desired, so nothing that was interrupted matters any more.
awaitable<void> Reconciler::settle_intents(Entry& entry) {
  if (!entry.has_open_intents) co_return;
  auto settled = co_await ports_.store.settle_intents(entry.function().name);
  if (!settled) ports_.log.warn("intents cannot be settled", {kv("error", settled.error().describe())});
  entry.has_open_intents = false;
}

/// Where the alias stands was read, which is all that was not known. What else was begun waits for the function to be
/// as desired.
awaitable<void> Reconciler::settle_rollbacks(Entry& entry) {
  for (const std::int64_t id : entry.rollbacks) {
    auto ended = co_await ports_.store.end_intent(id, "settled by observing");
    if (!ended) ports_.log.warn("intent cannot be ended", {kv("error", ended.error().describe())});
  }
  entry.rollbacks.clear();
}

std::optional<std::string> Reconciler::reason_to_skip(const plan::FunctionPlan& function) const {
  if (must_stop(function.name)) return "stopped before it began";
  if (credential_refusal_) return "the credentials were refused: " + credential_refusal_->message;
  for (const std::string& dependency : function.depends_on) {
    const auto unready = settings_.unready.find(dependency);
    if (unready != settings_.unready.end()) return "depends on " + dependency + ", which " + unready->second;
    const auto found = outcomes_.find(dependency);
    if (found == outcomes_.end() || found->second == Outcome::done || found->second == Outcome::unchanged) continue;
    const std::string verb =
        found->second == Outcome::failed ? " failed" : " was " + std::string(name_of(found->second));
    return "depends on " + dependency + ", which" + verb;
  }
  return std::nullopt;
}

awaitable<FunctionReport> Reconciler::execute(Entry& entry, plan::FunctionPlan function, Progress& progress) {
  const std::set<std::string> allowed = allowed_effects(function);
  FunctionReport report;
  report.name = function.name;
  Failures failures;
  while (true) {
    report.blocked = function.blocked;
    Execution execution =
        co_await executor_.run(entry.desired, entry.observed, entry.last_applied(), function, progress);
    if (execution.has_imported) entry.has_import_of_ours = true;
    for (std::string& step : execution.done) {
      // Only what is new is progress: doing the same again means that somebody undoes it.
      if (std::find(report.done.begin(), report.done.end(), step) != report.done.end()) continue;
      failures = Failures();
      report.done.push_back(std::move(step));
    }
    if (execution.blocked) report.blocked.push_back(std::move(*execution.blocked));
    if (execution.blocked) break;
    if (!execution.error) {
      co_await settle_intents(entry);
      break;
    }

    auto planned = co_await recover(entry, std::move(*execution.error), failures, progress);
    if (planned) {
      if (const auto outside = first_effect_outside(*planned, allowed)) planned = fail(outside_of_plan(*outside));
    }
    if (!planned) {
      const bool was_stopped = planned.error().kind == ErrorKind::cancelled || must_stop(function.name);
      report.outcome = was_stopped ? Outcome::interrupted : Outcome::failed;
      report.error = std::move(planned).error();
      co_return report;
    }
    function = std::move(*planned);
    if (function.steps.empty()) {
      report.blocked = function.blocked;
      if (function.blocked.empty()) co_await settle_unchanged(entry, function);
      break;
    }
  }
  report.outcome = report.blocked.empty() ? Outcome::done : Outcome::blocked;
  co_return report;
}

/// After a failure: waits, observes and plans again, until there is a plan to go on with or no use in going on.
awaitable<Result<plan::FunctionPlan>> Reconciler::recover(Entry& entry, Error error, Failures& failures,
                                                          Progress& progress) {
  while (true) {
    if (functiongraph::is_credential_refusal(error)) credential_refusal_ = error;
    // Something was created under this name, perhaps: if it is there now, it is ours.
    if (error.kind == ErrorKind::unknown_effect && !entry.observed) entry.has_import_of_ours = true;
    if (error.kind == ErrorKind::conflict) entry.reads_strategies = true;
    failures.add(error);
    const Next next = next_after(error, failures, Backoff{}, random_);
    const auto resume_at = ports_.clock.now() + next.wait;
    const std::string& name = entry.function().name;
    if (next.kind == Next::Kind::stop || must_stop(name) || resume_at > give_up_at_) co_return fail(std::move(error));
    progress.on_wait(name, error, next.wait);
    co_await wait_until(resume_at);
    if (must_stop(name)) co_return fail(std::move(error));
    auto planned = co_await plan_again(entry);
    if (planned) co_return planned;
    error = std::move(planned).error();
  }
}

/// Waits, but not longer than somebody asks us to stop.
awaitable<void> Reconciler::wait_until(std::chrono::steady_clock::time_point when) {
  constexpr std::chrono::milliseconds kSlice{200};
  while (!is_stopping_ && ports_.clock.now() < when) {
    co_await ports_.clock.sleep_until(std::min(when, ports_.clock.now() + kSlice));
  }
}

/// A function that an import of ours made although its answer was lost. Without markers only the intent knew that it is
/// ours, so it is written down before the intent is closed: without a digest, since nothing of it was verified.
awaitable<Result<void>> Reconciler::remember_import(Entry& entry) {
  if (!entry.has_import_of_ours || !entry.observed || entry.last_applied()) co_return Result<void>();
  const auto owner = plan::split_owner(entry.observed->detail.row.description).marker;
  if (owner && *owner != settings_.plan.source_id) co_return Result<void>();
  const std::string urn = entry.observed->detail.row.urn.text();
  auto made = inventory_entry_of(entry.desired, urn, RemoteDigest{}, entry.last_applied(), settings_);
  co_return co_await ports_.store.put_inventory(std::move(made));
}

/// Observes one function anew, which settles its open intents, and plans from what is there now.
awaitable<Result<plan::FunctionPlan>> Reconciler::plan_again(Entry& entry) {
  const Deadline deadline = ports_.clock.in(settings_.call_timeout);
  auto row = co_await ports_.service.find_function(entry.function().name, deadline);
  if (!row) co_return fail(std::move(row).error());
  auto planned = co_await try_plan_one(entry, std::move(*row));
  if (!planned) co_return fail(std::move(planned).error());
  auto remembered = co_await remember_import(entry);
  if (!remembered) co_return fail(std::move(remembered).error());
  if (entry.has_import_of_ours && !entry.observed) {
    // What was just made may not be seen yet: absence settles no import.
    entry.has_open_intents = true;
    co_return planned;
  }
  auto settled = co_await ports_.store.settle_intents(entry.function().name);
  if (!settled) co_return fail(std::move(settled).error());
  co_return planned;
}

}  // namespace fgsync::reconcile

// Executing is as careful as planning: what a decision rests on was read or answered directly before the step that
// cannot be taken back (publish), and what a step did was seen before the next one builds on it (alias). ADR 22.
#include "reconcile/executor.hpp"

#include <algorithm>
#include <utility>

#include "functiongraph/error_map.hpp"
#include "reconcile/delete_steps.hpp"
#include "reconcile/executor_job.hpp"
#include "reconcile/inventory.hpp"
#include "reconcile/side_steps.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;

Error changed_meanwhile(const std::string& what) {
  return Error(ErrorKind::conflict, what + ": somebody else writes to this function");
}

bool Executor::is_fresh(const std::optional<std::chrono::steady_clock::time_point>& read_at) const {
  constexpr std::chrono::seconds kFresh{2};
  return read_at && ports_.clock.now() - *read_at <= kFresh;
}

awaitable<Execution> Executor::run(plan::Desired desired, Boxed<plan::ObservedFunction> observed,
                                   std::optional<plan::LastApplied> last, plan::FunctionPlan function,
                                   Progress& progress) {
  Job job{.desired = std::move(desired), .last = std::move(last), .observed = std::move(observed)};
  if (job.observed) {
    job.urn = job.observed->detail.row.urn;
    job.remote_digest = job.observed->detail.row.digest;
    job.latest_known_at = job.observed->read_at;
  }
  count_foreign_change(job, function);
  Execution execution;
  for (const plan::Step& step : function.steps) {
    progress.on_step(function.name, step.action);
    auto result = co_await run_step(job, step);
    execution.has_imported = job.has_imported;
    if (!result) {
      execution.blocked = std::move(job.blocked);
      if (!execution.blocked) execution.error = std::move(result).error();
      co_return execution;
    }
    execution.done.push_back(plan::describe(step.action));
  }
  job.alias_wishes = std::move(function.alias_wishes);
  if (function.leaves_code_alone && job.last) job.remote_digest = job.last->remote_digest;
  auto remembered = co_await remember(job);
  if (!remembered) execution.error = std::move(remembered).error();
  co_return execution;
}

/// For noticing another writer, who undoes what is put back.
void Executor::count_foreign_change(Job& job, const plan::FunctionPlan& function) const {
  const bool puts_back = std::any_of(function.steps.begin(), function.steps.end(),
                                     [](const plan::Step& step) { return step.reason == plan::Reason::drifted; });
  if (!puts_back || !job.last) return;
  const std::int64_t now = epoch_seconds(ports_.clock.wall_now());
  std::erase_if(job.last->foreign_changes, [now](std::int64_t at) { return !is_recent(at, now); });
  job.last->foreign_changes.push_back(now);
}

awaitable<Result<void>> Executor::run_step(Job& job, const plan::Step& step) {
  state::Intent intent{0, job.desired.function.name, plan::describe(step.action), to_iso8601(ports_.clock.wall_now())};
  auto id = co_await ports_.store.begin_intent(intent);
  if (!id) co_return fail(std::move(id).error());

  Result<void> result;
  if (std::holds_alternative<plan::ImportFunction>(step.action)) {
    result = co_await import_function(job);
  } else if (std::holds_alternative<plan::UpdateCode>(step.action)) {
    result = co_await update_code(job);
  } else if (std::holds_alternative<plan::UpdateConfig>(step.action)) {
    result = co_await update_config(job);
  } else if (const auto* publish_step = std::get_if<plan::PublishVersion>(&step.action)) {
    result = co_await publish(job, *publish_step);
  } else if (const auto* create_step = std::get_if<plan::CreateAlias>(&step.action)) {
    result = co_await create_alias(job, *create_step);
  } else if (const auto* update_step = std::get_if<plan::UpdateAlias>(&step.action)) {
    result = co_await update_alias(job, *update_step);
  } else {
    result = co_await run_side_step(job, step.action);
  }

  // An unknown effect leaves the intent open: observing settles it.
  if (!result && result.error().kind == ErrorKind::unknown_effect) co_return result;
  std::string outcome = result ? std::string("done") : result.error().describe();
  auto ended = co_await ports_.store.end_intent(*id, std::move(outcome));
  if (result && !ended) co_return fail(std::move(ended).error());
  co_return result;
}

// ---- what has calls of its own

awaitable<Result<void>> Executor::run_side_step(Job& job, const plan::Action& action) {
  SideSteps side(ports_, settings_);
  const manifest::Function& function = job.desired.function;
  if (const auto* instances = std::get_if<plan::UpdateMaxInstances>(&action)) {
    co_return co_await side.run(*instances, *job.urn);
  }
  if (const auto* tags = std::get_if<plan::UpdateTags>(&action)) co_return co_await side.run(*tags, *job.urn);
  if (const auto* async = std::get_if<plan::UpdateAsyncConfig>(&action)) {
    co_return co_await side.run(*async, *job.urn, function);
  }
  if (const auto* reserved = std::get_if<plan::UpdateReservedInstances>(&action)) {
    co_return co_await side.run(*reserved, *job.urn, function);
  }
  DeleteSteps deletes(ports_, settings_);
  if (const auto* version = std::get_if<plan::DeleteVersion>(&action)) {
    co_return co_await deletes.run(*version, *job.urn);
  }
  if (const auto* function_step = std::get_if<plan::DeleteFunction>(&action)) {
    co_return co_await delete_for_recreation(job, *function_step);
  }
  const auto& alias = std::get<plan::DeleteAlias>(action);
  auto deleted = co_await deletes.run(alias, *job.urn);
  if (deleted) job.deleted_aliases.push_back(alias.name);
  co_return deleted;
}

// ---- inventory

awaitable<Result<void>> Executor::remember(Job& job) {
  auto entry = inventory_entry_of(job.desired, job.urn->text(), job.remote_digest, job.last, settings_);
  // Without marks, what is remembered is all that says whose it is.
  if (!settings_.plan.writes_markers) entry.awaits_mark = false;
  for (const auto& [alias, version] : job.moved_from) entry.previous_versions[alias] = version;
  for (const auto& [alias, stamp] : job.alias_stamps) entry.alias_stamps[alias] = stamp;
  for (const std::string& alias : job.deleted_aliases) {
    entry.aliases.erase(alias);
    entry.alias_stamps.erase(alias);
    entry.previous_versions.erase(alias);
  }
  for (const auto& [alias, wish] : job.alias_wishes) entry.alias_wishes[alias] = wish;
  co_return co_await ports_.store.put_inventory(std::move(entry));
}

// ---- deleting

awaitable<Result<void>> Executor::delete_for_recreation(Job& job, const plan::DeleteFunction& step) {
  DeleteSteps deletes(ports_, settings_);
  plan::Preconditions planned{job.remote_digest, {}, {}};
  if (job.observed) {
    for (const auto& version : job.observed->versions) planned.versions.push_back(version.name);
    for (const auto& alias : job.observed->aliases) planned.aliases.emplace_back(alias.name, alias.version);
    std::sort(planned.versions.begin(), planned.versions.end());
    std::sort(planned.aliases.begin(), planned.aliases.end());
  }
  auto deleted = co_await deletes.run(step, *job.urn, planned, DeleteSteps::Ownership::wanted);
  if (!deleted) co_return deleted;
  job.urn.reset();
  job.remote_digest = {};
  job.last.reset();
  co_return Result<void>();
}

awaitable<Execution> Executor::delete_function(functiongraph::FunctionRow row, plan::FunctionPlan function,
                                               Progress& progress) {
  Execution execution;
  DeleteSteps deletes(ports_, settings_);
  for (const plan::Step& step : function.steps) {
    const auto* deletion = std::get_if<plan::DeleteFunction>(&step.action);
    if (deletion == nullptr) continue;
    progress.on_step(function.name, step.action);
    state::Intent intent{0, function.name, plan::describe(step.action), to_iso8601(ports_.clock.wall_now())};
    auto id = co_await ports_.store.begin_intent(intent);
    if (!id) {
      execution.error = std::move(id).error();
      co_return execution;
    }
    auto deleted = co_await deletes.run(*deletion, row.urn, function.preconditions, DeleteSteps::Ownership::marked);
    if (!deleted && deleted.error().kind == ErrorKind::unknown_effect) {
      // Looked at once more: gone is done, whatever became of the answer.
      auto there = co_await ports_.service.find_function(row.name, call_deadline());
      if (there && !*there) deleted = Result<void>();
    }
    if (deleted) {
      // In this order: an intent that stays open says that there is something left to forget.
      deleted = co_await ports_.store.remove_inventory(function.name);
      if (deleted) deleted = co_await ports_.store.end_intent(*id, "done");
    } else if (deleted.error().kind != ErrorKind::unknown_effect) {
      auto ended = co_await ports_.store.end_intent(*id, deleted.error().describe());
      if (!ended) ports_.log.warn("intent cannot be ended", {kv("error", ended.error().describe())});
    }
    if (!deleted) {
      execution.error = std::move(deleted).error();
      co_return execution;
    }
    execution.done.push_back(plan::describe(step.action));
  }
  co_return execution;
}

}  // namespace fgsync::reconcile

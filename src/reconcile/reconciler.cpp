#include "reconcile/reconciler.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/fan_out.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"
#include "plan/waves.hpp"
#include "reconcile/last_applied.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using functiongraph::FunctionRow;

/// What a step does, without values: the grain at which a later plan must stay within the first one.
std::string effect_of(const plan::Action& action) {
  if (const auto* publish = std::get_if<plan::PublishVersion>(&action)) return "publish " + publish->version;
  if (const auto* create = std::get_if<plan::CreateAlias>(&action)) return "alias " + create->name;
  if (const auto* update = std::get_if<plan::UpdateAlias>(&action)) return "alias " + update->name;
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

Reconciler::Reconciler(Ports ports, Settings settings, std::vector<manifest::Function> functions)
    : ports_(std::move(ports)),
      settings_(std::move(settings)),
      catalog_(ports_, settings_),
      executor_(ports_, settings_, catalog_),
      random_(settings_.random_seed) {
  for (const std::string& name : settings_.rejected) outcomes_[name] = Outcome::failed;
  const auto waves = plan::waves_of(functions);
  for (manifest::Function& function : functions) {
    Entry entry;
    entry.wave = waves.at(function.name);
    entry.function = std::move(function);
    std::string name = entry.function.name;
    entries_.emplace(std::move(name), std::move(entry));
  }
}

// ---- planning

awaitable<Result<plan::Plan>> Reconciler::make_plan() {
  give_up_at_ = ports_.clock.now() + settings_.run_timeout;
  auto loaded = co_await load_state();
  if (!loaded) co_return fail(std::move(loaded).error());
  auto rows = co_await list_functions();
  if (!rows) co_return fail(std::move(rows).error());
  std::map<std::string, const FunctionRow*> row_of;
  for (const FunctionRow& row : *rows) row_of[row.name] = &row;

  std::vector<Entry*> entries;
  for (auto& item : entries_) entries.push_back(&item.second);
  std::vector<plan::FunctionPlan> plans(entries.size());
  // for_each_bounded keeps the closure until all have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<awaitable<void>(std::size_t)> task = [&](std::size_t i) -> awaitable<void> {
    const auto found = row_of.find(entries[i]->function.name);
    std::optional<FunctionRow> row;
    if (found != row_of.end()) row = *found->second;
    plans[i] = co_await plan_one(*entries[i], std::move(row));
  };
  co_await for_each_bounded(entries.size(), settings_.parallel, task);
  co_await catalog_.save();

  if (settings_.is_whole_source) {
    for (plan::FunctionPlan& orphan : plan_orphans(*rows)) plans.push_back(std::move(orphan));
  }
  co_return plan::assemble(std::move(plans));
}

awaitable<Result<void>> Reconciler::load_state() {
  auto inventory = co_await ports_.store.inventory();
  if (!inventory) co_return fail(std::move(inventory).error());
  auto intents = co_await ports_.store.open_intents();
  if (!intents) co_return fail(std::move(intents).error());
  co_await catalog_.load();
  for (const state::InventoryEntry& entry : *inventory) {
    if (const auto found = entries_.find(entry.name); found != entries_.end()) {
      found->second.last_applied = to_last_applied(entry);
    }
  }
  inventory_ = std::move(*inventory);
  for (const state::Intent& intent : *intents) {
    const auto found = entries_.find(intent.function);
    if (found != entries_.end()) {
      found->second.has_open_intents = true;
      found->second.has_import_of_ours = found->second.has_import_of_ours || intent.step == "import";
    }
    ports_.log.info("interrupted step found, settled by observing",
                    {kv("fn", intent.function), kv("step", intent.step), kv("started_at", intent.started_at)});
  }
  co_return Result<void>();
}

awaitable<Result<std::vector<FunctionRow>>> Reconciler::list_functions() {
  for (int failures = 1;; ++failures) {
    auto rows = co_await ports_.service.list_functions(ports_.clock.in(settings_.call_timeout));
    if (rows) co_return rows;
    const Next next = next_after_read(rows.error(), failures, Backoff{}, random_);
    if (next.kind == Next::Kind::stop || ports_.clock.now() + next.wait > give_up_at_) co_return rows;
    ports_.log.warn("waiting to list functions again",
                    {kv("error", rows.error().describe()), kv("wait_ms", next.wait.count())});
    co_await ports_.clock.sleep_until(ports_.clock.now() + next.wait);
  }
}

/// A failure becomes part of the function's plan: it is nobody else's.
awaitable<plan::FunctionPlan> Reconciler::plan_one(Entry& entry, std::optional<FunctionRow> row) {
  auto planned = co_await try_plan_one(entry, std::move(row));
  plan::FunctionPlan function;
  if (planned) {
    function = std::move(*planned);
  } else {
    function.name = entry.function.name;
    function.position = entry.function.position;
    for (const auto& dependency : entry.function.depends_on) function.depends_on.push_back(dependency.value);
    function.failure = std::move(planned).error();
  }
  function.wave = entry.wave;
  co_return function;
}

awaitable<Result<plan::FunctionPlan>> Reconciler::try_plan_one(Entry& entry, std::optional<FunctionRow> row) {
  if (auto unsupported = plan::plan_unsupported(entry.function)) co_return std::move(*unsupported);
  if (!entry.desired) {
    auto digested = co_await digest_code(entry);
    if (!digested) co_return fail(std::move(digested).error());
  }
  entry.observed.reset();
  if (row) {
    auto observed = co_await observe(row->urn);
    if (!observed) co_return fail(std::move(observed).error());
    entry.observed = std::move(*observed);
  }
  const plan::Inputs inputs{*entry.desired, entry.observed, entry.last_applied, entry.has_import_of_ours};
  if (plan::needs_archive_digest(inputs)) {
    auto archive = co_await catalog_.archive(entry.function.code, entry.desired->contents.digest);
    if (!archive) co_return fail(std::move(archive).error());
    entry.desired->archive_digest = archive->digest();
  }
  co_return plan::plan_function(inputs, settings_.plan);
}

awaitable<Result<void>> Reconciler::digest_code(Entry& entry) {
  auto code = co_await catalog_.digest(entry.function.code);
  if (!code) co_return fail(std::move(code).error());
  plan::Desired desired;
  desired.function = entry.function;
  desired.fingerprint = plan::fingerprint_of(code->contents.digest, entry.function);
  desired.contents = std::move(code->contents);
  desired.archive_digest = std::move(code->archive_digest);
  entry.desired = std::move(desired);
  co_return Result<void>();
}

awaitable<Result<plan::ObservedFunction>> Reconciler::observe(functiongraph::FunctionUrn urn) {
  for (int failures = 1;; ++failures) {
    const Deadline deadline = ports_.clock.in(settings_.call_timeout);
    std::optional<Error> error;
    auto detail = co_await ports_.service.show_config(urn, deadline);
    if (detail) {
      auto versions = co_await ports_.service.list_versions(urn, deadline);
      if (versions) {
        auto aliases = co_await ports_.service.list_aliases(urn, deadline);
        if (aliases) co_return plan::ObservedFunction{std::move(*detail), std::move(*versions), std::move(*aliases)};
        error = std::move(aliases).error();
      } else {
        error = std::move(versions).error();
      }
    } else {
      error = std::move(detail).error();
    }
    const Next next = next_after_read(*error, failures, Backoff{}, random_);
    if (next.kind == Next::Kind::stop || ports_.clock.now() + next.wait > give_up_at_)
      co_return fail(std::move(*error));
    co_await ports_.clock.sleep_until(ports_.clock.now() + next.wait);
  }
}

/// Functions that are ours, by inventory or marker, and that no manifest wants.
std::vector<plan::FunctionPlan> Reconciler::plan_orphans(const std::vector<FunctionRow>& rows) const {
  std::set<std::string> in_inventory;
  for (const state::InventoryEntry& entry : inventory_) in_inventory.insert(entry.name);
  std::vector<plan::FunctionPlan> orphans;
  for (const FunctionRow& row : rows) {
    const bool is_ours =
        in_inventory.contains(row.name) || plan::split_owner(row.description).marker == settings_.plan.source_id;
    if (is_ours && !entries_.contains(row.name)) orphans.push_back(plan::plan_orphan(row.name));
  }
  return orphans;
}

// ---- applying

awaitable<Report> Reconciler::apply(plan::Plan plan, Progress& progress) {
  give_up_at_ = ports_.clock.now() + settings_.run_timeout;
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
  co_return report;
}

awaitable<FunctionReport> Reconciler::apply_one(const plan::FunctionPlan& function, Progress& progress) {
  FunctionReport report;
  report.name = function.name;
  report.blocked = function.blocked;
  const auto found = entries_.find(function.name);
  if (function.failure || found == entries_.end()) {
    report.outcome = function.failure ? Outcome::failed : Outcome::blocked;
    report.error = function.failure;
    co_return report;
  }
  if (function.is_unchanged()) {
    co_await settle_unchanged(found->second);
    co_return report;
  }
  if (function.steps.empty()) {
    report.outcome = Outcome::blocked;
    co_return report;
  }
  if (const auto reason = reason_to_skip(function)) {
    report.outcome = is_stopping_ ? Outcome::interrupted : Outcome::skipped;
    report.reason = *reason;
    co_return report;
  }
  const auto started = ports_.clock.now();
  progress.on_start(function.name);
  report = co_await execute(found->second, function, progress);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started);
  co_return report;
}

awaitable<void> Reconciler::settle_unchanged(Entry& entry) {
  if (!entry.desired || !entry.observed) co_return;
  auto remembered = co_await executor_.remember_unchanged(*entry.desired, *entry.observed, entry.last_applied);
  if (!remembered) ports_.log.warn("inventory cannot be written", {kv("error", remembered.error().describe())});
  co_await settle_intents(entry);
}

/// The function is as desired, so nothing that was interrupted matters any more.
awaitable<void> Reconciler::settle_intents(Entry& entry) {
  if (!entry.has_open_intents) co_return;
  auto settled = co_await ports_.store.settle_intents(entry.function.name);
  if (!settled) ports_.log.warn("intents cannot be settled", {kv("error", settled.error().describe())});
  entry.has_open_intents = false;
}

std::optional<std::string> Reconciler::reason_to_skip(const plan::FunctionPlan& function) const {
  if (is_stopping_) return "stopped before it began";
  if (credential_refusal_) return "the credentials were refused: " + credential_refusal_->message;
  for (const std::string& dependency : function.depends_on) {
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
  for (int failures = 0;;) {
    report.blocked = function.blocked;
    Execution execution = co_await executor_.run(*entry.desired, entry.observed, function, progress);
    if (execution.has_imported) entry.has_import_of_ours = true;
    for (std::string& step : execution.done) {
      // Only what is new is progress: doing the same again means that somebody undoes it.
      if (std::find(report.done.begin(), report.done.end(), step) != report.done.end()) continue;
      failures = 0;
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
      const bool was_stopped = planned.error().kind == ErrorKind::cancelled || is_stopping_;
      report.outcome = was_stopped ? Outcome::interrupted : Outcome::failed;
      report.error = std::move(planned).error();
      co_return report;
    }
    function = std::move(*planned);
    if (function.steps.empty()) {
      report.blocked = function.blocked;
      if (function.blocked.empty()) co_await settle_unchanged(entry);
      break;
    }
  }
  report.outcome = report.blocked.empty() ? Outcome::done : Outcome::blocked;
  co_return report;
}

/// After a failure: waits, observes and plans again, until there is a plan to go on with or no use in going on.
awaitable<Result<plan::FunctionPlan>> Reconciler::recover(Entry& entry, Error error, int& failures,
                                                          Progress& progress) {
  while (true) {
    if (functiongraph::is_credential_refusal(error)) credential_refusal_ = error;
    // Something was created under this name, perhaps: if it is there now, it is ours.
    if (error.kind == ErrorKind::unknown_effect && !entry.observed) entry.has_import_of_ours = true;
    const Next next = next_after(error, ++failures, Backoff{}, random_);
    const auto resume_at = ports_.clock.now() + next.wait;
    if (next.kind == Next::Kind::stop || is_stopping_ || resume_at > give_up_at_) co_return fail(std::move(error));
    progress.on_wait(entry.function.name, error, next.wait);
    co_await wait_until(resume_at);
    if (is_stopping_) co_return fail(std::move(error));
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

/// Observes one function anew, which settles its open intents, and plans from what is there now.
awaitable<Result<plan::FunctionPlan>> Reconciler::plan_again(Entry& entry) {
  const Deadline deadline = ports_.clock.in(settings_.call_timeout);
  auto row = co_await ports_.service.find_function(entry.function.name, deadline);
  if (!row) co_return fail(std::move(row).error());
  auto planned = co_await try_plan_one(entry, std::move(*row));
  if (!planned) co_return fail(std::move(planned).error());
  auto settled = co_await ports_.store.settle_intents(entry.function.name);
  if (!settled) co_return fail(std::move(settled).error());
  co_return planned;
}

}  // namespace fgsync::reconcile

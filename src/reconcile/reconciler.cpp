#include "reconcile/reconciler.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/fan_out.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/guards.hpp"
#include "plan/marker.hpp"
#include "plan/waves.hpp"
#include "reconcile/interventions.hpp"
#include "reconcile/inventory.hpp"
#include "reconcile/secrets.hpp"
#include "reconcile/side_steps.hpp"
#include "reconcile/sighting.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::FunctionRow;

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
    std::string name = function.name;
    entry.desired.function = std::move(function);
    entries_.emplace(std::move(name), std::move(entry));
  }
}

awaitable<Result<plan::Plan>> Reconciler::make_plan() {
  give_up_at_ = ports_.clock.now() + settings_.run_timeout;
  auto loaded = co_await load_state();
  if (!loaded) co_return fail(std::move(loaded).error());
  auto rows = co_await list_and_digest();
  if (!rows) co_return fail(std::move(rows).error());
  std::set<std::string> on_service;
  std::map<std::string, FunctionRow*> row_of;
  std::vector<FunctionRow> others;
  for (FunctionRow& row : *rows) {
    on_service.insert(row.name);
    if (entries_.contains(row.name)) {
      row_of.insert_or_assign(row.name, &row);
    } else {
      others.push_back(std::move(row));
    }
  }
  // By name only the functions of this run were looked for.
  if (settings_.lookup == Lookup::by_name) begun_deletions_.clear();
  std::erase_if(begun_deletions_, [&on_service](const std::string& name) { return on_service.contains(name); });

  std::vector<Entry*> entries;
  for (auto& item : entries_) entries.push_back(&item.second);
  std::vector<plan::FunctionPlan> plans(entries.size());
  // for_each_bounded keeps the closure until all have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<awaitable<void>(std::size_t)> task = [&](std::size_t i) -> awaitable<void> {
    const auto found = row_of.find(entries[i]->function().name);
    std::optional<FunctionRow> row;
    if (found != row_of.end()) row = std::move(*found->second);
    plans[i] = co_await plan_one(*entries[i], std::move(row));
  };
  co_await for_each_bounded(entries.size(), settings_.parallel, task);
  co_await catalog_.save();

  if (settings_.is_whole_source) {
    auto orphans = orphan_rows(others);
    for (const FunctionRow& row : orphans) orphans_.insert_or_assign(row.name, row);
    auto orphan_plans =
        co_await Orphans(ports_, settings_).plan(std::move(orphans), inventory_, begun_imports_, decisions_);
    for (plan::FunctionPlan& orphan : orphan_plans) plans.push_back(std::move(orphan));
  }
  guard(plans, std::move(on_service));
  co_return plan::assemble(std::move(plans));
}

void Reconciler::guard(std::vector<plan::FunctionPlan>& plans, std::set<std::string> on_service) {
  plan::GuardInputs inputs;
  for (const auto& [name, entry] : inventory_) {
    // That we deleted it is no sign of a wrong project.
    if (begun_deletions_.contains(name)) continue;
    inputs.inventory.insert(name);
    if (entry.is_held_back) inputs.held_back.insert(name);
  }
  inputs.on_service = std::move(on_service);
  // What was not looked for is not missing.
  if (settings_.lookup == Lookup::by_name) inputs.on_service.insert(inputs.inventory.begin(), inputs.inventory.end());
  inputs.max_delete = settings_.max_delete;
  inputs.no_deletes = settings_.no_deletes;
  const bool has_failure =
      std::any_of(plans.begin(), plans.end(), [](const auto& planned) { return planned.failure.has_value(); });
  if (!settings_.rejected.empty()) inputs.no_deletes = "some manifests have errors";
  if (entries_.empty()) inputs.no_deletes = "the source has no functions at all";
  // Nothing about the manifests: the count waits, and does not begin anew.
  is_count_waiting_ = has_failure && !inputs.no_deletes;
  if (is_count_waiting_) inputs.no_deletes = "some functions cannot be planned";
  plan::apply_guards(plans, inputs);
}

awaitable<Result<void>> Reconciler::load_state() {
  auto inventory = co_await ports_.store.inventory();
  if (!inventory) co_return fail(std::move(inventory).error());
  auto intents = co_await ports_.store.open_intents();
  if (!intents) co_return fail(std::move(intents).error());
  auto holds = co_await ports_.store.holds();
  if (!holds) co_return fail(std::move(holds).error());
  for (state::HoldEntry& entry : *holds) {
    plan::Hold hold{std::move(entry.fingerprint), std::move(entry.reason), std::move(entry.who)};
    const auto found = entries_.find(entry.function);
    if (found != entries_.end()) found->second.holds.push_back(hold);
    decisions_.holds.insert_or_assign(std::move(entry.function), std::move(hold));
  }
  auto suspensions = co_await ports_.store.suspensions();
  if (!suspensions) co_return fail(std::move(suspensions).error());
  for (state::SuspensionEntry& entry : *suspensions) {
    plan::Suspension suspension{std::move(entry.who), std::move(entry.at), std::move(entry.reason)};
    const auto kept = decisions_.suspensions.insert_or_assign(entry.function, std::move(suspension)).first;
    const auto found = entries_.find(entry.function);
    if (found != entries_.end()) found->second.suspension = &kept->second;
  }
  auto known_code = co_await ports_.store.known_code();
  if (!known_code) co_return fail(std::move(known_code).error());
  for (state::KnownCode& known : *known_code) {
    known_code_[known.content_digest.hex].push_back(std::move(known.remote_digest));
  }
  auto refused_at = co_await ports_.store.import_refused_at();
  if (!refused_at) co_return fail(std::move(refused_at).error());
  constexpr std::int64_t kTrusted = std::int64_t{7} * 24 * 3600;
  const bool is_refused = *refused_at && epoch_seconds(ports_.clock.wall_now()) - **refused_at < kTrusted;
  if (is_refused) executor_.create_instead();
  settings_.plan.may_import =
      settings_.import_via == ImportVia::import || (settings_.import_via == ImportVia::automatic && !is_refused);
  co_await catalog_.load();
  for (state::InventoryEntry& entry : *inventory) {
    std::string name = entry.name;
    const state::InventoryEntry& kept = inventory_.insert_or_assign(std::move(name), std::move(entry)).first->second;
    // While runs without a manifest are counted, the entry is to be written again.
    const auto found = kept.missing_runs == 0 ? entries_.find(kept.name) : entries_.end();
    if (found != entries_.end()) found->second.sighting = kept.sighting ? &*kept.sighting : nullptr;
  }
  for (const state::Intent& intent : *intents) {
    const bool is_import = plan::makes_function(intent.step);
    if (is_import) begun_imports_.emplace(intent.function, intent.started_at);
    if (plan::deletes_function(intent.step)) begun_deletions_.insert(intent.function);
    const auto found = entries_.find(intent.function);
    if (found != entries_.end()) {
      found->second.has_open_intents = true;
      found->second.has_import_of_ours = found->second.has_import_of_ours || is_import;
      if (is_rollback(intent)) found->second.rollbacks.push_back(intent.id);
    }
    if (settings_.is_under_way && settings_.is_under_way(intent.function)) continue;
    ports_.log.info("interrupted step found, settled by observing",
                    {kv("fn", intent.function), kv("step", intent.step), kv("started_at", intent.started_at)});
  }
  co_return Result<void>();
}

/// The code is looked at while the service answers.
awaitable<Result<std::vector<FunctionRow>>> Reconciler::list_and_digest() {
  std::vector<const manifest::Code*> codes;
  for (const auto& [name, entry] : entries_) {
    if (!entry.is_digested) codes.push_back(&entry.function().code);
  }
  std::optional<Result<std::vector<FunctionRow>>> rows;
  // for_each_bounded keeps the closure until both have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<awaitable<void>(std::size_t)> task = [&](std::size_t i) -> awaitable<void> {
    if (i == 0) {
      co_await catalog_.digest_ahead(codes);
    } else {
      rows = co_await list_functions();
    }
  };
  co_await for_each_bounded(2, 2, task);
  co_return std::move(*rows);
}

/// Each by its name. One that is not there has no row.
awaitable<Result<std::vector<FunctionRow>>> Reconciler::find_functions() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  std::vector<FunctionRow> rows;
  std::optional<Error> failure;
  // for_each_bounded keeps the closure until all have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<awaitable<void>(std::size_t)> task = [&](std::size_t i) -> awaitable<void> {
    auto row = co_await ports_.service.find_function(names[i], ports_.clock.in(settings_.call_timeout));
    if (!row) {
      failure = std::move(row).error();
    } else if (*row) {
      rows.push_back(std::move(**row));
    }
  };
  co_await for_each_bounded(names.size(), settings_.parallel, task);
  if (failure) co_return fail(std::move(*failure));
  co_return rows;
}

awaitable<Result<std::vector<FunctionRow>>> Reconciler::list_functions() {
  if (settings_.lookup == Lookup::by_name) co_return co_await find_functions();
  functiongraph::FunctionFilter all;
  all.is_brief = true;
  for (int failures = 1;; ++failures) {
    auto rows = co_await ports_.service.list_functions(all, ports_.clock.in(settings_.call_timeout));
    if (rows) co_return rows;
    const Next next = next_after_read(rows.error(), failures, Backoff{}, random_);
    if (next.kind == Next::Kind::stop || ports_.clock.now() + next.wait > give_up_at_) co_return rows;
    ports_.log.warn("waiting to list functions again",
                    {kv("error", rows.error().describe()), kv("wait_ms", next.wait.count())});
    co_await ports_.clock.sleep_until(ports_.clock.now() + next.wait);
  }
}

std::optional<int> Reconciler::versions_of(const std::string& function) const {
  const auto found = entries_.find(function);
  if (found == entries_.end() || !found->second.observed) return std::nullopt;
  return static_cast<int>(found->second.observed->versions.size()) + 1;
}

bool Reconciler::asks_for_change(const std::string& function) const {
  const auto found = entries_.find(function);
  if (found == entries_.end() || !found->second.is_digested) return false;
  const auto known = inventory_.find(function);
  return known == inventory_.end() || known->second.fingerprint != found->second.desired.fingerprint;
}

/// A failure becomes part of the function's plan: it is nobody else's.
awaitable<plan::FunctionPlan> Reconciler::plan_one(Entry& entry, std::optional<FunctionRow> row) {
  Result<plan::FunctionPlan> planned;
  try {
    planned = co_await try_plan_one(entry, std::move(row));
  } catch (const std::exception& error) {
    throw FunctionCrashed(entry.function().name, error.what());
  }
  plan::FunctionPlan function;
  if (planned) {
    function = std::move(*planned);
  } else {
    function.name = entry.function().name;
    function.position = entry.function().position;
    for (const auto& dependency : entry.function().depends_on) function.depends_on.push_back(dependency.value);
    function.failure = std::move(planned).error();
  }
  function.wave = entry.wave;
  co_return function;
}

awaitable<Result<plan::FunctionPlan>> Reconciler::try_plan_one(Entry& entry, std::optional<FunctionRow> row) {
  if (!entry.is_digested) {
    auto digested = co_await digest_code(entry);
    if (!digested) co_return fail(std::move(digested).error());
  }
  entry.observed.reset();
  entry.row_mark = row ? row_mark_of(*row) : std::nullopt;
  entry.is_trusted = is_unchanged_by_list(entry);
  if (entry.is_trusted) {
    plan::FunctionPlan unchanged;
    unchanged.name = entry.function().name;
    unchanged.position = entry.function().position;
    for (const auto& dependency : entry.function().depends_on) unchanged.depends_on.push_back(dependency.value);
    unchanged.fingerprint = entry.desired.fingerprint;
    co_return unchanged;
  }
  recall(entry);
  if (row) {
    auto observed = co_await observe(entry, row->urn);
    if (!observed) co_return fail(std::move(observed).error());
    entry.observed = std::move(*observed);
  }
  const plan::Inputs inputs = inputs_of(entry);
  if (plan::needs_archive_digest(inputs)) {
    auto archive = co_await catalog_.archive(entry.function().code, entry.desired.contents.digest);
    if (!archive) co_return fail(std::move(archive).error());
    entry.desired.archive_digest = archive->digest();
  }
  co_return co_await keep_what_is_called(entry, plan::plan_function(inputs, settings_.plan));
}

plan::Inputs Reconciler::inputs_of(const Entry& entry) const {
  plan::Inputs inputs{entry.desired, entry.observed,       entry.last_applied(), entry.has_import_of_ours,
                      entry.holds,   entry.versions_in_use};
  if (entry.last_applied()) {
    const auto& changes = entry.last_applied()->foreign_changes;
    const std::int64_t now = epoch_seconds(ports_.clock.wall_now());
    inputs.foreign_changes = static_cast<int>(
        std::count_if(changes.begin(), changes.end(), [now](std::int64_t at) { return is_recent(at, now); }));
  }
  inputs.has_triggers = entry.has_triggers;
  inputs.suspension = entry.suspension;
  if (const auto known = known_code_.find(entry.desired.contents.digest.hex); known != known_code_.end()) {
    inputs.known_code = &known->second;
  }
  return inputs;
}

bool Reconciler::is_unchanged_by_list(const Entry& entry) const {
  const bool may_trust = settings_.refresh == Refresh::list && entry.row_mark && entry.sighting &&
                         !entry.has_open_intents && entry.holds.empty() && entry.suspension == nullptr &&
                         !entry.function().handling.is_suspended;
  if (!may_trust) return false;
  const auto current = sighting_of(*entry.row_mark, entry.desired, settings_.plan, ports_.clock.wall_now());
  return still_holds(*entry.sighting, current, settings_.full_refresh);
}

/// A function that triggers call is not deleted to be made anew.
awaitable<Result<plan::FunctionPlan>> Reconciler::keep_what_is_called(Entry& entry, plan::FunctionPlan function) {
  const bool is_deleted = std::any_of(function.steps.begin(), function.steps.end(), [](const plan::Step& step) {
    return std::holds_alternative<plan::DeleteFunction>(step.action);
  });
  if (!is_deleted) co_return co_await keep_versions_in_use(entry, std::move(function));
  auto attached = co_await read_attachments(ports_, settings_, entry.observed->detail.row.urn);
  if (!attached) co_return fail(std::move(attached).error());
  if (!attached->has_triggers) co_return function;
  entry.has_triggers = true;
  co_return plan::plan_function(inputs_of(entry), settings_.plan);
}

std::optional<Reconciler::Trusted> Reconciler::trusted() const {
  std::optional<Trusted> trusted;
  for (const auto& [name, entry] : entries_) {
    if (!entry.is_trusted) continue;
    const auto seen = std::chrono::system_clock::time_point(std::chrono::seconds(entry.sighting->at));
    if (!trusted) trusted = Trusted{0, seen};
    ++trusted->functions;
    trusted->oldest = std::min(trusted->oldest, seen);
  }
  return trusted;
}

/// What triggers hang on is not pruned. They are looked for only on versions that would be.
awaitable<Result<plan::FunctionPlan>> Reconciler::keep_versions_in_use(Entry& entry, plan::FunctionPlan function) {
  bool has_found = false;
  for (const plan::Step& step : function.steps) {
    const auto* pruned = std::get_if<plan::DeleteVersion>(&step.action);
    if (pruned == nullptr || entry.versions_in_use.contains(pruned->version)) continue;
    auto urn = functiongraph::VersionUrn::of(entry.observed->detail.row.urn, pruned->version);
    if (!urn) co_return fail(std::move(urn).error());
    // Without the port nobody knows, and nothing is deleted on a guess.
    bool is_called = ports_.triggers == nullptr;
    if (!is_called) {
      auto triggers = co_await ports_.triggers->list_triggers(*urn, ports_.clock.in(settings_.call_timeout));
      if (!triggers) co_return fail(std::move(triggers).error());
      is_called = !triggers->empty();
    }
    if (is_called) entry.versions_in_use.insert(pruned->version);
    has_found = has_found || is_called;
  }
  if (!has_found) co_return function;
  co_return co_await keep_versions_in_use(entry, plan::plan_function(inputs_of(entry), settings_.plan));
}

/// Not before it is needed: of most functions there is nothing to decide.
void Reconciler::recall(Entry& entry) const {
  if (entry.is_recalled) return;
  entry.desired.contents.files = catalog_.files_of(entry.function().code);
  const auto known = inventory_.find(entry.function().name);
  if (known != inventory_.end()) *entry.last = to_last_applied(known->second);
  entry.is_recalled = true;
}

awaitable<Result<void>> Reconciler::digest_code(Entry& entry) {
  auto code = co_await catalog_.digest(entry.function().code);
  if (!code) co_return fail(std::move(code).error());
  auto secrets = co_await Secrets(ports_, settings_).marks(entry.function());
  if (!secrets) co_return fail(std::move(secrets).error());
  plan::Desired& desired = entry.desired;
  desired.secrets = std::move(*secrets);
  desired.fingerprint = plan::fingerprint_of(code->digest, desired.function, desired.secrets);
  desired.contents.digest = std::move(code->digest);
  desired.archive_digest = std::move(code->archive_digest);
  entry.is_digested = true;
  co_return Result<void>();
}

awaitable<Result<plan::ObservedFunction>> Reconciler::observe(const Entry& entry, functiongraph::FunctionUrn urn) {
  for (int failures = 1;; ++failures) {
    const auto began_at = ports_.clock.now();
    const Deadline deadline = ports_.clock.in(settings_.call_timeout);
    std::optional<Error> error;
    auto detail = co_await ports_.service.show_config(urn, deadline);
    if (detail) {
      auto versions = co_await ports_.service.list_versions(urn, deadline);
      if (versions) {
        auto aliases = co_await ports_.service.list_aliases(urn, deadline);
        if (aliases) {
          plan::ObservedFunction observed{std::move(*detail), std::move(*versions), std::move(*aliases)};
          observed.read_at = began_at;
          auto side =
              co_await observe_side_settings(ports_, entry.function(), entry.last_applied(), observed, deadline);
          if (side) side = co_await read_strategies(entry, observed, deadline);
          if (side) co_return observed;
          error = std::move(side).error();
        } else {
          error = std::move(aliases).error();
        }
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

/// Lists leave strategies out. They are read where one is wanted, and where one turned up.
awaitable<Result<void>> Reconciler::read_strategies(const Entry& entry, plan::ObservedFunction& observed,
                                                    Deadline deadline) {
  for (const manifest::WantedAlias& wanted : entry.function().aliases) {
    if (!entry.reads_strategies && wanted.additional_version_strategy.empty()) continue;
    for (functiongraph::Alias& alias : observed.aliases) {
      if (alias.name != wanted.name) continue;
      auto urn = functiongraph::AliasUrn::of(observed.detail.row.urn, alias.name);
      if (!urn) co_return fail(std::move(urn).error());
      auto whole = co_await ports_.service.show_alias(std::move(*urn), deadline);
      if (!whole) co_return fail(std::move(whole).error());
      alias = std::move(*whole);
    }
  }
  co_return Result<void>();
}

/// Functions that are ours, by inventory, marker or an import without an answer, and that no manifest wants.
std::vector<FunctionRow> Reconciler::orphan_rows(const std::vector<FunctionRow>& rows) const {
  std::set<std::string> remembered;
  for (const auto& [name, entry] : inventory_) {
    // One that was adopted and never touched is not ours to delete: who takes its manifest away changed his mind.
    if (!entry.awaits_mark) remembered.insert(name);
  }
  for (const auto& [name, begun_at] : begun_imports_) remembered.insert(name);
  const std::set<std::string> rejected(settings_.rejected.begin(), settings_.rejected.end());
  std::vector<FunctionRow> orphans;
  for (const FunctionRow& row : rows) {
    const auto owner = plan::split_owner(row.description).marker;
    // Another source's mark means that it was taken over, whatever we remember.
    const bool is_ours = owner ? *owner == settings_.plan.source_id : remembered.contains(row.name);
    const bool is_wanted =
        entries_.contains(row.name) || rejected.contains(row.name) || settings_.elsewhere.contains(row.name);
    if (is_ours && !is_wanted) orphans.push_back(row);
  }
  return orphans;
}

}  // namespace fgsync::reconcile

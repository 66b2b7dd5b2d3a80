#include "reconcile/orphans.hpp"

#include <algorithm>
#include <utility>

#include "plan/marker.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using functiongraph::QualifiedUrn;

}  // namespace

awaitable<Result<Attachments>> read_attachments(Ports& ports, const Settings& settings,
                                                functiongraph::FunctionUrn urn) {
  const Deadline deadline = ports.clock.in(settings.call_timeout);
  Attachments attached;
  std::vector<QualifiedUrn> places{QualifiedUrn(urn)};
  auto versions = co_await ports.service.list_versions(urn, deadline);
  if (!versions) co_return fail(std::move(versions).error());
  for (const auto& version : *versions) {
    attached.versions.push_back(version.name);
    if (auto place = functiongraph::VersionUrn::of(urn, version.name)) places.emplace_back(*place);
  }
  auto aliases = co_await ports.service.list_aliases(urn, deadline);
  if (!aliases) co_return fail(std::move(aliases).error());
  for (const auto& alias : *aliases) {
    if (auto place = functiongraph::AliasUrn::of(urn, alias.name)) places.emplace_back(*place);
  }
  attached.aliases = std::move(*aliases);
  attached.has_triggers = ports.triggers == nullptr;
  for (const QualifiedUrn& place : places) {
    if (attached.has_triggers) break;
    auto triggers = co_await ports.triggers->list_triggers(place, deadline);
    if (!triggers) co_return fail(std::move(triggers).error());
    attached.has_triggers = !triggers->empty();
  }
  co_return attached;
}

int Orphans::runs_without_manifest(const state::InventoryEntry& entry) const {
  switch (settings_.missing_runs) {
    case MissingRuns::counted: return entry.missing_runs + 1;
    case MissingRuns::not_counted: return entry.missing_runs;
    case MissingRuns::begun_anew: return 0;
  }
  return 0;
}

awaitable<Result<void>> Orphans::read_what_keeps(plan::Orphan& orphan, functiongraph::FunctionUrn urn) {
  auto attached = co_await read_attachments(ports_, settings_, std::move(urn));
  if (!attached) co_return fail(std::move(attached).error());
  orphan.has_triggers = attached->has_triggers;
  orphan.versions = std::move(attached->versions);
  for (const auto& alias : attached->aliases) {
    orphan.aliases.emplace_back(alias.name, alias.version);
    auto marker = plan::split_hold(alias.description).marker;
    if (marker) orphan.hold = plan::Hold{std::move(*marker), "", "the mark at the alias " + alias.name};
  }
  co_return Result<void>();
}

awaitable<std::vector<plan::FunctionPlan>> Orphans::plan(std::vector<functiongraph::FunctionRow> rows,
                                                         const std::map<std::string, state::InventoryEntry>& inventory,
                                                         const std::map<std::string, std::string>& begun_imports,
                                                         const Decisions& decisions) {
  std::vector<plan::FunctionPlan> plans;
  for (const functiongraph::FunctionRow& row : rows) {
    plan::Orphan orphan{row.name, row.digest, false, std::nullopt, false};
    const auto suspended = decisions.suspensions.find(row.name);
    if (suspended != decisions.suspensions.end()) orphan.suspension = &suspended->second;
    const auto held = decisions.holds.find(row.name);
    if (held != decisions.holds.end()) orphan.hold = held->second;
    orphan.unread = settings_.unread;
    orphan.has_mark = plan::split_owner(row.description).marker.has_value();
    const auto entry = inventory.find(row.name);
    if (entry != inventory.end()) {
      orphan.is_protected = entry->second.is_protected;
      orphan.missing_runs = runs_without_manifest(entry->second);
    } else if (!orphan.has_mark) {
      if (const auto begun = begun_imports.find(row.name); begun != begun_imports.end()) {
        orphan.import_begun_at = begun->second;
      }
    }
    plan::FunctionPlan planned = plan::plan_orphan(orphan, settings_.plan);
    const bool is_at_stake = settings_.plan.pruning == plan::Pruning::on && planned.blocked.empty();
    if (is_at_stake) {
      // Asked only now: it takes calls, and matters only for what is going to be deleted.
      auto read = co_await read_what_keeps(orphan, row.urn);
      if (read) {
        planned = plan::plan_orphan(orphan, settings_.plan);
      } else {
        planned.steps.clear();
        planned.failure = std::move(read).error();
      }
    }
    plans.push_back(std::move(planned));
  }
  co_return plans;
}

}  // namespace fgsync::reconcile

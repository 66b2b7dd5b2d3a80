// Deleting is looked at twice: once to show a person what goes, and once directly before the call, since minutes may
// have passed until the answer. Whatever differs then, or cannot be read, leaves the function alone.
#include "reconcile/removal.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "plan/marker.hpp"
#include "reconcile/journal.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::FunctionRow;
using functiongraph::FunctionUrn;
using functiongraph::QualifiedUrn;

namespace {

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string detail_of(const std::optional<Belongings>& belongings, const std::string& reason) {
  std::string text = "it was gone already";
  if (belongings) {
    text = "with " + counted(belongings->versions.size(), "version", "versions") + ", " +
           counted(belongings->aliases.size(), "alias", "aliases") + " and " +
           counted(belongings->triggers.size(), "trigger", "triggers");
  }
  return text + (reason.empty() ? "" : ": " + reason);
}

RemovalOutlook& block(RemovalOutlook& outlook, std::string why, std::string next) {
  outlook.blocked = std::move(why);
  outlook.next = std::move(next);
  return outlook;
}

/// Whether the function is ours to delete. Another source's mark always says no.
void judge_ownership(RemovalOutlook& outlook, const std::optional<std::string>& owner, bool is_remembered,
                     const RemovalWish& wish, const std::string& source_id) {
  if (owner && *owner != source_id) {
    block(outlook, "it is managed by the source \"" + *owner + "\", not by \"" + source_id + "\"", "delete it there");
  } else if (!owner && !is_remembered && !wish.includes_unmanaged) {
    block(outlook, "it is not managed by fgsync, neither its description nor the state say that it is this source's",
          "fgsync delete --unmanaged " + wish.function);
  }
}

std::string place_of(const std::string& environment) {
  return environment.empty() ? "without an environment" : "in the environment " + environment;
}

/// For another environment than that of this run.
std::string command_in(const std::string& environment, const std::string& command, const std::string& function) {
  return environment.empty() ? "without --env: fgsync " + command + " " + function
                             : "fgsync " + command + " --env " + environment + " " + function;
}

/// One function has several manifests when there are environments: what this run reads may not be the one that counts.
void judge_environments(RemovalOutlook& outlook, bool is_ours_here, bool is_marked, const RemovalWish& wish) {
  std::string owners;
  for (const state::AppliedElsewhere& other : wish.elsewhere) {
    owners += (owners.empty() ? "" : " and ") + place_of(other.environment);
    if (!other.is_protected) continue;
    block(outlook, "it was applied " + place_of(other.environment) + ", and its last manifest there said protect: true",
          command_in(other.environment, "forget", wish.function));
    return;
  }
  const bool may_be_anothers = !owners.empty() || wish.has_environments;
  if (is_ours_here || !is_marked || wish.includes_unmanaged || !may_be_anothers) return;
  const std::string where = owners.empty() ? "another environment may own it" : "it was applied " + owners;
  block(outlook,
        "it has this source's mark, but this state has not applied it " + place_of(wish.environment) + "; " + where,
        (wish.elsewhere.empty() ? "fgsync delete --env ENVIRONMENT " + wish.function
                                : command_in(wish.elsewhere.front().environment, "delete", wish.function)) +
            "; or, to delete it all the same: fgsync delete --unmanaged" +
            (wish.environment.empty() ? " " : " --env " + wish.environment + " ") + wish.function);
}

void judge_protection(RemovalOutlook& outlook, const std::optional<state::InventoryEntry>& entry, bool is_marked,
                      const RemovalWish& wish) {
  if (wish.manifest == ManifestWord::protects) {
    block(outlook, "its manifest says protect: true", "take protect: true out of its manifest");
  } else if (wish.manifest == ManifestWord::is_broken) {
    block(outlook, "its manifest has an error, so whether it says protect: true is not known", "fgsync validate");
  } else if (wish.manifest == ManifestWord::unknown) {
    block(outlook, "not all manifests can be read, so whether one of them says protect: true is not known",
          "fgsync validate");
  } else if (wish.manifest == ManifestWord::wants) {
    return;
  } else if (entry && entry->is_protected) {
    block(outlook, "its last manifest said protect: true", "fgsync forget " + wish.function);
  } else if (!entry && is_marked) {
    block(outlook, "whether it is protected is not known: no manifest wants it, and this state has never seen it",
          "delete it where the state knows it, or: fgsync forget " + wish.function + ", then delete --unmanaged");
  }
}

}  // namespace

// ---- looking

awaitable<Result<RemovalOutlook>> Removals::look(RemovalWish wish) {
  RemovalOutlook outlook;
  outlook.function = wish.function;
  outlook.is_wanted = wish.manifest == ManifestWord::wants || wish.manifest == ManifestWord::protects;
  outlook.is_suspended_by_manifest = wish.is_suspended;
  auto kept = co_await find_decisions(ports_.store, wish.function);
  if (!kept) co_return fail(std::move(kept).error());
  outlook.kept = std::move(*kept);
  auto row = co_await ports_.service.find_function(wish.function, call_deadline());
  if (!row) co_return fail(std::move(row).error());
  auto entry = co_await find_entry(ports_.store, wish.function);
  if (!entry) co_return fail(std::move(entry).error());
  if (!*row) {
    auto is_left = co_await is_left_in_state(wish.function);
    if (!is_left) co_return fail(std::move(is_left).error());
    if (*is_left) co_return outlook;
    co_return fail(ErrorKind::not_found,
                   "the service has no function " + wish.function + ", nor does the state know it");
  }
  const auto owner = plan::split_owner((*row)->description).marker;
  // What was adopted and never touched is not this source's yet.
  const bool is_remembered = *entry && !(**entry).awaits_mark;
  judge_ownership(outlook, owner, is_remembered, wish, settings_.plan.source_id);
  if (!outlook.blocked) judge_environments(outlook, is_remembered, owner.has_value(), wish);
  if (!outlook.blocked) judge_protection(outlook, *entry, owner.has_value(), wish);
  if (outlook.blocked) co_return outlook;
  auto belongings = co_await belongings_of(std::move(**row));
  if (!belongings) co_return fail(std::move(belongings).error());
  outlook.belongings = std::move(*belongings);
  co_return outlook;
}

awaitable<Result<std::optional<Belongings>>> Removals::read(std::string function) {
  auto row = co_await ports_.service.find_function(std::move(function), call_deadline());
  if (!row) co_return fail(std::move(row).error());
  if (!*row) co_return std::optional<Belongings>();
  const auto owner = plan::split_owner((*row)->description).marker;
  if (owner && *owner != settings_.plan.source_id) {
    co_return fail(ErrorKind::conflict, "the source \"" + *owner + "\" manages it now");
  }
  auto belongings = co_await belongings_of(std::move(**row));
  if (!belongings) co_return fail(std::move(belongings).error());
  co_return std::optional(std::move(*belongings));
}

awaitable<Result<Belongings>> Removals::belongings_of(FunctionRow row) {
  Belongings belongings{row.urn, row.digest.hex, {}, {}, {}};
  auto versions = co_await ports_.service.list_versions(row.urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  for (const auto& version : *versions) belongings.versions.push_back(version.name);
  std::sort(belongings.versions.begin(), belongings.versions.end());
  auto aliases = co_await ports_.service.list_aliases(row.urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  std::vector<std::string> alias_names;
  for (const auto& alias : *aliases) {
    belongings.aliases[alias.name] = alias.version;
    alias_names.push_back(alias.name);
  }
  auto triggers = co_await triggers_of(row.urn, belongings.versions, std::move(alias_names));
  if (!triggers) co_return fail(std::move(triggers).error());
  belongings.triggers = std::move(*triggers);
  co_return belongings;
}

awaitable<Result<std::vector<AttachedTrigger>>> Removals::triggers_of(FunctionUrn urn,
                                                                      std::vector<std::string> versions,
                                                                      std::vector<std::string> aliases) {
  if (ports_.triggers == nullptr) co_return fail(ErrorKind::internal, "triggers cannot be read");
  std::vector<std::pair<std::string, QualifiedUrn>> places{{"latest", QualifiedUrn(urn)}};
  for (const std::string& version : versions) {
    auto place = functiongraph::VersionUrn::of(urn, version);
    if (!place) co_return fail(std::move(place).error());
    places.emplace_back("version " + version, QualifiedUrn(*place));
  }
  for (const std::string& alias : aliases) {
    auto place = functiongraph::AliasUrn::of(urn, alias);
    if (!place) co_return fail(std::move(place).error());
    places.emplace_back("alias " + alias, QualifiedUrn(*place));
  }
  std::vector<AttachedTrigger> attached;
  for (const auto& [name, place] : places) {
    auto triggers = co_await ports_.triggers->list_triggers(place, call_deadline());
    if (!triggers) co_return fail(std::move(triggers).error());
    for (const auto& trigger : *triggers) attached.push_back({name, trigger.id, trigger.type_code, trigger.status});
  }
  // In one order, whatever the service's is: they are compared.
  const auto key = [](const AttachedTrigger& trigger) { return std::tie(trigger.place, trigger.id); };
  std::sort(attached.begin(), attached.end(), [&key](const auto& a, const auto& b) { return key(a) < key(b); });
  co_return attached;
}

awaitable<Result<bool>> Removals::is_left_in_state(std::string function) {
  auto entry = co_await find_entry(ports_.store, function);
  if (!entry) co_return fail(std::move(entry).error());
  auto intents = co_await ports_.store.open_intents();
  if (!intents) co_return fail(std::move(intents).error());
  co_return entry->has_value() || std::any_of(intents->begin(), intents->end(),
                                              [&function](const auto& intent) { return intent.function == function; });
}

// ---- deleting

awaitable<Result<void>> Removals::remove(RemovalOutlook shown, std::string reason) {
  const auto started = ports_.clock.now();
  state::HistoryEntry entry;
  entry.function = shown.function;
  entry.event = "deleted";
  entry.detail = detail_of(shown.belongings, reason);
  if (shown.belongings) entry.digest_before = shown.belongings->digest;

  auto removed = Result<void>();
  if (shown.belongings) removed = co_await remove_unchanged(shown.function, *shown.belongings);
  if (!removed) {
    entry.event = removed.error().kind == ErrorKind::unknown_effect ? "unknown" : "failed";
    entry.detail = "delete: " + removed.error().describe();
    entry.digest_after = entry.digest_before;
  }
  entry.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started).count();
  auto written = removed ? co_await forget(shown.function) : Result<void>();
  auto recorded = co_await append_event(ports_, settings_, std::move(entry));
  if (!removed) co_return removed;
  if (written) written = std::move(recorded);
  if (!written) co_return fail(with_context(std::move(written).error(), "deleted, but that could not be written down"));
  co_return Result<void>();
}

awaitable<Result<void>> Removals::remove_unchanged(std::string function, Belongings shown) {
  auto now = co_await read(function);
  if (!now && now.error().kind == ErrorKind::conflict) {
    co_return fail(ErrorKind::conflict, function + " was left alone: " + now.error().message);
  }
  if (!now) co_return fail(std::move(now).error());
  if (!*now) co_return Result<void>();  // gone is gone, whoever did it
  if (!(**now == shown)) {
    co_return fail(ErrorKind::conflict,
                   function + " is no longer what was shown: it was left alone, look again (fgsync delete --dry-run " +
                       function + ")");
  }
  co_return co_await send(std::move(function), shown.urn);
}

awaitable<Result<void>> Removals::send(std::string function, FunctionUrn urn) {
  state::Intent intent{0, function, "delete function", to_iso8601(ports_.clock.wall_now())};
  auto id = co_await ports_.store.begin_intent(std::move(intent));
  if (!id) co_return fail(std::move(id).error());
  auto deleted = co_await ports_.service.delete_function(std::move(urn), call_deadline());
  const bool was_gone = !deleted && deleted.error().kind == ErrorKind::not_found;
  if (deleted || was_gone) co_return Result<void>();
  if (deleted.error().kind != ErrorKind::unknown_effect) {
    std::string outcome = deleted.error().describe();
    auto ended = co_await ports_.store.end_intent(*id, std::move(outcome));
    if (!ended) ports_.log.warn("intent cannot be ended", {kv("error", ended.error().describe())});
    co_return deleted;
  }
  // The answer was lost: what is there now tells, and if it does not, the intent stays open.
  auto there = co_await ports_.service.find_function(function, call_deadline());
  if (there && !*there) co_return Result<void>();
  Error lost = std::move(deleted).error();
  lost.message = "whether it was deleted is not known (" +
                 std::string(there ? "it was still there after the answer was lost" : "it cannot be read either") +
                 "); it is not sent again, look in a while with fgsync delete --dry-run " + function + ": " +
                 lost.message;
  co_return fail(std::move(lost));
}

awaitable<Result<void>> Removals::forget(std::string function) {
  auto removed = co_await ports_.store.remove_inventory(function);
  if (removed) removed = co_await ports_.store.settle_intents(std::move(function));
  co_return removed;
}

}  // namespace fgsync::reconcile

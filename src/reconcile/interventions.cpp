#include "reconcile/interventions.hpp"

#include <algorithm>
#include <utility>

#include "plan/desired.hpp"
#include "plan/marker.hpp"
#include "reconcile/code_catalog.hpp"
#include "reconcile/journal.hpp"
#include "reconcile/secrets.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::FunctionRow;

namespace {

Error no_such_function(const std::string& function) {
  return Error(ErrorKind::not_found, "the service has no function " + function);
}

}  // namespace

// ---- what all of them need

awaitable<Result<std::string>> Interventions::wanted_fingerprint(manifest::Function function) {
  CodeCatalog catalog(ports_, settings_);
  co_await catalog.load();
  auto code = co_await catalog.digest(function.code);
  if (!code) co_return fail(std::move(code).error());
  auto secrets = co_await Secrets(ports_, settings_).marks(function);
  if (!secrets) co_return fail(std::move(secrets).error());
  for (const auto& [name, mark] : *secrets) {
    const bool is_needed = mark.failure && !settings_.fingerprint_key.is_empty();
    if (is_needed) {
      co_return fail(ErrorKind::not_found, "the secret " + name + " counts for the fingerprint of " + function.name +
                                               " and is not available here: " + mark.failure->message);
    }
  }
  co_return plan::fingerprint_of(code->digest, function, *secrets);
}

/// The function as the service lists it; nothing when it is not there. Error `conflict` when it is not ours.
awaitable<Result<std::optional<FunctionRow>>> Interventions::find_ours(std::string function) {
  auto row = co_await ports_.service.find_function(function, call_deadline());
  if (!row) co_return fail(std::move(row).error());
  if (!*row) co_return std::optional<FunctionRow>();
  const auto owner = plan::split_owner((*row)->description).marker;
  if (owner && *owner != settings_.plan.source_id) {
    co_return fail(ErrorKind::conflict, function + " is managed by the source \"" + *owner + "\", not by \"" +
                                            settings_.plan.source_id + "\": ask there");
  }
  auto entry = co_await find_entry(ports_.store, function);
  if (!entry) co_return fail(std::move(entry).error());
  if (!owner && !*entry) {
    co_return fail(ErrorKind::conflict, function + " is not managed by fgsync: nothing was changed");
  }
  co_return std::move(*row);
}

/// What was read of the function is no longer so: the next run reads it again.
awaitable<Result<void>> Interventions::look_again(std::string function, std::optional<Rollback> moved) {
  auto entry = co_await find_entry(ports_.store, std::move(function));
  if (!entry) co_return fail(std::move(entry).error());
  if (!*entry) co_return Result<void>();
  state::InventoryEntry fresh = std::move(**entry);
  fresh.sighting.reset();
  if (moved) {
    fresh.previous_versions[moved->alias] = moved->from;
    // It is not where the manifest wants it by our own hand: after the hold that is no drift to be left alone.
    fresh.alias_wishes.erase(moved->alias);
  }
  co_return co_await ports_.store.put_inventory(std::move(fresh));
}

awaitable<Result<void>> Interventions::put_alias(functiongraph::FunctionUrn urn, functiongraph::AliasRequest request) {
  auto name = functiongraph::AliasUrn::of(urn, request.name);
  if (!name) co_return fail(std::move(name).error());
  const std::string alias = request.name;
  const std::string version = request.version;
  const std::string description = request.description;
  auto updated = co_await ports_.service.update_alias(std::move(urn), std::move(request), call_deadline());
  if (updated) co_return Result<void>();
  if (updated.error().kind != ErrorKind::unknown_effect) co_return fail(std::move(updated).error());
  // The answer was lost: what is there now tells, unless it is what was there before.
  auto there = co_await ports_.service.show_alias(std::move(*name), call_deadline());
  if (there && there->version == version && there->description == description) co_return Result<void>();
  const std::string seen = there ? "after the answer was lost it was on " + there->version : "it cannot be read either";
  co_return fail(with_context(std::move(updated).error(),
                              "whether the alias " + alias + " was changed is not known (" + seen + ")"));
}

// ---- hold and release

awaitable<Result<void>> Interventions::hold(std::string function, std::string fingerprint, std::string reason) {
  state::HoldEntry hold{function, fingerprint, reason, settings_.actor, to_iso8601(ports_.clock.wall_now())};
  auto held = co_await ports_.store.put_hold(std::move(hold));
  if (!held) co_return held;
  state::HistoryEntry entry;
  entry.function = std::move(function);
  entry.event = "held";
  entry.detail = "fingerprint " + fingerprint + (reason.empty() ? "" : ": " + reason);
  co_return co_await append_event(ports_, settings_, std::move(entry));
}

awaitable<Result<Released>> Interventions::release(std::string function) {
  const auto started = ports_.clock.now();
  Released released;
  auto kept = co_await find_decisions(ports_.store, function);
  if (!kept) co_return fail(std::move(kept).error());
  released.had_hold = kept->hold.has_value();
  auto row = co_await find_ours(function);
  // What was forgotten belongs to others now; the state's own word about it can be taken back all the same.
  const bool is_others = !row && row.error().kind == ErrorKind::conflict && released.had_hold;
  if (!row && !is_others) co_return fail(std::move(row).error());
  const bool is_there = row && *row;
  if (is_there) {
    auto aliases = co_await remove_holds((*row)->urn);
    if (!aliases) co_return fail(std::move(aliases).error());
    released.aliases = std::move(*aliases);
  }
  if (!released.had_hold && released.aliases.empty()) co_return released;
  auto removed = co_await ports_.store.remove_hold(function);
  if (removed) removed = co_await look_again(function, std::nullopt);
  if (!removed) co_return fail(std::move(removed).error());

  state::HistoryEntry entry;
  entry.function = std::move(function);
  entry.event = "released";
  for (const std::string& alias : released.aliases) {
    entry.detail += (entry.detail.empty() ? "mark removed from alias " : ", ") + alias;
  }
  entry.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started).count();
  auto written = co_await append_event(ports_, settings_, std::move(entry));
  if (!written) co_return fail(std::move(written).error());
  co_return released;
}

/// Takes the mark out of the descriptions of aliases, which stay on their versions with their traffic.
awaitable<Result<std::vector<std::string>>> Interventions::remove_holds(functiongraph::FunctionUrn urn) {
  auto aliases = co_await ports_.service.list_aliases(urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  std::vector<std::string> names;
  for (const functiongraph::Alias& listed : *aliases) {
    if (!plan::split_hold(listed.description).marker) continue;
    auto name = functiongraph::AliasUrn::of(urn, listed.name);
    if (!name) co_return fail(std::move(name).error());
    // Lists leave strategies out, and an update replaces them.
    auto alias = co_await ports_.service.show_alias(std::move(*name), call_deadline());
    if (!alias) co_return fail(std::move(alias).error());
    functiongraph::AliasRequest request;
    request.name = alias->name;
    request.version = alias->version;
    request.description = plan::split_hold(alias->description).text;
    request.additional_version_weights = alias->additional_version_weights;
    if (alias->additional_version_strategy) request.additional_version_strategy = *alias->additional_version_strategy;
    auto put = co_await put_alias(urn, std::move(request));
    if (!put) co_return fail(std::move(put).error());
    names.push_back(listed.name);
  }
  co_return names;
}

// ---- forget

awaitable<Result<Forgotten>> Interventions::forget(std::string function) {
  const auto started = ports_.clock.now();
  Forgotten forgotten;
  auto entry = co_await find_entry(ports_.store, function);
  if (!entry) co_return fail(std::move(entry).error());
  forgotten.had_inventory = entry->has_value();
  auto row = co_await ports_.service.find_function(function, call_deadline());
  if (!row) co_return fail(std::move(row).error());
  const bool is_marked = *row && plan::split_owner((*row)->description).marker == settings_.plan.source_id;
  if (is_marked) {
    auto unmarked = co_await remove_mark(std::move(**row));
    if (!unmarked) co_return fail(std::move(unmarked).error());
    forgotten.had_mark = *unmarked;
  }
  auto intents = co_await ports_.store.open_intents();
  if (!intents) co_return fail(std::move(intents).error());
  forgotten.had_intents = std::any_of(intents->begin(), intents->end(),
                                      [&function](const state::Intent& intent) { return intent.function == function; });
  if (!forgotten.had_inventory && !forgotten.had_mark && !forgotten.had_intents) {
    co_return fail(*row ? Error(ErrorKind::not_found, function + " is not managed by this source: nothing to forget")
                        : no_such_function(function));
  }
  auto kept = co_await find_decisions(ports_.store, function);
  if (!kept) co_return fail(std::move(kept).error());
  forgotten.kept = std::move(*kept);
  auto removed = co_await ports_.store.remove_inventory(function);
  if (removed) removed = co_await ports_.store.settle_intents(function);
  if (!removed) co_return fail(std::move(removed).error());

  state::HistoryEntry history;
  history.function = std::move(function);
  history.event = "forgotten";
  history.detail = forgotten.had_mark ? "the ownership mark was removed, nothing was deleted" : "nothing was deleted";
  history.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started).count();
  auto written = co_await append_event(ports_, settings_, std::move(history));
  if (!written) co_return fail(std::move(written).error());
  co_return forgotten;
}

/// An update replaces the whole configuration: what is there is sent back, but for the mark.
awaitable<Result<bool>> Interventions::remove_mark(FunctionRow row) {
  auto current = co_await ports_.service.show_config(row.urn, call_deadline());
  if (!current) co_return fail(std::move(current).error());
  if (plan::split_owner(current->config.description).marker != settings_.plan.source_id) co_return false;
  if (current->config.has_encrypted_user_data) {
    co_return fail(ErrorKind::conflict,
                   row.name +
                       " has encrypted environment variables, which cannot be read back and which removing the "
                       "ownership mark would erase: take " +
                       "[fgsync:own=" + settings_.plan.source_id + "] out of its description in the console");
  }
  functiongraph::FunctionConfig config = std::move(current->config);
  config.description = plan::split_owner(config.description).text;
  auto updated = co_await ports_.service.update_config(row.urn, row.name, std::move(config), call_deadline());
  if (!updated && updated.error().kind == ErrorKind::unknown_effect) {
    auto there = co_await ports_.service.show_config(row.urn, call_deadline());
    if (there && !plan::split_owner(there->config.description).marker) co_return true;
    const std::string seen = there ? "it was still there after the answer was lost" : "it cannot be read either";
    co_return fail(with_context(std::move(updated).error(), "whether its ownership mark was removed is not known (" +
                                                                seen +
                                                                "); the state still knows the function, look "
                                                                "again with fgsync forget " +
                                                                row.name));
  }
  if (!updated) co_return fail(std::move(updated).error());
  co_return true;
}

}  // namespace fgsync::reconcile

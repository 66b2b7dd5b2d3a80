// A rollback is two things: an alias on an older version, and a hold on what it left, without which the next sync would
// bring that back. The hold is written first: dying in between leaves the alias where it was, and says why.
#include <algorithm>
#include <utility>

#include "plan/marker.hpp"
#include "reconcile/interventions.hpp"
#include "reconcile/journal.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;

namespace {

constexpr std::string_view kRollback = "rollback alias ";

using functiongraph::Alias;
using functiongraph::Version;

std::string names_of(const std::vector<Alias>& aliases) {
  std::string text;
  for (const Alias& alias : aliases) text += (text.empty() ? "" : ", ") + alias.name;
  return text;
}

Result<const Alias*> choose_alias(const RollbackWish& wish, const std::vector<Alias>& aliases) {
  if (aliases.empty()) return fail(ErrorKind::not_found, wish.function + " has no alias that could be moved");
  if (!wish.alias && aliases.size() > 1) {
    return fail(ErrorKind::invalid,
                wish.function + " has several aliases (" + names_of(aliases) + "): say which one with --alias");
  }
  const auto found = std::find_if(aliases.begin(), aliases.end(),
                                  [&wish](const Alias& alias) { return !wish.alias || alias.name == *wish.alias; });
  if (found == aliases.end()) {
    return fail(ErrorKind::not_found,
                wish.function + " has no alias " + *wish.alias + "; there are " + names_of(aliases));
  }
  return &*found;
}

const Version* find_version(const std::vector<Version>& versions, const std::string& name) {
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&name](const Version& version) { return version.name == name; });
  return found == versions.end() ? nullptr : &*found;
}

Result<void> check_target(const RollbackWish& wish, const Alias& alias, const std::vector<Alias>& aliases,
                          const std::vector<Version>& versions) {
  if (find_version(versions, wish.to) == nullptr) {
    std::string published;
    for (const Version& version : versions) published += (published.empty() ? "" : ", ") + version.name;
    return fail(ErrorKind::not_found, wish.function + " has no published version " + wish.to +
                                          (published.empty() ? "" : "; there are " + published));
  }
  if (alias.version == wish.to && alias.additional_version_weights.empty()) {
    return fail(ErrorKind::invalid, "the alias " + alias.name + " is on " + wish.to +
                                        " already; to keep sync from moving it: fgsync hold " + wish.function);
  }
  for (const Alias& other : aliases) {
    if (other.name != alias.name && other.version == wish.to) {
      return fail(ErrorKind::conflict,
                  "the alias " + other.name + " is on " + wish.to + ", and the service allows one alias per version");
    }
  }
  return {};
}

std::string shown_move(const Rollback& rollback) {
  return "alias " + rollback.alias + " " + rollback.from + " → " + rollback.to;
}

/// What became of it, for the history: nothing is said to be held that is not.
state::HistoryEntry entry_of(const Rollback& rollback, const Result<void>& moved) {
  const bool is_unknown = !moved && moved.error().kind == ErrorKind::unknown_effect;
  const std::string held = moved || is_unknown ? "fingerprint " + rollback.fingerprint + " held" : "nothing was done";
  state::HistoryEntry entry;
  entry.function = rollback.function;
  entry.event = moved ? "rolled back" : is_unknown ? "unknown" : "failed";
  entry.detail = shown_move(rollback) + ", " + held + (rollback.reason.empty() ? "" : ": " + rollback.reason) +
                 (moved ? "" : "; " + moved.error().describe());
  entry.digest_before = rollback.digest_before;
  entry.digest_after = moved ? rollback.digest_after : rollback.digest_before;
  return entry;
}

/// What a person needs to know, besides what is not known.
Error lost_rollback(Error lost, const Rollback& rollback, bool has_state) {
  const std::string& name = rollback.function;
  lost.message += has_state ? "; what it was to leave, fingerprint " + rollback.fingerprint +
                                  ", is held now, and the next sync looks where the alias stands; then roll back "
                                  "again, or let it go on: fgsync release " +
                                  name
                            : "; look where it stands with fgsync plan -n " + name;
  return lost;
}

}  // namespace

bool is_rollback(const state::Intent& intent) {
  return intent.step.starts_with(kRollback);
}

awaitable<Result<Rollback>> Interventions::prepare(RollbackWish wish) {
  auto row = co_await find_ours(wish.function);
  if (!row) co_return fail(std::move(row).error());
  if (!*row) co_return fail(ErrorKind::not_found, "the service has no function " + wish.function);
  auto versions = co_await ports_.service.list_versions((*row)->urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  auto aliases = co_await ports_.service.list_aliases((*row)->urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  auto chosen = choose_alias(wish, *aliases);
  if (!chosen) co_return fail(std::move(chosen).error());
  const Alias& alias = **chosen;
  auto fits = check_target(wish, alias, *aliases, *versions);
  if (!fits) co_return fail(std::move(fits).error());

  const Version* left = find_version(*versions, alias.version);
  auto fingerprint =
      left == nullptr ? std::nullopt : plan::fingerprint_in(left->description.value_or(""), left->digest);
  if (!fingerprint) fingerprint = wish.wanted_fingerprint;
  if (!fingerprint) {
    co_return fail(ErrorKind::invalid, "version " + alias.version +
                                           " does not say what it was made of, and no manifest of " + wish.function +
                                           " was read, so nothing could be held: name the manifests as PATH");
  }
  Rollback rollback{(*row)->urn,
                    wish.function,
                    alias.name,
                    plan::split_hold(alias.description).text,
                    alias.version,
                    wish.to,
                    *fingerprint,
                    wish.reason,
                    left == nullptr ? (*row)->digest.hex : left->digest.hex,
                    find_version(*versions, wish.to)->digest.hex};
  co_return rollback;
}

awaitable<Result<void>> Interventions::roll_back(Rollback rollback) {
  const auto started = ports_.clock.now();
  auto holds = co_await ports_.store.holds();
  if (!holds) co_return fail(std::move(holds).error());
  state::HoldEntry hold{rollback.function, rollback.fingerprint, rollback.reason, settings_.actor,
                        to_iso8601(ports_.clock.wall_now())};
  auto held = co_await ports_.store.put_hold(std::move(hold));
  if (!held) co_return held;

  auto moved = co_await move_alias(rollback);
  if (!moved && moved.error().kind != ErrorKind::unknown_effect) {
    // Nothing was moved, so nothing is held that was not before.
    const auto earlier = std::find_if(holds->begin(), holds->end(),
                                      [&](const auto& entry) { return entry.function == rollback.function; });
    auto undone = Result<void>();
    if (earlier == holds->end()) {
      undone = co_await ports_.store.remove_hold(rollback.function);
    } else {
      undone = co_await ports_.store.put_hold(std::move(*earlier));
    }
    if (!undone) ports_.log.warn("hold cannot be removed", {kv("error", undone.error().describe())});
  }

  state::HistoryEntry entry = entry_of(rollback, moved);
  entry.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started).count();
  auto written = co_await append_event(ports_, settings_, std::move(entry));
  const bool is_unknown = !moved && moved.error().kind == ErrorKind::unknown_effect;
  if (!moved && !is_unknown) co_return moved;
  std::string function = rollback.function;
  // Also where it may have moved: what is remembered of where the alias stood is not to be relied on.
  auto looked = co_await look_again(std::move(function), rollback);
  if (is_unknown) co_return fail(lost_rollback(std::move(moved).error(), rollback, settings_.plan.has_state));
  if (!written) co_return written;
  co_return looked;
}

awaitable<Result<void>> Interventions::move_alias(Rollback rollback) {
  state::Intent intent{0, rollback.function, std::string(kRollback) + rollback.alias + " to " + rollback.to,
                       to_iso8601(ports_.clock.wall_now())};
  auto id = co_await ports_.store.begin_intent(std::move(intent));
  if (!id) co_return fail(std::move(id).error());
  functiongraph::AliasRequest request;
  request.name = rollback.alias;
  request.version = rollback.to;
  request.description = plan::with_hold(rollback.description, rollback.fingerprint);
  auto moved = co_await put_alias(rollback.urn, std::move(request));
  // An unknown effect leaves the intent open: observing settles it.
  if (!moved && moved.error().kind == ErrorKind::unknown_effect) co_return moved;
  std::string outcome = moved ? std::string("done") : moved.error().describe();
  auto ended = co_await ports_.store.end_intent(*id, std::move(outcome));
  if (moved && !ended) co_return fail(std::move(ended).error());
  co_return moved;
}

}  // namespace fgsync::reconcile

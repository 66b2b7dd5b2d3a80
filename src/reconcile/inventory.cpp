#include "reconcile/inventory.hpp"

#include <utility>

#include "plan/marker.hpp"
#include "plan/secrets.hpp"
#include "plan/side_settings.hpp"

namespace fgsync::reconcile {

plan::LastApplied to_last_applied(const state::InventoryEntry& entry) {
  plan::LastApplied last;
  last.urn = entry.urn;
  last.content_digest = entry.content_digest;
  last.remote_digest = entry.remote_digest;
  last.fingerprint = entry.fingerprint;
  last.config = entry.config;
  last.awaits_mark = entry.awaits_mark;
  last.aliases = entry.aliases;
  last.previous_versions = entry.previous_versions;
  last.alias_stamps = entry.alias_stamps;
  last.alias_wishes = entry.alias_wishes;
  last.foreign_changes = entry.foreign_changes;
  if (entry.refused_publish) last.refused_publish = {entry.refused_publish->key, entry.refused_publish->why};
  // Files are only for showing what changed: an entry that cannot be read shows less.
  if (auto files = package::files_from_text(entry.files)) last.files = std::move(*files);
  return last;
}

state::InventoryEntry inventory_entry_of(const plan::Desired& desired, const std::string& urn, RemoteDigest remote,
                                         const std::optional<plan::LastApplied>& last, const Settings& settings) {
  const manifest::Function& function = desired.function;
  state::InventoryEntry entry;
  entry.name = function.name;
  entry.urn = urn;
  entry.content_digest = desired.contents.digest;
  entry.remote_digest = std::move(remote);
  entry.fingerprint = desired.fingerprint;
  entry.config = plan::comparable_fields(plan::desired_config(function, owner_of(settings)), function);
  entry.config.merge(plan::wanted_side_fields(function));
  entry.config.merge(plan::remembered_secrets(desired.secrets));
  entry.files = package::to_text(desired.contents.files);
  entry.is_protected = function.handling.is_protected;
  if (last) {
    entry.awaits_mark = last->awaits_mark;
    entry.aliases = last->aliases;
    entry.previous_versions = last->previous_versions;
    entry.alias_stamps = last->alias_stamps;
    entry.foreign_changes = last->foreign_changes;
  }
  for (const manifest::WantedAlias& alias : function.aliases) {
    entry.aliases.insert(alias.name);
    if (last && last->alias_wishes.contains(alias.name)) {
      entry.alias_wishes[alias.name] = last->alias_wishes.at(alias.name);
    }
  }
  return entry;
}

state::InventoryEntry inventory_entry_of(const plan::Desired& desired, const plan::ObservedFunction& observed,
                                         const std::optional<plan::LastApplied>& last, const Settings& settings) {
  auto entry = inventory_entry_of(desired, observed.detail.row.urn.text(), observed.detail.row.digest, last, settings);
  const bool is_marked = plan::split_owner(observed.detail.row.description).marker.has_value();
  entry.awaits_mark = entry.awaits_mark && !is_marked;
  return entry;
}

std::int64_t epoch_seconds(std::chrono::system_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

bool is_recent(std::int64_t at, std::int64_t now) {
  constexpr std::int64_t kHour = 3600;
  return at <= now && now - at < kHour;
}

std::optional<std::string> owner_of(const Settings& settings) {
  return settings.plan.writes_markers ? std::optional(settings.plan.source_id) : std::nullopt;
}

}  // namespace fgsync::reconcile

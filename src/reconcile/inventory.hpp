#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "plan/desired.hpp"
#include "reconcile/ports.hpp"
#include "state/store.hpp"

namespace fgsync::reconcile {

/// What the inventory remembers, as the planner wants it.
plan::LastApplied to_last_applied(const state::InventoryEntry& entry);

/// What the inventory shall remember of a function that is as `desired`. `remote` is latest's digest as read back.
/// `last` brings what goes on from run to run: which aliases are ours, and where they were before.
state::InventoryEntry inventory_entry_of(const plan::Desired& desired, const std::string& urn, RemoteDigest remote,
                                         const std::optional<plan::LastApplied>& last, const Settings& settings);
state::InventoryEntry inventory_entry_of(const plan::Desired& desired, const plan::ObservedFunction& observed,
                                         const std::optional<plan::LastApplied>& last, const Settings& settings);

std::int64_t epoch_seconds(std::chrono::system_clock::time_point when);
/// Whether it happened within the hour before `now`; both in epoch seconds.
bool is_recent(std::int64_t at, std::int64_t now);

/// The source id that marks functions; nothing when marks are off.
std::optional<std::string> owner_of(const Settings& settings);

}  // namespace fgsync::reconcile

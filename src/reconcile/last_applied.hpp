#pragma once

#include "plan/desired.hpp"
#include "state/store.hpp"

namespace fgsync::reconcile {

/// What the inventory remembers, as the planner wants it.
plan::LastApplied to_last_applied(const state::InventoryEntry& entry);

}  // namespace fgsync::reconcile

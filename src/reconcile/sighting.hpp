#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "functiongraph/types.hpp"
#include "plan/desired.hpp"
#include "plan/planner.hpp"
#include "state/store.hpp"

namespace fgsync::reconcile {

using Sighting = state::InventoryEntry::Sighting;

/// A digest over what of a list's row changes with the function. Nothing when the row could not tell a change.
std::optional<std::string> row_mark_of(const functiongraph::FunctionRow& row);

/// That a function, listed with this mark, was as `desired` at `now`.
Sighting sighting_of(std::string row_mark, const plan::Desired& desired, const plan::PlanOptions& options,
                     std::chrono::system_clock::time_point now);

/// Whether `seen` still holds: nothing about the row or what is desired differs from `current`, and it is no older than
/// `max_age`.
bool still_holds(const Sighting& seen, const Sighting& current, std::chrono::seconds max_age);

}  // namespace fgsync::reconcile

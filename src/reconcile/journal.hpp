#pragma once

#include <optional>
#include <string>

#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// What the state knows of one function; nothing when it does not manage it.
boost::asio::awaitable<Result<std::optional<state::InventoryEntry>>> find_entry(state::Store& store,
                                                                                std::string function);

/// Adds an entry to the history; when, who and which revision are filled in.
boost::asio::awaitable<Result<void>> append_event(Ports& ports, const Settings& settings, state::HistoryEntry entry);

/// What a person decided about a function, which stays when it is deleted or forgotten.
struct Kept {
  std::optional<state::HoldEntry> hold = {};
  std::optional<state::SuspensionEntry> suspension = {};
};

boost::asio::awaitable<Result<Kept>> find_decisions(state::Store& store, std::string function);

}  // namespace fgsync::reconcile

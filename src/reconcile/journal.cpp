#include "reconcile/journal.hpp"

#include <algorithm>
#include <utility>

namespace fgsync::reconcile {

using boost::asio::awaitable;

awaitable<Result<std::optional<state::InventoryEntry>>> find_entry(state::Store& store, std::string function) {
  auto inventory = co_await store.inventory();
  if (!inventory) co_return fail(std::move(inventory).error());
  const auto found = std::find_if(inventory->begin(), inventory->end(),
                                  [&function](const auto& entry) { return entry.name == function; });
  std::optional<state::InventoryEntry> entry;
  if (found != inventory->end()) entry = std::move(*found);
  co_return entry;
}

awaitable<Result<void>> append_event(Ports& ports, const Settings& settings, state::HistoryEntry entry) {
  entry.at = to_iso8601(ports.clock.wall_now());
  entry.actor = settings.actor;
  entry.revision = settings.revision;
  if (entry.revision.empty() && settings.find_revision) {
    auto find = settings.find_revision;
    auto found = co_await offload(ports.pool, std::move(find));
    if (found) entry.revision = std::move(*found);
  }
  co_return co_await ports.store.append_history(std::move(entry));
}

awaitable<Result<Kept>> find_decisions(state::Store& store, std::string function) {
  Kept kept;
  auto holds = co_await store.holds();
  if (!holds) co_return fail(std::move(holds).error());
  for (state::HoldEntry& hold : *holds) {
    if (hold.function == function) kept.hold = std::move(hold);
  }
  auto suspensions = co_await store.suspensions();
  if (!suspensions) co_return fail(std::move(suspensions).error());
  for (state::SuspensionEntry& suspension : *suspensions) {
    if (suspension.function == function) kept.suspension = std::move(suspension);
  }
  co_return kept;
}

}  // namespace fgsync::reconcile

// Suspending and resuming: a word in the state and in the history, for which nobody is asked.
#include <algorithm>
#include <utility>

#include "reconcile/interventions.hpp"
#include "reconcile/journal.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;

awaitable<Result<void>> Interventions::suspend(std::string function, std::string reason) {
  state::SuspensionEntry suspension{function, reason, settings_.actor, to_iso8601(ports_.clock.wall_now())};
  auto written = co_await ports_.store.put_suspension(std::move(suspension));
  if (!written) co_return written;
  state::HistoryEntry entry;
  entry.function = std::move(function);
  entry.event = "suspended";
  entry.detail = std::move(reason);
  co_return co_await append_event(ports_, settings_, std::move(entry));
}

awaitable<Result<bool>> Interventions::resume(std::string function) {
  auto suspensions = co_await ports_.store.suspensions();
  if (!suspensions) co_return fail(std::move(suspensions).error());
  const auto found = std::find_if(suspensions->begin(), suspensions->end(),
                                  [&function](const auto& entry) { return entry.function == function; });
  if (found == suspensions->end()) co_return false;
  auto removed = co_await ports_.store.remove_suspension(function);
  if (!removed) co_return fail(std::move(removed).error());
  state::HistoryEntry entry;
  entry.function = std::move(function);
  entry.event = "resumed";
  entry.detail = "was suspended by " + found->who + " since " + found->at;
  auto written = co_await append_event(ports_, settings_, std::move(entry));
  if (!written) co_return fail(std::move(written).error());
  co_return true;
}

}  // namespace fgsync::reconcile

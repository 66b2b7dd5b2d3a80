#include "daemon/work_queue.hpp"

#include <algorithm>
#include <tuple>

namespace fgsync::daemon {

void WorkQueue::add(const std::string& function, Urgency urgency, TimePoint due) {
  const auto [item, is_new] = items_.try_emplace(function, Item{urgency, due});
  if (is_new) return;
  item->second.urgency = std::min(item->second.urgency, urgency);
  item->second.due = std::min(item->second.due, due);
}

std::optional<WorkQueue::TimePoint> WorkQueue::due(const std::string& function) const {
  const auto found = items_.find(function);
  return found == items_.end() ? std::nullopt : std::optional(found->second.due);
}

std::vector<std::string> WorkQueue::take(TimePoint now, const std::set<std::string>& busy, std::size_t most) {
  std::vector<std::tuple<Urgency, TimePoint, std::string>> ready;
  for (const auto& [name, item] : items_) {
    if (item.due <= now && !busy.contains(name)) ready.emplace_back(item.urgency, item.due, name);
  }
  std::sort(ready.begin(), ready.end());
  const bool is_asked_for = !ready.empty() && std::get<Urgency>(ready.front()) == Urgency::human;
  if (is_asked_for) {
    std::erase_if(ready, [](const auto& each) { return std::get<Urgency>(each) != Urgency::human; });
  }
  if (ready.size() > most) ready.resize(most);
  std::vector<std::string> taken;
  for (auto& [urgency, due, name] : ready) {
    items_.erase(name);
    taken.push_back(std::move(name));
  }
  return taken;
}

std::optional<WorkQueue::TimePoint> WorkQueue::next_due(const std::set<std::string>& busy) const {
  std::optional<TimePoint> next;
  for (const auto& [name, item] : items_) {
    if (!busy.contains(name) && (!next || item.due < *next)) next = item.due;
  }
  return next;
}

QueueView WorkQueue::view(TimePoint now) const {
  QueueView view;
  for (const auto& [name, item] : items_) {
    if (item.due > now) {
      ++view.delayed;
      continue;
    }
    ++view.ready;
    view.oldest = std::max(view.oldest, std::chrono::duration_cast<std::chrono::milliseconds>(now - item.due));
  }
  return view;
}

}  // namespace fgsync::daemon

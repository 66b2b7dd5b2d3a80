#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/view.hpp"

namespace fgsync::daemon {

/// Who goes first.
enum class Urgency {
  human,   ///< somebody waits for it
  change,  ///< what is wanted changed
  retry,
};

/// Which functions are to be looked at, and when: names only, each once. What is to be done is found out then. Pure.
class WorkQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Of what is in the queue already the earlier moment and the greater urgency count.
  void add(const std::string& function, Urgency urgency, TimePoint due);
  void remove(const std::string& function) { items_.erase(function); }
  [[nodiscard]] bool contains(const std::string& function) const { return items_.contains(function); }
  [[nodiscard]] std::optional<TimePoint> due(const std::string& function) const;

  /// Takes what is due and not in `busy` out: the most urgent first, then by due moment; at most `most`. What people
  /// wait for comes alone, so that they do not wait for the others. What is busy stays, and has its turn afterwards.
  std::vector<std::string> take(TimePoint now, const std::set<std::string>& busy, std::size_t most);

  /// When there is something to take; nothing while all that is in the queue is busy.
  [[nodiscard]] std::optional<TimePoint> next_due(const std::set<std::string>& busy) const;

  [[nodiscard]] QueueView view(TimePoint now) const;

 private:
  struct Item {
    Urgency urgency;
    TimePoint due;
  };
  std::map<std::string, Item> items_;
};

}  // namespace fgsync::daemon

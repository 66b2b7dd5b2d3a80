#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "functiongraph/budget.hpp"

namespace fgsync::functiongraph {

/// The lowest is next.
struct PlaceInLine {
  std::uint64_t rank = 0;
  Priority priority = Priority::human;
  std::uint64_t arrival = 0;

  friend auto operator<=>(const PlaceInLine&, const PlaceInLine&) = default;
};

/// Gives out places in line (self-clocked fair queueing). A request is ranked behind the last one of its priority, or
/// behind the one that was let go last: a human one step, a sweep as many as humans may go before it. A rank never
/// changes, so there is an end to those that go before it.
class FairOrder {
 public:
  PlaceInLine arrive(Priority priority) {
    Tail& tail = tail_of(priority);
    const std::uint64_t behind = tail.waiting == 0 ? served_ : std::max(tail.rank, served_);
    tail.rank = behind + (priority == Priority::human ? 1 : kHumansBeforeSweep);
    ++tail.waiting;
    return PlaceInLine{tail.rank, priority, ++arrivals_};
  }
  /// Without having been served.
  void leave(const PlaceInLine& place) { --tail_of(place.priority).waiting; }
  void serve(const PlaceInLine& place) {
    leave(place);
    served_ = std::max(served_, place.rank);
  }

 private:
  static constexpr std::uint64_t kHumansBeforeSweep = 7;

  struct Tail {
    std::uint64_t rank = 0;
    std::size_t waiting = 0;
  };
  Tail& tail_of(Priority priority) { return tails_[priority == Priority::human ? 0 : 1]; }

  std::array<Tail, 2> tails_;
  std::uint64_t served_ = 0;  // the highest rank that was let go
  std::uint64_t arrivals_ = 0;
};

}  // namespace fgsync::functiongraph

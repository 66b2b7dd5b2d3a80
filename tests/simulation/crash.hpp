#pragma once

#include <boost/asio/io_context.hpp>
#include <set>
#include <vector>

#include "tests/support/simulated_clock.hpp"

namespace fgsync::simulation {

/// Counts the moments at which a process can die between two effects, and ends the loop at some of them. What was
/// suspended is destroyed by whoever runs the loop, as a kill would have it: nothing of it happens any more.
class Crashes {
 public:
  Crashes(const std::vector<int>& points, test::SimulatedClock& clock)
      : points_(points.begin(), points.end()), clock_(clock) {}

  void begin(boost::asio::io_context& loop) {
    loop_ = &loop;
    has_crashed_ = false;
  }
  void disarm() { points_.clear(); }

  /// Does not come back when this is a point to die at.
  boost::asio::awaitable<void> point() {
    if (!points_.contains(next_++)) co_return;
    has_crashed_ = true;
    loop_->stop();
    co_await clock_.sleep_until(test::SimulatedClock::TimePoint::max());
  }
  [[nodiscard]] bool has_crashed() const { return has_crashed_; }

 private:
  std::set<int> points_;
  test::SimulatedClock& clock_;
  boost::asio::io_context* loop_ = nullptr;
  int next_ = 0;
  bool has_crashed_ = false;
};

}  // namespace fgsync::simulation

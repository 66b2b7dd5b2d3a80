#pragma once

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <vector>

#include "base/clock.hpp"

namespace fgsync::test {

/// A clock that stands still until somebody sleeps on it: sleeping moves it to the end of the sleep at once, after
/// giving everybody else on the loop a turn. The wall clock starts at 2026-01-01T00:00:00Z and moves along.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override {
    // Not the epoch: a time point before the start must be expressible.
    return std::chrono::steady_clock::time_point(std::chrono::hours(24)) + elapsed_;
  }
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'767'225'600)) +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed_);
  }
  boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point when) override {
    const auto wait = std::max(when - now(), std::chrono::steady_clock::duration::zero());
    sleeps_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(wait));
    auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    if (when > now()) elapsed_ += when - now();
  }

  void advance(std::chrono::milliseconds by) { elapsed_ += by; }

  /// How long each sleep was to last, in the order in which they began.
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& sleeps() const { return sleeps_; }

 private:
  std::chrono::steady_clock::duration elapsed_{};
  std::vector<std::chrono::milliseconds> sleeps_;
};

}  // namespace fgsync::test

#pragma once

#include <algorithm>
#include <chrono>

namespace fgsync::functiongraph {

/// A rate, with a burst of one second's worth. Instead of tokens it counts the time in which they grow back: each one
/// that is taken puts the moment at which the bucket is full further away.
class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Full. 0 or less: there is always a token.
  explicit TokenBucket(int per_second) {
    if (per_second <= 0) return;
    constexpr std::chrono::nanoseconds second = std::chrono::seconds(1);
    // Rounded up: the rate is rather not reached than exceeded.
    token_ = (second + std::chrono::nanoseconds(per_second - 1)) / per_second;
    all_but_one_ = token_ * (per_second - 1);
  }

  /// From when on one can be taken.
  [[nodiscard]] TimePoint next_token() const { return full_at_ - all_but_one_; }
  void take(TimePoint now) { full_at_ = std::max(full_at_, now) + token_; }

 private:
  std::chrono::nanoseconds token_{0};
  std::chrono::nanoseconds all_but_one_{0};
  TimePoint full_at_;
};

}  // namespace fgsync::functiongraph

#pragma once

#include <chrono>
#include <random>

namespace fgsync {

/// Full-jitter exponential backoff: attempt n waits a uniform time between 0 and min(cap, base * 2^n).
struct Backoff {
  std::chrono::milliseconds base{1000};
  std::chrono::milliseconds cap{600'000};

  /// The wait before try `attempt` + 2, that is after `attempt` + 1 failures; `attempt` starts at 0.
  [[nodiscard]] std::chrono::milliseconds delay(int attempt, std::mt19937_64& random) const;
};

}  // namespace fgsync

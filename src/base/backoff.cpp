#include "base/backoff.hpp"

#include <algorithm>

namespace fgsync {

std::chrono::milliseconds Backoff::delay(int attempt, std::mt19937_64& random) const {
  const int doublings = std::clamp(attempt, 0, 30);
  const auto limit = std::min<std::chrono::milliseconds::rep>(cap.count(), base.count() << doublings);
  std::uniform_int_distribution<std::chrono::milliseconds::rep> spread(0, limit);
  return std::chrono::milliseconds(spread(random));
}

}  // namespace fgsync

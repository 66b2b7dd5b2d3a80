#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace fgsync::emulator {

/// The last lines of the access log, for the control API.
class RecentRequests {
 public:
  void add(std::string line) {
    lines_.push_back(std::move(line));
    if (lines_.size() > kMax) lines_.pop_front();
  }
  /// At most `count`, oldest first.
  [[nodiscard]] std::vector<std::string> last(std::size_t count) const {
    const auto skipped = lines_.size() > count ? lines_.size() - count : 0;
    return {lines_.begin() + static_cast<std::ptrdiff_t>(skipped), lines_.end()};
  }
  void clear() { lines_.clear(); }

  static constexpr std::size_t kMax = 500;

 private:
  std::deque<std::string> lines_;
};

}  // namespace fgsync::emulator

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "base/clock.hpp"

namespace fgsync::daemon {

/// Wakes coroutines of one loop. A signal that nobody waits for is kept for the next who does.
class Signal {
 public:
  Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  ~Signal();

  /// Wakes all who wait.
  void raise();
  /// Resumes when it was raised since the last wait, or at `until`. Several may wait; then a kept one wakes only one.
  boost::asio::awaitable<void> wait(Clock& clock, std::optional<std::chrono::steady_clock::time_point> until);

 private:
  struct Waiters;
  std::unique_ptr<Waiters> waiters_;
  bool is_raised_ = false;
};

}  // namespace fgsync::daemon

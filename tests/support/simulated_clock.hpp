#pragma once

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <map>
#include <optional>

#include "base/clock.hpp"

namespace fgsync::test {

/// A clock that moves only when nobody has anything left to do: then to the end of the earliest sleep. Unlike
/// FakeClock it lets others sleep and work side by side, as in real time. Sleeps can be cancelled.
class SimulatedClock final : public Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(now_.time_since_epoch() + wall_offset_));
  }
  boost::asio::awaitable<void> sleep_until(TimePoint when) override {
    boost::asio::steady_timer signal(co_await boost::asio::this_coro::executor, TimePoint::max());
    const Sleep sleep(sleepers_, when, signal);
    boost::system::error_code signalled;
    co_await signal.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, signalled));
    if (now_ < when) throw boost::system::system_error(boost::asio::error::operation_aborted);
  }

  void advance(std::chrono::steady_clock::duration by) { now_ += by; }
  /// Somebody sets the time of day; what is measured does not notice.
  void set_wall_forward(std::chrono::steady_clock::duration by) { wall_offset_ += by; }
  /// When the earliest sleep ends.
  [[nodiscard]] std::optional<TimePoint> next_sleeper() const {
    return sleepers_.empty() ? std::nullopt : std::optional(sleepers_.begin()->first);
  }
  /// Ends the earliest sleep. False: nobody sleeps.
  bool advance_to_next_sleeper() {
    if (sleepers_.empty()) return false;
    const auto next = sleepers_.begin();
    if (next->first > now_) now_ = next->first;
    boost::asio::steady_timer* const signal = next->second;
    sleepers_.erase(next);
    signal->cancel();
    return true;
  }

 private:
  using Sleepers = std::multimap<TimePoint, boost::asio::steady_timer*>;

  /// A sleeper is in the list until it is woken, cancelled or destroyed.
  class Sleep {
   public:
    Sleep(Sleepers& sleepers, TimePoint when, boost::asio::steady_timer& signal)
        : sleepers_(sleepers), when_(when), signal_(&signal) {
      sleepers_.emplace(when, &signal);
    }
    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;
    ~Sleep() {
      const auto [first, last] = sleepers_.equal_range(when_);
      for (auto sleeper = first; sleeper != last; ++sleeper) {
        if (sleeper->second != signal_) continue;
        sleepers_.erase(sleeper);
        return;
      }
    }

   private:
    Sleepers& sleepers_;
    TimePoint when_;
    boost::asio::steady_timer* signal_;
  };

  TimePoint now_{std::chrono::hours(24)};
  std::chrono::steady_clock::duration wall_offset_{0};
  Sleepers sleepers_;
};

/// Runs what is on the loop, and lets time pass whenever nothing else happens, until everybody has ended.
inline void run_simulation(boost::asio::io_context& loop, SimulatedClock& clock) {
  do {
    loop.restart();
    loop.poll();
  } while (clock.advance_to_next_sleeper());
}

}  // namespace fgsync::test

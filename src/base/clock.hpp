#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

namespace fgsync {

/// A point of the steady clock after which a call is given up.
struct Deadline {
  std::chrono::steady_clock::time_point at;
};

/// The only source of time, so that tests can move it. Adapters of sockets use their own timers, towards a Deadline.
class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
  /// The time of day, for records and for people; never for measuring.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall_now() const = 0;
  virtual boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point when) = 0;

  /// A deadline `from_now` ahead.
  [[nodiscard]] Deadline in(std::chrono::milliseconds from_now) const { return Deadline{now() + from_now}; }
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override;
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override;
  boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point when) override;
};

/// `2026-11-22T12:03:07Z`.
std::string to_iso8601(std::chrono::system_clock::time_point when);

}  // namespace fgsync

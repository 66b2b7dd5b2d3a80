#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace fgsync::functiongraph {

/// Something that one caller does while others wait for its end. Everything on one loop.
class Turn {
 public:
  /// It ends by itself before `ends_by`.
  Turn(const boost::asio::any_io_executor& loop, Deadline ends_by);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

  /// Until the end, but not longer than the deadline or the caller's cancellation.
  boost::asio::awaitable<void> wait_for_end(Clock& clock, Deadline deadline);
  void end();
  [[nodiscard]] bool has_ended() const;

  /// Why it brought nothing, for those who waited; absent also when it was given up halfway.
  std::optional<Error> failure;

 private:
  struct Signal;
  std::unique_ptr<Signal> signal_;
  Deadline ends_by_;
};

/// Holds a turn and ends it, however its own life ends: a cancelled caller must leave nobody waiting.
class TurnHolder {
 public:
  TurnHolder() = default;
  explicit TurnHolder(std::shared_ptr<Turn> turn) : turn_(std::move(turn)) {}
  TurnHolder(TurnHolder&&) noexcept = default;
  TurnHolder(const TurnHolder&) = delete;
  TurnHolder& operator=(TurnHolder&&) = delete;
  TurnHolder& operator=(const TurnHolder&) = delete;
  ~TurnHolder() {
    if (turn_) turn_->end();
  }

 private:
  std::shared_ptr<Turn> turn_;
};

/// The turn, if it is still going on.
inline std::shared_ptr<Turn> under_way(const std::weak_ptr<Turn>& turn) {
  auto found = turn.lock();
  return found && !found->has_ended() ? found : nullptr;
}

}  // namespace fgsync::functiongraph

#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/budget.hpp"
#include "tests/support/simulated_clock.hpp"

namespace fgsync::test {

/// A request: when it comes, what it is, how long it takes and how long it may wait.
struct PlannedCall {
  std::string name = {};
  std::chrono::milliseconds at{0};
  std::chrono::milliseconds lasts{0};
  std::int64_t bytes = 0;
  functiongraph::Priority priority = functiongraph::Priority::human;
  std::chrono::milliseconds patience{3'600'000};
};

/// `count` calls that come at once, named h1, h2, … or s1, s2, …
inline std::vector<PlannedCall> crowd(int count, const PlannedCall& like) {
  std::vector<PlannedCall> calls;
  for (int i = 1; i <= count; ++i) {
    calls.push_back(like);
    calls.back().name = (like.priority == functiongraph::Priority::human ? "h" : "s") + std::to_string(i);
  }
  return calls;
}

/// What has happened, in order: `50 a` when call a started after 50 ms, `50 a timed_out` when it was refused then.
using Story = std::vector<std::string>;

/// Calls against one budget, on simulated time.
class BudgetWorld {
 public:
  explicit BudgetWorld(functiongraph::BudgetLimits limits, Logger log = {})
      : budget(limits, clock, 7, std::move(log)) {}

  void add(const PlannedCall& call) {
    // A second call of the same name takes the first one's place: only the last can be cancelled.
    spawn(perform(*this, call), cancellations_[call.name].slot());
  }
  void add(const std::vector<PlannedCall>& calls) {
    for (const PlannedCall& call : calls) add(call);
  }
  /// Something else that happens.
  void at(std::chrono::milliseconds when, std::function<void()> what) { spawn(act(*this, when, std::move(what)), {}); }
  void cancel(const std::string& name) { cancellations_[name].emit(boost::asio::cancellation_type::terminal); }

  /// Until nobody does anything any more.
  const Story& run() {
    run_simulation(loop_, clock);
    return story_;
  }

  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::floor<std::chrono::milliseconds>(clock.now() - start_);
  }
  [[nodiscard]] const Story& story() const { return story_; }
  /// Why calls were refused, by their names.
  [[nodiscard]] const std::map<std::string, Error>& errors() const { return errors_; }

  SimulatedClock clock;
  functiongraph::Budget budget;
  std::function<void(const PlannedCall&)> on_start = [](const PlannedCall&) {};
  std::function<void(const PlannedCall&)> on_end = [](const PlannedCall&) {};

 private:
  static boost::asio::awaitable<void> perform(BudgetWorld& world, PlannedCall call) {
    co_await world.clock.sleep_until(world.start_ + call.at);
    auto permit = co_await world.budget.acquire(call.priority, call.bytes, world.clock.in(call.patience));
    const std::string event = std::to_string(world.elapsed().count()) + " " + call.name;
    if (!permit) {
      world.story_.push_back(event + " " + std::string(name_of(permit.error().kind)));
      world.errors_.emplace(call.name, permit.error());
      co_return;
    }
    world.story_.push_back(event);
    world.on_start(call);
    if (call.lasts.count() > 0) co_await world.clock.sleep_until(world.clock.now() + call.lasts);
    world.on_end(call);
  }
  static boost::asio::awaitable<void> act(BudgetWorld& world, std::chrono::milliseconds when,
                                          std::function<void()> what) {
    co_await world.clock.sleep_until(world.start_ + when);
    what();
  }
  void spawn(boost::asio::awaitable<void> work, boost::asio::cancellation_slot slot) {
    auto rethrow = [](const std::exception_ptr& failure) {
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const boost::system::system_error& stopped) {
        if (stopped.code() != boost::asio::error::operation_aborted) throw;
      }
    };
    boost::asio::co_spawn(loop_, std::move(work), boost::asio::bind_cancellation_slot(slot, rethrow));
  }

  const std::chrono::steady_clock::time_point start_ = clock.now();
  Story story_;
  std::map<std::string, Error> errors_;
  std::map<std::string, boost::asio::cancellation_signal> cancellations_;
  boost::asio::io_context loop_;  // the last one: what still waits when it ends refers to the others
};

}  // namespace fgsync::test

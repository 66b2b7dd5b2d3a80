// Thousands of small random schedules: calls of all kinds, pauses, cancellations. What a schedule does depends on its
// seed alone.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "functiongraph/budget.hpp"
#include "tests/functiongraph/budget_world.hpp"

namespace fgsync::functiongraph {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::PlannedCall;

class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed), limits_{any(0, 12), any(1, 6), any(0, 60)}, world_(limits_) {
    world_.on_start = [this](const PlannedCall& call) { check_start(call); };
    world_.on_end = [this](const PlannedCall& call) { take_back(call); };
    const int count = any(5, 40);
    const int span = any(0, 4000);
    for (int i = 0; i < count; ++i) add_call(std::to_string(i), span);
    for (int pauses = any(-2, 2); pauses > 0; --pauses) add_pause(span);
  }

  void run_and_check() {
    world_.run();
    CHECK(world_.story().size() == calls_.size());
    CHECK(started_.size() + world_.errors().size() == calls_.size());
    for (const auto& [name, error] : world_.errors()) check_refusal(calls_.at(name), error);
    check_order();
    const BudgetCounters& counters = world_.budget.counters();
    CHECK(counters.in_flight == 0);
    CHECK(counters.bytes_in_flight == 0);
    CHECK(counters.granted >= started_.size());
    CHECK(counters.waited <= counters.granted);
  }

 private:
  int any(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

  void add_call(const std::string& name, int span) {
    PlannedCall call;
    call.name = name;
    call.at = milliseconds(any(0, span));
    call.lasts = milliseconds(any(0, 3) == 0 ? 0 : any(1, 800));
    call.bytes = any(0, 1) == 0 ? 0 : any(1, 80);
    call.priority = any(0, 1) == 0 ? Priority::human : Priority::sweep;
    if (any(0, 3) == 0) call.patience = milliseconds(any(0, 3000));
    world_.add(call);
    calls_.emplace(name, call);
    if (any(0, 7) != 0) return;
    cancelled_.insert(name);
    world_.at(call.at + milliseconds(any(0, 1000)), [this, name] {
      if (!started_.contains(name)) world_.cancel(name);
    });
  }

  void add_pause(int span) {
    const milliseconds how_long(any(1, 3000));
    world_.at(milliseconds(any(0, span)), [this, how_long] {
      world_.budget.pause(how_long);
      paused_until_ = std::max(paused_until_, world_.elapsed() + how_long);
    });
  }

  void check_start(const PlannedCall& call) {
    const milliseconds now = world_.elapsed();
    started_.emplace(call.name, now);
    CHECK(now >= paused_until_);
    CHECK(now <= call.at + call.patience);
    CHECK(++in_flight_ <= limits_.concurrency);
    bytes_ += call.bytes;
    bodies_ += call.bytes > 0 ? 1 : 0;
    if (bodies_ > 1) CHECK(bytes_ <= limits_.bytes_in_flight);
    recent_starts_.push_back(now);
    while (now - recent_starts_.front() >= 1s) recent_starts_.pop_front();
    if (limits_.requests_per_second == 0) return;
    CHECK(recent_starts_.size() <= static_cast<std::size_t>(2 * limits_.requests_per_second));
  }

  void take_back(const PlannedCall& call) {
    --in_flight_;
    bytes_ -= call.bytes;
    bodies_ -= call.bytes > 0 ? 1 : 0;
  }

  void check_refusal(const PlannedCall& call, const Error& error) const {
    INFO("call " << call.name << ": " << error.message);
    const bool has_patience = call.patience > 1min;
    switch (error.kind) {
      case ErrorKind::cancelled: CHECK(cancelled_.contains(call.name)); break;
      case ErrorKind::throttled:
        CHECK_FALSE(has_patience);
        CHECK(call.at + *error.remote->retry_after <= paused_until_);
        break;
      default: CHECK(error.kind == ErrorKind::timed_out); CHECK_FALSE(has_patience);
    }
  }

  /// Of two calls of the same priority, with or without a body both, the one that came first started first.
  void check_order() const {
    for (const auto& [earlier_name, earlier_start] : started_) {
      for (const auto& [later_name, later_start] : started_) {
        const PlannedCall& earlier = calls_.at(earlier_name);
        const PlannedCall& later = calls_.at(later_name);
        if (earlier.at >= later.at || earlier.priority != later.priority) continue;
        if ((earlier.bytes > 0) == (later.bytes > 0)) CHECK(earlier_start <= later_start);
      }
    }
  }

  std::mt19937_64 random_;
  BudgetLimits limits_;
  std::map<std::string, PlannedCall> calls_;
  std::set<std::string> cancelled_;
  milliseconds paused_until_{0};
  std::map<std::string, milliseconds> started_;
  std::deque<milliseconds> recent_starts_;
  int in_flight_ = 0;
  int bodies_ = 0;
  std::int64_t bytes_ = 0;
  test::BudgetWorld world_;
};

TEST_CASE("budget: whatever comes, no limit is exceeded, the order is kept and everybody has an end") {
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    INFO("seed " << seed);
    Schedule schedule(seed);
    schedule.run_and_check();
  }
}

}  // namespace
}  // namespace fgsync::functiongraph

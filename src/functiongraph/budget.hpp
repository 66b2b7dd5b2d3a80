#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "http/client.hpp"

namespace fgsync::functiongraph {

struct BudgetLimits {
  int requests_per_second = 0;  ///< 0: no limit. A burst of one second's worth is let through
  int concurrency = 16;         ///< requests at once, at least 1
  std::int64_t bytes_in_flight = std::int64_t{24} << 20U;  ///< of bodies that are being sent. A larger one goes alone
};

/// Who waits longer.
enum class Priority {
  human,  ///< somebody looks at the screen
  sweep,  ///< the daemon's own
};

/// What has happened so far, for metrics and reports.
struct BudgetCounters {
  std::uint64_t granted = 0;
  std::uint64_t waited = 0;                 ///< of them, after a wait
  std::chrono::milliseconds time_waited{};  ///< by those together
  std::uint64_t throttled = 0;              ///< answers that said to slow down
  std::uint64_t refused = 0;                ///< not sent, because the wait would have passed their deadline
  int in_flight = 0;
  std::int64_t bytes_in_flight = 0;
};

/// How much may be asked of one endpoint, by all callers together: a token bucket for the rate, slots for concurrency
/// and for bytes, and a pause of everybody after a throttled answer. Waiting callers go in this order:
///
/// * by arrival within a priority;
/// * humans before sweeps, but after seven humans in a row a sweep that waits is next;
/// * requests with a body keep that order among themselves: one for which there is no room yet holds up the bodies
///   behind it, so that a large one has its turn, but not the requests without a body, which need no room.
///
/// One thread (the loop's). Outlives its permits and everybody who waits for one.
class Budget {
  struct State;

 public:
  Budget(BudgetLimits limits, Clock& clock, std::uint64_t random_seed, Logger log);
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  ~Budget();

  /// A right to send one request; given back when it ends.
  class Permit {
   public:
    Permit(Permit&& other) noexcept;
    Permit(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit();

   private:
    friend class Budget;
    Permit(State& state, std::int64_t bytes);
    State* state_;  ///< null after a move
    std::int64_t bytes_;
  };

  /// Waits for a permit. When that would pass the deadline: `throttled` with the rest of the pause as retry_after
  /// while everybody is paused, else `timed_out`; `cancelled` when the coroutine was cancelled meanwhile. Nothing was
  /// sent then. A refusal does not wait for the deadline where it can be foreseen.
  boost::asio::awaitable<Result<Permit>> acquire(Priority priority, std::int64_t body_bytes, Deadline deadline);

  /// Nobody sends anything for that long, at most ten minutes. A longer pause that is under way stays.
  void pause(std::chrono::milliseconds how_long);
  /// An answer said to slow down: a pause for as long as it asked for, a second at least, else for 2–5 s with jitter
  /// (api: throttling).
  /// Logged once a pause.
  void note_throttled(std::optional<std::chrono::milliseconds> retry_after);

  [[nodiscard]] const BudgetCounters& counters() const;
  [[nodiscard]] const Clock& clock() const;

 private:
  std::unique_ptr<State> state_;
};

/// `inner`, within the budget. Watches the answers for throttling. Both are borrowed. Fails as Budget::acquire does
/// when there is no permit in time.
std::unique_ptr<http::HttpClient> make_budgeted_client(http::HttpClient& inner, Budget& budget, Priority priority);

}  // namespace fgsync::functiongraph

// Who may send next. A decision is made whenever something changes: a permit comes back, somebody arrives or gives up,
// a pause begins, a moment that was waited for has come. Whoever is let go is signalled and holds a permit from then
// on, so nobody looks in vain. Of all who wait one, the watcher, sleeps until the next moment that matters (a token,
// the end of a pause, a deadline); the others sleep until they are signalled.
#include "functiongraph/budget.hpp"

#include <algorithm>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "functiongraph/fair_order.hpp"
#include "functiongraph/token_bucket.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using TimePoint = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

constexpr milliseconds kLongestPause{600'000};
// An answer that says "at once" says as well that it was too much: so many calls must not come again as fast.
constexpr milliseconds kShortestPause{1'000};
// What the service's documentation advises after a throttled answer.
constexpr milliseconds kShortestOwnPause{2'000};
constexpr milliseconds kLongestOwnPause{5'000};

Error not_sent(ErrorKind kind, std::string message) {
  Error error(kind, std::move(message));
  RemoteFacts facts;
  facts.request_sent = false;
  error.remote = std::move(facts);
  return error;
}

Error paused_past_deadline(std::chrono::nanoseconds rest) {
  const auto rest_ms = std::chrono::ceil<milliseconds>(rest);
  Error error = not_sent(ErrorKind::throttled,
                         "not sent: the service said to slow down, and the pause of all calls lasts another " +
                             std::to_string(rest_ms.count()) +
                             " ms, past this call's deadline. If that happens often, lower "
                             "spec.budget.requests_per_second");
  error.remote->retry_after = rest_ms;
  return error;
}

Error no_room_in_time() {
  return not_sent(ErrorKind::timed_out,
                  "not sent: other calls take up the budget until past this call's deadline. Raise spec.budget "
                  "(requests_per_second, concurrency, bytes_in_flight), or do less at once (--parallel)");
}

asio::awaitable<void> until_signalled(asio::steady_timer& signal) {
  boost::system::error_code signalled;
  co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, signalled));
}

}  // namespace

struct Budget::State {
  /// Somebody in line, from its making to its end; ends with a verdict, or by leaving without.
  struct Waiter {
    Waiter(State& given_state, const asio::any_io_executor& loop, Priority priority, std::int64_t body_bytes,
           Deadline given_deadline);
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter();

    void wake() { signal.expires_at(TimePoint::min()); }

    State& state;
    asio::steady_timer signal;
    PlaceInLine place;
    std::int64_t bytes;
    TimePoint deadline;
    std::optional<Result<Permit>> verdict;
  };

  struct EarlierDeadline {
    bool operator()(const Waiter* a, const Waiter* b) const {
      return std::pair(a->deadline, a->place) < std::pair(b->deadline, b->place);
    }
  };
  using Line = std::map<PlaceInLine, Waiter*>;

  State(BudgetLimits given, Clock& given_clock, std::uint64_t random_seed, Logger given_log)
      : limits(given),
        clock(given_clock),
        random(random_seed),
        log(std::move(given_log)),
        bucket(given.requests_per_second) {
    limits.concurrency = std::max(limits.concurrency, 1);
  }

  [[nodiscard]] bool has_room(std::int64_t bytes) const {
    return bytes == 0 || counters.bytes_in_flight == 0 || bytes <= limits.bytes_in_flight - counters.bytes_in_flight;
  }
  /// Nobody starts before that.
  [[nodiscard]] TimePoint not_before() const { return std::max(paused_until, bucket.next_token()); }

  Permit take(std::int64_t bytes, TimePoint now);
  void give_back(std::int64_t bytes);

  Line& line_of(const Waiter& waiter) { return waiter.bytes == 0 ? without_body : with_body; }
  void leave_line(Waiter& waiter);
  /// Who would be let go if it were time; null when there is no slot or room for anybody who waits.
  [[nodiscard]] Waiter* next_in_line() const;
  void let_go(TimePoint now);
  /// Refuses those who cannot start in time. Whether there were any: who was behind them may have room now.
  bool refuse_late(TimePoint now);
  /// When there is something to decide again even if nothing happens. Somebody must be waiting.
  [[nodiscard]] TimePoint next_moment() const;
  /// Sees to it that somebody sleeps until the next moment, if anybody waits.
  void keep_watch();
  /// To be called after every change.
  void decide();
  asio::awaitable<void> wait(Waiter& waiter);

  BudgetLimits limits;
  Clock& clock;
  std::mt19937_64 random;
  Logger log;
  BudgetCounters counters;
  std::chrono::steady_clock::duration time_waited{};

  TokenBucket bucket;
  TimePoint paused_until;

  FairOrder order;
  Line with_body;
  Line without_body;
  std::set<Waiter*, EarlierDeadline> by_deadline;  // all of both lines
  Waiter* watcher = nullptr;
  TimePoint watched_moment;
};

Budget::State::Waiter::Waiter(State& given_state, const asio::any_io_executor& loop, Priority priority,
                              std::int64_t body_bytes, Deadline given_deadline)
    : state(given_state),
      signal(loop),
      place(given_state.order.arrive(priority)),
      bytes(body_bytes),
      deadline(given_deadline.at) {
  state.line_of(*this).emplace(place, this);
  state.by_deadline.insert(this);
}

Budget::State::Waiter::~Waiter() {
  if (verdict) return;
  state.leave_line(*this);
  state.order.leave(place);
  state.decide();
}

void Budget::State::leave_line(Waiter& waiter) {
  line_of(waiter).erase(waiter.place);
  by_deadline.erase(&waiter);
  if (watcher == &waiter) watcher = nullptr;
}

Budget::Permit Budget::State::take(std::int64_t bytes, TimePoint now) {
  bucket.take(now);
  ++counters.granted;
  ++counters.in_flight;
  counters.bytes_in_flight += bytes;
  return Permit(*this, bytes);
}

void Budget::State::give_back(std::int64_t bytes) {
  --counters.in_flight;
  counters.bytes_in_flight -= bytes;
  decide();
}

Budget::State::Waiter* Budget::State::next_in_line() const {
  if (counters.in_flight >= limits.concurrency) return nullptr;
  const auto first_of = [](const Line& line) { return line.empty() ? nullptr : line.begin()->second; };
  Waiter* const without = first_of(without_body);
  Waiter* const with = first_of(with_body);
  if (with == nullptr || !has_room(with->bytes)) return without;
  return without == nullptr || with->place < without->place ? with : without;
}

void Budget::State::let_go(TimePoint now) {
  for (Waiter* next = next_in_line(); next != nullptr && not_before() <= now; next = next_in_line()) {
    leave_line(*next);
    order.serve(next->place);
    next->verdict.emplace(take(next->bytes, now));
    next->wake();
  }
}

bool Budget::State::refuse_late(TimePoint now) {
  bool has_refused = false;
  while (!by_deadline.empty()) {
    Waiter& waiter = **by_deadline.begin();
    if (waiter.deadline > now && waiter.deadline >= not_before()) break;
    leave_line(waiter);
    order.leave(waiter.place);
    waiter.verdict.emplace(fail(paused_until > now ? paused_past_deadline(paused_until - now) : no_room_in_time()));
    waiter.wake();
    ++counters.refused;
    has_refused = true;
  }
  return has_refused;
}

TimePoint Budget::State::next_moment() const {
  // Whose deadline is before the next token or the end of the pause has been refused already.
  return next_in_line() == nullptr ? (*by_deadline.begin())->deadline : not_before();
}

void Budget::State::keep_watch() {
  if (by_deadline.empty()) return;
  if (watcher != nullptr) {
    if (next_moment() < watched_moment) watcher->wake();
    return;
  }
  // The one that probably stays longest.
  watcher = *by_deadline.rbegin();
  watcher->wake();
}

void Budget::State::decide() {
  if (by_deadline.empty()) return;
  const TimePoint now = clock.now();
  do {
    let_go(now);
  } while (refuse_late(now));
  keep_watch();
}

asio::awaitable<void> Budget::State::wait(Waiter& waiter) {
  using asio::experimental::awaitable_operators::operator||;
  while (!waiter.verdict) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
    waiter.signal.expires_at(TimePoint::max());
    if (watcher != &waiter) {
      co_await until_signalled(waiter.signal);
      continue;
    }
    watched_moment = next_moment();
    co_await (until_signalled(waiter.signal) || clock.sleep_until(watched_moment));
    decide();
  }
}

Budget::Budget(BudgetLimits limits, Clock& clock, std::uint64_t random_seed, Logger log)
    : state_(std::make_unique<State>(limits, clock, random_seed, std::move(log))) {}

Budget::~Budget() = default;

Budget::Permit::Permit(State& state, std::int64_t bytes) : state_(&state), bytes_(bytes) {}

Budget::Permit::Permit(Permit&& other) noexcept : state_(std::exchange(other.state_, nullptr)), bytes_(other.bytes_) {}

Budget::Permit::~Permit() {
  if (state_ != nullptr) state_->give_back(bytes_);
}

asio::awaitable<Result<Budget::Permit>> Budget::acquire(Priority priority, std::int64_t body_bytes, Deadline deadline) {
  assert(body_bytes >= 0);
  State& state = *state_;
  const TimePoint arrived = state.clock.now();
  const bool is_first = state.by_deadline.empty() && state.counters.in_flight < state.limits.concurrency;
  if (is_first && state.has_room(body_bytes) && state.not_before() <= arrived)
    co_return state.take(body_bytes, arrived);

  const auto loop = co_await asio::this_coro::executor;
  State::Waiter waiter(state, loop, priority, body_bytes, deadline);
  state.decide();
  if (!waiter.verdict) {
    co_await state.wait(waiter);
    if (!waiter.verdict) co_return fail(not_sent(ErrorKind::cancelled, "not sent: stopped while it waited its turn"));
    if (*waiter.verdict) {
      ++state.counters.waited;
      state.time_waited += state.clock.now() - arrived;
      state.counters.time_waited = std::chrono::floor<milliseconds>(state.time_waited);
    }
  }
  co_return std::move(*waiter.verdict);
}

void Budget::pause(milliseconds how_long) {
  const auto length = std::clamp(how_long, milliseconds(0), kLongestPause);
  state_->paused_until = std::max(state_->paused_until, state_->clock.now() + length);
  state_->decide();
}

void Budget::note_throttled(std::optional<milliseconds> retry_after) {
  ++state_->counters.throttled;
  std::uniform_int_distribution<milliseconds::rep> spread(kShortestOwnPause.count(), kLongestOwnPause.count());
  const milliseconds own(spread(state_->random));
  const auto length = std::clamp(retry_after.value_or(own), kShortestPause, kLongestPause);
  const bool is_paused = state_->paused_until > state_->clock.now();
  if (!is_paused) state_->log.warn("throttled by the service, all calls wait", {kv("wait_ms", length.count())});
  pause(length);
}

const BudgetCounters& Budget::counters() const {
  return state_->counters;
}

const Clock& Budget::clock() const {
  return state_->clock;
}

}  // namespace fgsync::functiongraph

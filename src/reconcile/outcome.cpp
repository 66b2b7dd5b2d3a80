#include "reconcile/outcome.hpp"

#include <algorithm>

namespace fgsync::reconcile {
namespace {

using std::chrono::milliseconds;

constexpr int kMaxConflicts = 3;
constexpr int kMaxGarbage = 3;
constexpr int kMaxReadTries = 5;

/// What the service asks for, but never at once; else the 2–5 s that its documentation advises.
milliseconds throttle_wait(const Error& error, std::mt19937_64& random) {
  constexpr milliseconds kShortest{1'000};
  constexpr milliseconds kLongest{600'000};
  if (error.remote && error.remote->retry_after) return std::clamp(*error.remote->retry_after, kShortest, kLongest);
  std::uniform_int_distribution<milliseconds::rep> spread(2000, 5000);
  return milliseconds(spread(random));
}

Next observe_after(milliseconds wait) {
  return Next{Next::Kind::observe, wait};
}

int sort_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::conflict:
    case ErrorKind::not_found: return 1;
    case ErrorKind::corrupt: return 2;
    default: return 3;
  }
}

}  // namespace

void Failures::add(const Error& error) {
  ++count_;
  of_this_sort_ = sort_of(error.kind) == sort_ ? of_this_sort_ + 1 : 1;
  sort_ = sort_of(error.kind);
}

Next next_after(const Error& error, const Failures& failures, const Backoff& backoff, std::mt19937_64& random) {
  switch (error.kind) {
    case ErrorKind::transient:
    case ErrorKind::timed_out:
    case ErrorKind::unknown_effect: return observe_after(backoff.delay(failures.count() - 1, random));
    case ErrorKind::throttled: return observe_after(throttle_wait(error, random));
    case ErrorKind::conflict:
    case ErrorKind::not_found:
      return failures.of_this_sort() <= kMaxConflicts ? observe_after(milliseconds(0)) : Next{};
    case ErrorKind::corrupt:
      return failures.of_this_sort() <= kMaxGarbage ? observe_after(backoff.delay(failures.count() - 1, random))
                                                    : Next{};
    case ErrorKind::invalid:
    case ErrorKind::unauthorized:
    case ErrorKind::cancelled:
    case ErrorKind::internal: return Next{};
  }
  return Next{};
}

Next next_after_read(const Error& error, int failures, const Backoff& backoff, std::mt19937_64& random) {
  if (failures >= kMaxReadTries) return Next{};
  const bool was_answered = error.remote && error.remote->http_status != 0;
  switch (error.kind) {
    case ErrorKind::throttled: return observe_after(throttle_wait(error, random));
    case ErrorKind::transient: return was_answered ? observe_after(backoff.delay(failures - 1, random)) : Next{};
    case ErrorKind::corrupt:
      return failures < kMaxGarbage ? observe_after(backoff.delay(failures - 1, random)) : Next{};
    default: return Next{};
  }
}

}  // namespace fgsync::reconcile

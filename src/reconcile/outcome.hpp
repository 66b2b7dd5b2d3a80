#pragma once

#include <chrono>
#include <random>

#include "base/backoff.hpp"
#include "base/error.hpp"

namespace fgsync::reconcile {

/// What follows from a failure.
struct Next {
  enum class Kind {
    stop,     ///< trying again changes nothing; a person must act
    observe,  ///< after `wait`: read the function again, plan again, go on
  };
  Kind kind = Kind::stop;
  std::chrono::milliseconds wait{0};
};

/// The failures in a row.
class Failures {
 public:
  void add(const Error& error);
  [[nodiscard]] int count() const { return count_; }
  /// Of those, the last ones that were of the same sort: things that are there already or gone, answers that cannot be
  /// understood, and the rest. A bad network between two conflicts does not make them a stubborn one.
  [[nodiscard]] int of_this_sort() const { return of_this_sort_; }

 private:
  int count_ = 0;
  int of_this_sort_ = 0;
  int sort_ = 0;
};

/// The one mapping of failures to consequences. Pure but for the jitter. `failures` are those in a row, this one
/// included. Nothing is ever simply sent again: going on always starts with observing.
Next next_after(const Error& error, const Failures& failures, const Backoff& backoff, std::mt19937_64& random);

/// The same for a read that planning needs: a refused or lost connection was already tried again and stops the run
/// soon, an answer that says "later", or that was cut off, is not the last word.
Next next_after_read(const Error& error, int failures, const Backoff& backoff, std::mt19937_64& random);

}  // namespace fgsync::reconcile

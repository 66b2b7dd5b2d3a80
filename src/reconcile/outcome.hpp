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

/// The one mapping of failures to consequences. Pure but for the jitter. `failures` counts those in a row, this one
/// included. Nothing is ever simply sent again: going on always starts with observing.
Next next_after(const Error& error, int failures, const Backoff& backoff, std::mt19937_64& random);

/// The same for a read that planning needs: a refused or lost connection was already tried again and stops the run
/// soon, an answer that says "later" is waited for.
Next next_after_read(const Error& error, int failures, const Backoff& backoff, std::mt19937_64& random);

}  // namespace fgsync::reconcile

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "http/bell.hpp"

namespace fgsync::http {

/// Rings a bell when a descriptor can be read or written. The descriptor belongs to somebody else, who closes it after
/// this is gone.
class Readiness {
 public:
  Readiness(const boost::asio::any_io_executor& executor, int descriptor, Bell bell);
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;
  ~Readiness();

  /// Rings once when there is something to read, an end or a failure included. Asking again before that changes
  /// nothing.
  void watch_readable();
  /// The same for writing.
  void watch_writable();
  /// Takes back what was asked for, so that the loop does not go on for its sake.
  void forget();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fgsync::http

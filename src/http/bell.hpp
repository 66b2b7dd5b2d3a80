#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "base/clock.hpp"

namespace fgsync::http {

/// Where one coroutine waits for what comes from elsewhere: a socket that got ready, the answer of a name server, the
/// next part of a body. Whoever announces such a thing holds a copy of the bell. All on one loop.
class Bell {
 public:
  explicit Bell(const boost::asio::any_io_executor& executor);

  /// Wakes who waits, or else the next one to wait. What is new has to be found out: a bell may ring for nothing.
  void ring();
  /// Rings once, later; another call replaces the first. Forgotten when the last copy of the bell is gone.
  void ring_after(std::chrono::milliseconds time);

  /// False: the deadline has come. Throws system_error (operation_aborted) when the coroutine is cancelled.
  [[nodiscard]] boost::asio::awaitable<bool> wait(Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fgsync::http

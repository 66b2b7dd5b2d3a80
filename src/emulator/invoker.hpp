#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/clock.hpp"
#include "emulator/executions.hpp"
#include "emulator/service.hpp"

namespace fgsync::emulator {

/// Makes answers of what the service wants run, and has it recorded.
class Invoker {
 public:
  /// All must outlive it, and it every call of complete().
  Invoker(Service& service, Executions& executions, const Clock& clock)
      : service_(service), executions_(executions), clock_(clock) {}

  /// The answer that leaves instead of `draft`. An asynchronous call is only started.
  boost::asio::awaitable<http::Response> complete(PendingExecution pending, http::Response draft);

 private:
  http::Response refuse_one_more(const PendingExecution& pending, const http::Response& draft);

  Service& service_;
  Executions& executions_;
  const Clock& clock_;
};

}  // namespace fgsync::emulator

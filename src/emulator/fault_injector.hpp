#pragma once

#include <chrono>
#include <string_view>

#include "emulator/fault_rules.hpp"
#include "emulator/service.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// When a request is handled, on both clocks.
struct Moment {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};

/// A service with faults. Waiting and sending are left to the caller, so that it works the same over sockets and in a
/// simulation with a clock of its own: decide(), wait for the decision's delay, apply(), make the batch durable, wait
/// for its answer_delay, disguise(), then deliver as its fate says.
class FaultInjector {
 public:
  /// The service must outlive it.
  explicit FaultInjector(Service& service, FaultPlan plan = {}) : service_(service), rules_(std::move(plan)) {}

  FaultDecision decide(const http::Request& request, std::chrono::steady_clock::time_point now);

  /// Whether apply() must not be called while a batch is open.
  static bool needs_settled_state(const FaultDecision& decision);

  /// Does what is done to the service. Returns its answer; one with status 0 when it never got the request.
  http::Response apply(const FaultDecision& decision, const http::Request& request, Moment now);

  /// The answer that is to be delivered instead of the service's, or that one. For `lost` it is what the client will
  /// not see, with status 0 when there is nothing.
  http::Response disguise(const FaultDecision& decision, http::Response response);

  [[nodiscard]] FaultRules& rules() { return rules_; }
  /// Reads see the present again.
  void end_stale_reads();

 private:
  http::Response ask(const http::Request& request, Moment now);
  void prepare(const FaultDecision& decision, const http::Request& request, Moment now);

  Service& service_;
  FaultRules rules_;
  StaleWindow stale_;
};

}  // namespace fgsync::emulator

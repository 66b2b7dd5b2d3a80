#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "emulator/fault_injector.hpp"
#include "emulator/metrics.hpp"
#include "emulator/recent_requests.hpp"
#include "emulator/service.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// What the control API works on; all of it outlives it.
struct Controlled {
  Service& service;
  FaultInjector& injector;
  Metrics& metrics;
  RecentRequests& recent;
  std::function<void()> settle;  ///< makes an open batch durable, before the state as a whole is touched
};

/// The API that a test steers the emulator with (docs/emulator.md): faults, state, tokens, metrics, recent requests.
/// Bodies are JSON or YAML; a bad one is answered 400 with all its mistakes.
class ControlApi {
 public:
  ControlApi(Controlled controlled, std::chrono::steady_clock::time_point started)
      : controlled_(std::move(controlled)), started_(started) {}

  http::Response handle(const http::Request& request, Moment now);

 private:
  /// A request whose path was understood.
  struct Call {
    const http::Request& request;
    std::string name;  ///< of a rule or a snapshot, where the path has one
    Moment now;
  };
  struct Operation;
  static const std::vector<Operation>& operations();

  http::Response show_health(const Call& call);
  http::Response show_metrics(const Call& call);
  http::Response show_faults(const Call& call);
  http::Response replace_faults(const Call& call);
  http::Response clear_faults(const Call& call);
  http::Response restart_faults(const Call& call);
  http::Response add_rule(const Call& call);
  http::Response show_rule(const Call& call);
  http::Response remove_rule(const Call& call);
  http::Response set_latency(const Call& call);
  http::Response set_rate(const Call& call);
  http::Response expire_tokens(const Call& call);
  http::Response show_state(const Call& call);
  http::Response reset_state(const Call& call);
  http::Response list_snapshots(const Call& call);
  http::Response take_snapshot(const Call& call);
  http::Response restore_snapshot(const Call& call);
  http::Response remove_snapshot(const Call& call);
  http::Response list_requests(const Call& call);
  http::Response forget_requests(const Call& call);

  [[nodiscard]] std::string faults_json() const;

  Controlled controlled_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace fgsync::emulator

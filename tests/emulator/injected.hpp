#pragma once

#include "emulated.hpp"
#include "emulator/control_api.hpp"
#include "emulator/fault_injector.hpp"
#include "emulator/scenario.hpp"
#include "emulator/state_control.hpp"

namespace fgsync::emulator::test {

inline FaultPlan plan_from(const std::string& text) {
  const auto plan = read_scenario(text, "test");
  if (!plan) FAIL(summary(plan.error().front()));
  return *plan;
}

/// A service behind faults, and the API that steers them. Time stands still unless a test moves it.
class Injected {
 public:
  explicit Injected(const std::string& scenario = "{}", ServiceOptions options = {},
                    const std::string& state = ":memory:")
      : service(open(std::move(options), state)),
        injector(*service, plan_from(scenario)),
        control_({*service, injector, metrics, recent, [] {}}, steady) {}

  struct Seen {
    FaultDecision decision;
    Reply reply;
  };

  Seen send(http::Method method, const std::string& path, const Json& body = nullptr, http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = "/v2/p1/fgs/functions" + path;
    if (!body.is_null()) request.body = body.dump();
    request.headers = std::move(headers);
    return send(request);
  }

  Seen send(const http::Request& request) {
    auto decision = injector.decide(request, steady);
    auto answer = injector.apply(decision, request, {wall, steady});
    if (service->has_open_batch()) REQUIRE(service->commit_batch());
    auto response = injector.disguise(decision, std::move(answer));
    return {std::move(decision), Reply{response.status, std::move(response.body), std::move(response.headers)}};
  }

  Reply get(const std::string& path) { return send(http::Method::get, path).reply; }

  Reply steer(http::Method method, const std::string& path, const std::string& body = "", http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = path;
    request.body = body;
    request.headers = std::move(headers);
    auto response = control_.handle(request, {wall, steady});
    return Reply{response.status, std::move(response.body), std::move(response.headers)};
  }

  std::chrono::steady_clock::time_point steady{std::chrono::hours(1)};
  std::chrono::system_clock::time_point wall = kNow;
  std::unique_ptr<Service> service;
  FaultInjector injector;
  Metrics metrics;
  RecentRequests recent;

 private:
  static std::unique_ptr<Service> open(ServiceOptions options, const std::string& state) {
    auto opened = open_service(std::move(options), state);
    REQUIRE(opened);
    return std::move(*opened);
  }

  ControlApi control_;
};

inline const std::string kHello = "/" + Emulated::urn();

}  // namespace fgsync::emulator::test

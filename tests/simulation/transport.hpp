#pragma once

#include <map>
#include <string>
#include <vector>

#include "emulator/service.hpp"
#include "http/client.hpp"
#include "tests/simulation/crash.hpp"
#include "tests/simulation/other_writer.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/simulation/watcher.hpp"
#include "tests/support/simulated_clock.hpp"

namespace fgsync::simulation {

/// An HttpClient whose server is the emulator's core in this process, over a network that takes time and fails as the
/// scenario says. The watcher sees everything that reaches the service.
class SimulatedTransport final : public http::HttpClient {
 public:
  SimulatedTransport(emulator::Service& service, test::SimulatedClock& clock, const Scenario& scenario,
                     Watcher& watcher, OtherWriter& other_writer, Crashes& crashes, Trace& trace);

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override;

  /// From here on everything works, and nobody else writes.
  void calm_down();
  [[nodiscard]] int calls() const { return calls_; }

 private:
  [[nodiscard]] std::optional<Fault> fault_of(int call) const;
  void let_others_write(int call);
  http::Response handle(const http::Request& request);
  http::Response handle_read(const http::Request& request);
  void begin_stale_reads();
  boost::asio::awaitable<void> pass(int call, int leg);

  emulator::Service& service_;
  test::SimulatedClock& clock_;
  std::uint64_t seed_;
  std::map<int, Fault> faults_;
  std::multimap<int, ActAt> acts_;
  Watcher& watcher_;
  OtherWriter& other_writer_;
  Crashes& crashes_;
  Trace& trace_;
  int calls_ = 0;
  std::optional<test::SimulatedClock::TimePoint> stale_until_;
};

}  // namespace fgsync::simulation

// daemon [FUNCTIONS [SWEEPS]]: a target that sweeps a service on which nothing changes, with simulated time. What it
// keeps in memory must not grow with the number of sweeps.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "daemon/target.hpp"
#include "state/sqlite_store.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/fake_function_graph.hpp"
#include "tests/support/simulated_clock.hpp"

namespace fgsync::bench {
namespace {

using boost::asio::awaitable;

/// Sources that never change.
class StillDesiredState final : public daemon::DesiredState {
 public:
  StillDesiredState(Clock& clock, daemon::Wanted wanted)
      : clock_(clock), wanted_(std::make_shared<daemon::Wanted>(std::move(wanted))) {}

  awaitable<Result<std::shared_ptr<const daemon::Wanted>>> load() override { co_return wanted_; }
  awaitable<daemon::SourceChange> next_change() override {
    co_await stopped_.wait(clock_, std::nullopt);
    co_return daemon::SourceChange{};
  }
  [[nodiscard]] std::vector<daemon::SourceView> sources() const override { return {}; }
  void stop() override { stopped_.raise(); }

 private:
  Clock& clock_;
  std::shared_ptr<const daemon::Wanted> wanted_;
  daemon::Signal stopped_;
};

daemon::Wanted wanted_of(const WorkDirectory& directory, std::size_t count) {
  daemon::Wanted wanted;
  wanted.is_whole = true;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "fn-" + std::to_string(i);
    directory.write(name + "/index.py", "def handler(event, context): return " + std::to_string(i) + "\n");
    manifest::Function function;
    function.name = name;
    function.runtime = "Python3.9";
    function.handler = "index.handler";
    function.memory_size = 256;
    function.timeout = std::chrono::seconds(30);
    function.code.path = directory.path() + "/" + name;
    wanted.functions.push_back(std::move(function));
    wanted.marks[name] = i;
  }
  return wanted;
}

double resident_mib() {
  std::ifstream status("/proc/self/statm");
  double pages = 0;
  status >> pages >> pages;
  return pages * 4096 / (1024 * 1024);
}

/// A target over a service in memory, which only `pass` moves.
class SimulatedTarget {
 public:
  explicit SimulatedTarget(std::size_t functions)
      : service_(clock_, limits_of(functions)),
        graph_(service_),
        desired_(clock_, wanted_of(directory_, functions)),
        store_(std::move(
            *state::open_sqlite_store("", {"e", "p1", "shop", directory_.path()}, state::Threading::in_place))),
        events_(loop_.get_executor()) {
    daemon::TargetSettings settings;
    settings.name = "main";
    settings.max_change_percent = 100;
    reconcile::Settings reconciling;
    reconciling.plan.source_id = "shop";
    reconciling.root = directory_.path();
    const reconcile::Ports ports{graph_, *store_, clock_, pool_, Logger()};
    daemon::TargetPorts all{ports, ports, desired_, events_, loop_.get_executor()};
    target_ = std::make_unique<daemon::Target>(settings, std::move(all), std::move(reconciling));
    boost::asio::co_spawn(loop_, target_->run(), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  SimulatedTarget(const SimulatedTarget&) = delete;
  SimulatedTarget& operator=(const SimulatedTarget&) = delete;
  ~SimulatedTarget() {
    target_->stop();
    do {
      loop_.restart();
      loop_.poll();
    } while (clock_.advance_to_next_sleeper());
  }

  void pass_sweeps(std::uint64_t count) {
    const std::uint64_t end = sweeps() + count;
    while (sweeps() < end) {
      loop_.restart();
      loop_.poll();
      // The record of calls is the double's, not the daemon's.
      service_.forget_calls();
      if (sweeps() < end && !clock_.advance_to_next_sleeper()) throw std::runtime_error("the target sleeps for ever");
    }
  }
  [[nodiscard]] std::uint64_t sweeps() const { return target_->sweeps(); }
  /// Lets those that are approved only by a person be made.
  void approve() {
    auto agree = [](daemon::Target& target) -> awaitable<void> {
      auto approved = co_await target.approve("", "bench");
      if (!approved) throw std::runtime_error(approved.error().describe());
    };
    boost::asio::co_spawn(loop_, agree(*target_), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  [[nodiscard]] std::size_t synced() const {
    std::size_t count = 0;
    for (const auto& row : target_->view().functions) {
      if (row.condition == daemon::Condition::synced) ++count;
    }
    return count;
  }

 private:
  static test::FakeLimits limits_of(std::size_t functions) {
    test::FakeLimits limits;
    limits.functions = functions;
    return limits;
  }

  WorkDirectory directory_;
  test::SimulatedClock clock_;
  test::FakeService service_;
  test::FakeFunctionGraph graph_;
  StillDesiredState desired_;
  std::unique_ptr<state::Store> store_;
  WorkerPool pool_{WorkerPool::InPlace()};
  std::unique_ptr<daemon::Target> target_;
  boost::asio::io_context loop_;
  daemon::EventLog events_;
};

}  // namespace

void bench_daemon(const std::vector<std::string>& arguments) {
  const std::size_t functions = arguments.empty() ? 1000 : std::stoul(arguments[0]);
  const std::uint64_t sweeps = arguments.size() < 2 ? 10'000 : std::stoull(arguments[1]);
  SimulatedTarget target(functions);
  target.pass_sweeps(1);
  if (functions > 10) target.approve();
  target.pass_sweeps(9);
  if (target.synced() != functions) throw std::runtime_error("only " + std::to_string(target.synced()) + " are synced");
  const double at_start = resident_mib();
  const auto cpu_before = cpu_time();
  target.pass_sweeps(sweeps / 10);
  const double after_a_tenth = resident_mib();
  target.pass_sweeps(sweeps - sweeps / 10);
  const double cpu_ms = std::chrono::duration<double, std::milli>(cpu_time() - cpu_before).count();
  report("daemon_sweeps", {{"functions", static_cast<double>(functions)},
                           {"sweeps", static_cast<double>(sweeps)},
                           {"rss_mib_at_start", at_start},
                           {"rss_mib_after_a_tenth", after_a_tenth},
                           {"rss_mib_at_end", resident_mib()},
                           {"cpu_ms_per_sweep", cpu_ms / static_cast<double>(sweeps)}});
}

}  // namespace fgsync::bench

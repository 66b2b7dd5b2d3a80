#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/worker_pool.hpp"
#include "daemon/target.hpp"
#include "emulator/service.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "state/store.hpp"
#include "tests/support/simulated_clock.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::test {

/// Sources that say what the test writes into them.
class FakeDesiredState final : public daemon::DesiredState {
 public:
  explicit FakeDesiredState(Clock& clock) : clock_(clock), wanted_(std::make_shared<daemon::Wanted>()) {}

  boost::asio::awaitable<Result<std::shared_ptr<const daemon::Wanted>>> load() override;
  boost::asio::awaitable<daemon::SourceChange> next_change() override;
  [[nodiscard]] std::vector<daemon::SourceView> sources() const override { return {}; }
  void stop() override;

  /// What `load` answers from now on.
  void put(daemon::Wanted wanted) { wanted_ = std::make_shared<daemon::Wanted>(std::move(wanted)); }
  void tell(daemon::SourceChange change);
  /// For the next target: nothing is stopped, and nothing has changed.
  void restart();

  std::optional<Error> failure;  ///< of `load`

 private:
  Clock& clock_;
  std::shared_ptr<const daemon::Wanted> wanted_;
  std::vector<daemon::SourceChange> changes_;
  daemon::Signal changed_;
  bool is_stopped_ = false;
};

/// An HttpClient whose server is the emulator's core in this process, over a network that takes time.
class SlowNetwork final : public http::HttpClient {
 public:
  using Answer = Result<http::Response>;

  SlowNetwork(emulator::Service& service, SimulatedClock& clock) : service_(service), clock_(clock) {}

  std::chrono::milliseconds latency{20};  ///< one way
  /// When it answers something, that is the answer, and the service does not see the request. May throw.
  std::function<std::optional<Answer>(const http::Request& request)> before;
  /// Makes of the service's answer what the caller gets.
  std::function<Answer(const http::Request& request, http::Response response)> after;
  /// Hears of what the service is about to be told, and of what became of it.
  std::function<void(const http::Request& request, const http::Response& response)> on_exchange;

  boost::asio::awaitable<Answer> send(http::Request request, Deadline deadline) override;

  /// `PUT hello/code` for each request that reached the service and could have changed something.
  std::vector<std::string> mutations;
  int requests = 0;
  int lists = 0;  ///< of those: lists of all functions

 private:
  emulator::Service& service_;
  SimulatedClock& clock_;
};

/// `PUT hello/code`, of a request below /functions.
std::string short_line(const http::Request& request);

/// A target, as the daemon has it, with the real engine and client, against the emulator's core; time is simulated.
class TargetWorld {
 public:
  TargetWorld();
  TargetWorld(const TargetWorld&) = delete;
  TargetWorld& operator=(const TargetWorld&) = delete;
  ~TargetWorld();

  /// A function with a code directory of its own. Change it through `functions`, then `edit`.
  manifest::Function& add(const std::string& name);
  manifest::Function& function(const std::string& name);
  void write_code(const std::string& name, const std::string& text) const;
  /// New code under a new version's name.
  void change_release(const std::string& name, const std::string& version);
  void remove(const std::string& name);

  /// Gives the sources what `functions` are now, without telling anybody.
  void put();
  /// The manifests of these changed, and the target is told.
  void edit(const std::vector<std::string>& names);
  /// The same, told as a commit is.
  void commit(const std::vector<std::string>& names);

  /// A target on the same state; it begins to work with the next `pass`.
  void start();
  /// Starts with these functions and lets them be made, then begins a new record of all that happens.
  void settle(const std::vector<std::string>& names);
  /// Nothing of what is under way happens any more.
  void crash();
  /// Lets it work for that long.
  void pass(std::chrono::milliseconds time);
  /// Stops it and waits for its end; the time that it took.
  std::chrono::milliseconds stop();
  [[nodiscard]] bool has_ended() const { return has_ended_; }

  daemon::Target& target() { return *target_; }
  [[nodiscard]] daemon::FunctionView row(const std::string& name) const;
  /// The condition and its code: `synced in_sync`.
  [[nodiscard]] std::string condition(const std::string& name) const;
  /// Events of that type, `function: message` each.
  [[nodiscard]] std::vector<std::string> events(const std::string& type) const;
  void forget_events() { seen_events_.clear(); }

  /// Starts something that a person asks for, and lets the target work until there is an answer.
  template <class T>
  Result<T> ask(boost::asio::awaitable<Result<T>> question);

  /// What somebody else does to the service.
  http::Response foreign(http::Method method, const std::string& path, const std::string& body = "");
  void change_memory_by_hand(const std::string& name, int memory);
  bool exists(const std::string& name);
  std::vector<std::string> versions_of(const std::string& name);
  static std::string urn_of(const std::string& name) { return "urn:fss:cn-north-4:p1:function:default:" + name; }

  TempDirectory directory;
  SimulatedClock clock;
  std::unique_ptr<emulator::Service> service;
  SlowNetwork network;
  FakeDesiredState desired;
  std::vector<manifest::Function> functions;
  std::map<std::string, std::string> rejected;
  bool is_whole = true;
  std::optional<std::string> no_deletes;
  daemon::TargetSettings settings;
  reconcile::Settings reconciling;
  std::unique_ptr<state::Store> store;
  Logger log;  ///< of targets that start from now on
  /// When set, the target works through that one.
  state::Store* other_store = nullptr;

 private:
  reconcile::Ports ports();
  void run_ready_work();

  functiongraph::CallCounter counter_;
  std::unique_ptr<functiongraph::FunctionGraph> graph_;
  std::unique_ptr<functiongraph::Triggers> triggers_;
  WorkerPool pool_{WorkerPool::InPlace()};
  std::map<std::string, std::uint64_t> marks_;
  std::uint64_t last_mark_ = 0;
  std::vector<daemon::Event> seen_events_;
  std::unique_ptr<daemon::Target> target_;
  std::unique_ptr<boost::asio::io_context> loop_;
  std::unique_ptr<daemon::EventLog> events_;
  bool has_ended_ = false;
};

}  // namespace fgsync::test

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

namespace fgsync::test {

template <class T>
Result<T> TargetWorld::ask(boost::asio::awaitable<Result<T>> question) {
  auto answer = std::make_shared<std::optional<Result<T>>>();
  auto thrown = std::make_shared<std::exception_ptr>();
  auto boxed = [](boost::asio::awaitable<Result<T>> inner,
                  std::shared_ptr<std::optional<Result<T>>> out) -> boost::asio::awaitable<void> {
    out->emplace(co_await std::move(inner));
  };
  auto on_end = [thrown](std::exception_ptr failure) { *thrown = failure; };
  boost::asio::co_spawn(*loop_, boxed(std::move(question), answer), on_end);
  for (int i = 0; i < 100'000 && !*answer && !*thrown; ++i) {
    run_ready_work();
    if (!*answer && !*thrown && !clock.advance_to_next_sleeper()) break;
  }
  if (*thrown) std::rethrow_exception(*thrown);
  if (!*answer) throw std::logic_error("nobody answers");
  return std::move(**answer);
}

}  // namespace fgsync::test

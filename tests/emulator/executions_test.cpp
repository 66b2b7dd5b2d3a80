// Places, retries and the end, with an executor that only notes what it is asked to run.
#include "emulator/executions.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <deque>

using namespace fgsync::emulator;
namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

/// Jumps to wherever somebody wants to sleep to.
class LeapingClock final : public fgsync::Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return now_; }
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override { return {}; }
  asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point when) override {
    slept += when - now_;
    asio::steady_timer moment(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
    co_await moment.async_wait(asio::use_awaitable);
    now_ = std::max(now_, when);
  }

  std::chrono::nanoseconds slept{0};

 private:
  std::chrono::steady_clock::time_point now_{};
};

/// Answers the codes that it was given, in turn; 0 when there are none left. While it is held, nothing ends.
class ScriptedExecutor final : public Executor {
 public:
  [[nodiscard]] std::optional<std::string> why_not(const std::string& /*runtime*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] bool needs_code(const CodeFacts& /*code*/) const override { return wants_code; }
  asio::awaitable<ExecutionOutcome> run(Execution execution, std::shared_ptr<const std::string> code) override {
    ran.push_back(execution.request_id + (code ? " " + *code : ""));
    most = std::max(most, ++running);
    asio::steady_timer moment(co_await asio::this_coro::executor);
    do {
      moment.expires_after(std::chrono::milliseconds(1));
      co_await moment.async_wait(asio::use_awaitable);
    } while (is_held && !is_stopped);
    --running;
    ExecutionOutcome outcome;
    if (!codes.empty()) {
      outcome.code = codes.front();
      codes.pop_front();
    }
    co_return outcome;
  }
  void stop() override { is_stopped = true; }

  std::vector<std::string> ran;
  std::deque<int> codes;
  int running = 0;
  int most = 0;
  bool wants_code = false;
  bool is_held = false;
  bool is_stopped = false;
};

struct ExecutionsWorld {
  asio::io_context loop;
  LeapingClock clock;
  ScriptedExecutor executor;
  std::vector<ExecutionRecord> records;
  std::optional<std::string> code = "the code";
  Executions executions{loop.get_executor(), executor, clock, [this](const std::string&) { return code; },
                        [this](const ExecutionRecord& record) { records.push_back(record); }};

  static PendingExecution call(const std::string& id) {
    PendingExecution pending;
    pending.execution.request_id = id;
    pending.execution.function.id = 1;
    pending.on_success = "to success";
    pending.on_failure = "to failure";
    return pending;
  }

  asio::awaitable<void> run_noting(std::string id, std::int64_t max_at_once) {
    auto pending = call(id);
    pending.max_at_once = max_at_once;
    const auto outcome = co_await executions.run(std::move(pending));
    ended.push_back(id + (outcome ? " ran " + std::to_string(outcome->code) : " had no place"));
  }
  void start_run(const std::string& id, std::int64_t max_at_once = -1) {
    asio::co_spawn(loop, run_noting(id, max_at_once), [](std::exception_ptr) {});
  }

  std::vector<std::string> ended;
};

}  // namespace

TEST_CASE("executions: code is fetched when it is needed, and may be gone") {
  ExecutionsWorld world;
  world.start_run("a");
  world.loop.run();
  world.executor.wants_code = true;
  world.start_run("b");
  world.loop.restart();
  world.loop.run();
  CHECK(world.executor.ran == std::vector<std::string>{"a", "b the code"});
  world.code = std::nullopt;
  world.start_run("c");
  world.loop.restart();
  world.loop.run();
  CHECK(world.executor.ran.size() == 2);
  CHECK(world.ended == std::vector<std::string>{"a ran 0", "b ran 0", "c ran 4201"});
}

TEST_CASE("executions: a function has its places, and a place is free again at the end") {
  ExecutionsWorld world;
  for (const auto* id : {"a", "b", "c"}) world.start_run(id, 2);
  world.loop.run();
  CHECK(world.ended == std::vector<std::string>{"c had no place", "a ran 0", "b ran 0"});
  world.start_run("d", 2);
  world.loop.restart();
  world.loop.run();
  CHECK(world.ended.back() == "d ran 0");
}

TEST_CASE("executions: in the background they wait for a place") {
  ExecutionsWorld world;
  for (int i = 0; i < 10; ++i) {
    auto pending = ExecutionsWorld::call(std::to_string(i));
    pending.max_at_once = 2;
    world.executions.start(std::move(pending));
  }
  world.loop.run();
  CHECK(world.executor.most == 2);
  REQUIRE(world.records.size() == 10);
  CHECK(world.records.front().code == 0);
  CHECK(world.records.front().attempts == 1);
  CHECK(world.records.front().destination == "to success");
}

TEST_CASE("executions: what fails in the background is tried again, after growing pauses") {
  ExecutionsWorld world;
  world.executor.codes = {4002, 4010, 0};
  auto pending = ExecutionsWorld::call("a");
  pending.retries = 3;
  world.executions.start(std::move(pending));
  world.loop.run();
  REQUIRE(world.records.size() == 1);
  CHECK(world.records[0].request_id == "a");
  CHECK(world.records[0].code == 0);
  CHECK(world.records[0].attempts == 3);
  CHECK(world.clock.slept == seconds(1) + seconds(2));
}

TEST_CASE("executions: attempts end with the retries, or when the event is too old") {
  struct Limit {
    std::int64_t retries;
    seconds max_age;
    std::int64_t attempts;
  };
  for (const auto& limit : {Limit{0, seconds(60), 1}, Limit{2, seconds(60), 3}, Limit{3, seconds(5), 3}}) {
    ExecutionsWorld world;
    world.executor.codes = {4002, 4002, 4002, 4002, 4002};
    auto pending = ExecutionsWorld::call("a");
    pending.retries = limit.retries;
    pending.max_age = limit.max_age;
    world.executions.start(std::move(pending));
    world.loop.run();
    REQUIRE(world.records.size() == 1);
    CHECK(world.records[0].code == 4002);
    CHECK(world.records[0].attempts == limit.attempts);
    CHECK(world.records[0].destination == "to failure");
  }
}

TEST_CASE("executions: the background takes a thousand") {
  ExecutionsWorld world;
  for (int i = 0; i < 1000; ++i) {
    CHECK(world.executions.has_room());
    world.executions.start(ExecutionsWorld::call("a"));
  }
  CHECK_FALSE(world.executions.has_room());
  world.loop.run();
  CHECK(world.executions.has_room());
  CHECK(world.records.size() == 1000);
}

TEST_CASE("executions: stopping ends what runs and what waits") {
  ExecutionsWorld world;
  world.executor.is_held = true;
  world.start_run("sync", 2);
  for (const auto* id : {"a", "b"}) {
    auto pending = ExecutionsWorld::call(id);
    pending.max_at_once = 2;
    world.executions.start(std::move(pending));
  }
  world.loop.run_for(std::chrono::milliseconds(20));
  CHECK(world.executor.running == 2);
  world.executions.stop();
  world.executions.start(ExecutionsWorld::call("late"));
  world.loop.run();
  CHECK(world.records.empty());
  CHECK(world.ended == std::vector<std::string>{"sync ran 0"});
  CHECK(world.executor.ran.size() == 2);
}

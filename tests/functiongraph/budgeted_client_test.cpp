#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/budget.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"
#include "tests/support/simulated_clock.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

http::Request get(const std::string& target) {
  return http::Request{http::Method::get, target, {}, ""};
}

http::Request put(const std::string& target, std::size_t body_bytes) {
  return http::Request{http::Method::put, target, {}, std::string(body_bytes, 'x')};
}

std::string refusal(const std::string& code) {
  return R"({"error_code":")" + code + R"(","error_msg":"The throttling threshold has been reached"})";
}

/// A client whose server takes its time and looks at the budget while it has a request.
class SlowClient final : public http::HttpClient {
 public:
  SlowClient(Clock& clock, milliseconds takes) : clock_(clock), takes_(takes) {}

  std::function<void(const http::Request&)> on_request = [](const http::Request&) {};

  asio::awaitable<Result<http::Response>> send(http::Request request, Deadline /*deadline*/) override {
    on_request(request);
    co_await clock_.sleep_until(clock_.now() + takes_);
    http::Response response;
    response.status = 200;
    co_return response;
  }

 private:
  Clock& clock_;
  milliseconds takes_;
};

class SizedBody final : public http::StreamedBody {
 public:
  explicit SizedBody(std::uint64_t size) : size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::unique_ptr<http::BodyReader> open() const override { return nullptr; }

 private:
  std::uint64_t size_;
};

/// A budgeted client over scripted answers.
struct Scripted {
  explicit Scripted(BudgetLimits limits = {}) : budget(limits, clock, 7, Logger()) {}

  Result<http::Response> send(http::Request request, milliseconds patience = 30s) {
    return test::run(client->send(std::move(request), clock.in(patience)));
  }
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::floor<milliseconds>(clock.now() - start); }

  test::FakeClock clock;
  std::chrono::steady_clock::time_point start = clock.now();
  test::ScriptedClient inner;
  Budget budget;
  std::unique_ptr<http::HttpClient> client = make_budgeted_client(inner, budget, Priority::human);
};

TEST_CASE("budgeted client: passes request, deadline and answer on as they are") {
  Scripted world;
  world.inner.answer(201, "made", {{"X-Request-Id", "5f1c"}});
  const auto deadline = world.clock.in(30s);
  const auto answer = world.send(put("/v2/p/x?y=1", 3));
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == "made");
  CHECK(http::find_header(answer->headers, "X-Request-Id") == "5f1c");
  CHECK(world.inner.requests().front().target == "/v2/p/x?y=1");
  CHECK(world.inner.requests().front().body == "xxx");
  CHECK(world.inner.deadlines().front().at == deadline.at);
}

TEST_CASE("budgeted client: passes a failed exchange on and gives the permit back") {
  Scripted world;
  world.inner.failure(test::lost_answer());
  const auto answer = world.send(get("/x"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == test::lost_answer().message);
  CHECK(world.budget.counters().granted == 1);
  CHECK(world.budget.counters().in_flight == 0);
  CHECK(world.budget.counters().throttled == 0);
}

TEST_CASE("budgeted client: a throttled answer makes the next call wait, whatever it looks like") {
  struct Row {
    int status;
    std::string body;
    http::Headers headers;
    milliseconds least;
    milliseconds most;
  };
  const std::vector<Row> rows{
      {429, refusal("FSS.0429"), {}, 2s, 5s},
      {429, refusal("APIGW.0308"), {}, 2s, 5s},
      {429, refusal("APIG.0308"), {}, 2s, 5s},
      {503, refusal("APIGW.0308"), {}, 2s, 5s},
      {429, "", {}, 2s, 5s},
      {429, "<html>slow down</html>", {{"retry-after", "9"}}, 9s, 9s},
      {429, refusal("FSS.0429"), {{"Retry-After", "86400"}}, 600s, 600s},
      {429, refusal("FSS.0429"), {{"Retry-After", "99999999999"}}, 600s, 600s},
      // FakeClock begins at 00:00:00 of that day; the answer's own Date is asked first.
      {429, refusal("FSS.0429"), {{"Retry-After", "Thu, 01 Jan 2026 00:00:08 GMT"}}, 8s, 8s},
      {429,
       refusal("FSS.0429"),
       {{"Retry-After", "Thu, 01 Jan 2026 00:00:08 GMT"}, {"Date", "Thu, 01 Jan 2026 00:00:05 GMT"}},
       3s,
       3s},
      // At once would be as often as the machine can.
      {429, refusal("FSS.0429"), {{"Retry-After", "0"}}, 1s, 1s},
      {429, refusal("FSS.0429"), {{"Retry-After", "Wed, 31 Dec 2025 00:00:00 GMT"}}, 1s, 1s},
  };
  for (const Row& row : rows) {
    INFO(row.status << " " << row.body);
    Scripted world;
    world.inner.answer(row.status, row.body, row.headers).answer(200, "");
    const auto throttled = world.send(get("/a"));
    REQUIRE(throttled);
    CHECK(throttled->status == row.status);
    CHECK(world.budget.counters().throttled == 1);
    CHECK(world.send(get("/b"), 20min));
    CHECK(world.elapsed() >= row.least);
    CHECK(world.elapsed() <= row.most);
  }
}

TEST_CASE("budgeted client: a call that would be let go too late to be answered is not sent") {
  Scripted world;
  world.inner.answer(429, "", {{"Retry-After", "9"}});
  CHECK(world.send(get("/a")));
  for (const milliseconds patience : {milliseconds(9s), milliseconds(10'999)}) {
    const auto late = world.send(get("/b"), patience);
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == ErrorKind::throttled);
    CHECK_FALSE(late.error().remote->request_sent);
    CHECK(late.error().remote->retry_after == milliseconds(9s));
  }
  world.inner.answer(200, "");
  CHECK(world.send(get("/b"), 11s));
  CHECK(world.elapsed() == 9s);
}

TEST_CASE("budgeted client: other refusals and successes pause nobody") {
  for (const int status : {200, 204, 302, 400, 401, 404, 409, 500, 503}) {
    INFO(status);
    Scripted world;
    // Even if the text looks like it: a success is none.
    const std::string body = status < 400 ? refusal("FSS.0429") : refusal("FSS.0500");
    world.inner.answer(status, body, {{"Retry-After", "9"}}).answer(200, "");
    CHECK(world.send(get("/a")));
    CHECK(world.send(get("/b")));
    CHECK(world.elapsed() == 0s);
    CHECK(world.budget.counters().throttled == 0);
  }
}

TEST_CASE("budgeted client: a call that the pause outlasts is not sent") {
  Scripted world;
  world.inner.answer(429, "", {{"Retry-After", "40"}});
  CHECK(world.send(get("/a")));
  const auto refused = world.send(get("/b"), 30s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::throttled);
  REQUIRE(refused.error().remote);
  CHECK_FALSE(refused.error().remote->request_sent);
  CHECK(refused.error().remote->retry_after == 40s);
  CHECK(world.inner.requests().size() == 1);
  CHECK(world.elapsed() == 0s);
}

/// Runs several calls side by side on simulated time.
struct Parallel {
  explicit Parallel(BudgetLimits limits, milliseconds takes = 100ms)
      : inner(clock, takes), budget(limits, clock, 7, Logger()) {}

  void send(Priority priority, http::Request request, asio::cancellation_slot slot = {}) {
    clients.push_back(make_budgeted_client(inner, budget, priority));
    auto on_end = [](std::exception_ptr, const auto&) {};
    asio::co_spawn(loop, outcome(*clients.back(), std::move(request), clock.in(1h)),
                   asio::bind_cancellation_slot(slot, on_end));
  }
  static asio::awaitable<bool> outcome(http::HttpClient& client, http::Request request, Deadline deadline) {
    const auto answer = co_await client.send(std::move(request), deadline);
    co_return answer.has_value();
  }
  void run() { test::run_simulation(loop, clock); }

  test::SimulatedClock clock;
  SlowClient inner;
  Budget budget;
  std::vector<std::unique_ptr<http::HttpClient>> clients;
  asio::io_context loop;  // the last one: what still waits when it ends refers to the others
};

TEST_CASE("budgeted client: holds its permit until the answer has come") {
  Parallel world({.concurrency = 1});
  std::vector<milliseconds> starts;
  const auto start = world.clock.now();
  world.inner.on_request = [&](const http::Request&) {
    CHECK(world.budget.counters().in_flight == 1);
    starts.push_back(std::chrono::floor<milliseconds>(world.clock.now() - start));
  };
  for (int i = 0; i < 3; ++i) world.send(Priority::human, get("/x"));
  world.run();
  CHECK(starts == std::vector<milliseconds>{0ms, 100ms, 200ms});
}

TEST_CASE("budgeted client: counts the bytes of a body, in memory or streamed") {
  Parallel world({});
  std::vector<std::int64_t> bytes;
  world.inner.on_request = [&](const http::Request&) { bytes.push_back(world.budget.counters().bytes_in_flight); };
  auto streamed = put("/x", 0);
  streamed.stream = std::make_shared<SizedBody>(1000);
  world.send(Priority::human, get("/x"));
  world.send(Priority::human, put("/x", 7));
  world.send(Priority::human, std::move(streamed));
  world.run();
  CHECK(bytes == std::vector<std::int64_t>{0, 7, 1007});
}

TEST_CASE("budgeted client: a stream of a size beyond all measure goes alone") {
  Parallel world({});
  auto endless = put("/x", 0);
  endless.stream = std::make_shared<SizedBody>(std::numeric_limits<std::uint64_t>::max());
  int sent = 0;
  world.inner.on_request = [&](const http::Request&) {
    ++sent;
    CHECK(world.budget.counters().in_flight == 1);
  };
  world.send(Priority::human, endless);
  world.send(Priority::human, put("/x", 1));
  world.run();
  CHECK(sent == 2);
}

TEST_CASE("budgeted client: its priority is that of its calls") {
  Parallel world({.concurrency = 1});
  std::vector<std::string> order;
  world.inner.on_request = [&](const http::Request& request) { order.push_back(request.target); };
  world.send(Priority::sweep, get("/sweep1"));
  world.send(Priority::sweep, get("/sweep2"));
  world.send(Priority::human, get("/human"));
  world.run();
  CHECK(order == std::vector<std::string>{"/sweep1", "/human", "/sweep2"});
}

TEST_CASE("budgeted client: a throttled answer holds back those who wait for its slot already") {
  Scripted world({.concurrency = 1});
  world.inner.answer(429, "", {{"Retry-After", "5"}}).answer(200, "");
  std::vector<milliseconds> ends;
  auto call = [&]() -> asio::awaitable<void> {
    const auto answer = co_await world.client->send(get("/x"), world.clock.in(1min));
    CHECK(answer);
    ends.push_back(world.elapsed());
  };
  auto both = [&]() -> asio::awaitable<void> {
    co_await call();
    co_await call();
  };
  test::run(both());
  CHECK(ends == std::vector<milliseconds>{0s, 5s});
}

TEST_CASE("budgeted client: a call that is cancelled while it is sent gives its permit back") {
  Parallel world({.concurrency = 1});
  asio::cancellation_signal signal;
  int sent = 0;
  world.inner.on_request = [&](const http::Request&) { ++sent; };
  world.send(Priority::human, put("/first", 5), signal.slot());
  world.send(Priority::human, get("/second"));
  world.loop.poll();
  CHECK(sent == 1);
  signal.emit(asio::cancellation_type::terminal);
  world.run();
  CHECK(sent == 2);
  CHECK(world.budget.counters().in_flight == 0);
  CHECK(world.budget.counters().bytes_in_flight == 0);
}

TEST_CASE("budgeted client: a call that is cancelled while it waits is not sent, and says so without throwing") {
  Parallel world({.concurrency = 1});
  asio::cancellation_signal signal;
  std::vector<std::string> sent;
  world.inner.on_request = [&](const http::Request& request) { sent.push_back(request.target); };
  world.send(Priority::human, get("/first"));
  world.clients.push_back(make_budgeted_client(world.inner, world.budget, Priority::human));
  std::optional<Error> error;
  auto call = [&]() -> asio::awaitable<void> {
    auto answer = co_await world.clients.back()->send(get("/second"), world.clock.in(1h));
    if (!answer) error = answer.error();
  };
  asio::co_spawn(world.loop, call(), asio::bind_cancellation_slot(signal.slot(), [](const std::exception_ptr& thrown) {
                   CHECK_FALSE(thrown);
                 }));
  world.loop.poll();
  signal.emit(asio::cancellation_type::terminal);
  world.run();
  CHECK(sent == std::vector<std::string>{"/first"});
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::cancelled);
}

}  // namespace
}  // namespace fgsync::functiongraph

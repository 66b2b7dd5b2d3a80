#include "daemon/counted_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"

using namespace fgsync;
using std::chrono::milliseconds;

namespace {

/// Answers after a while.
class SlowClient final : public http::HttpClient {
 public:
  SlowClient(http::HttpClient& inner, Clock& clock, milliseconds wait) : inner_(inner), clock_(clock), wait_(wait) {}
  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    co_await clock_.sleep_until(clock_.now() + wait_);
    co_return co_await inner_.send(std::move(request), deadline);
  }

 private:
  http::HttpClient& inner_;
  Clock& clock_;
  milliseconds wait_;
};

struct CountedWorld {
  Result<http::Response> send(http::Method method, std::string target) {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    return test::run(client->send(std::move(request), clock.in(milliseconds(1000))));
  }

  test::FakeClock clock;
  test::ScriptedClient script;
  SlowClient slow{script, clock, milliseconds(40)};
  std::vector<std::tuple<std::string, int, std::chrono::nanoseconds>> calls;
  std::unique_ptr<http::HttpClient> client = daemon::make_counted_client(
      slow, clock, [this](std::string_view operation, int status, std::chrono::nanoseconds took) {
        calls.emplace_back(operation, status, took);
      });
};

}  // namespace

TEST_CASE("counted client: each exchange is reported with its operation, status and time") {
  CountedWorld world;
  world.script.answer(200, "{}").answer(429, "{}");
  const auto answer = world.send(http::Method::get, "/v2/p1/fgs/functions?marker=0");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "{}");
  REQUIRE(world.send(http::Method::put, "/v2/p1/fgs/functions/urn/code"));
  REQUIRE(world.calls.size() == 2);
  CHECK(world.calls[0] == std::tuple("list_functions", 200, milliseconds(40)));
  CHECK(world.calls[1] == std::tuple("update_code", 429, milliseconds(40)));
  CHECK(world.script.requests()[0].target == "/v2/p1/fgs/functions?marker=0");
  CHECK(world.script.deadlines()[0].at == world.clock.now() + milliseconds(1000 - 80));
}

TEST_CASE("counted client: no answer is status 0, and the failure stays what it was") {
  CountedWorld world;
  world.script.failure(test::lost_answer());
  const auto answer = world.send(http::Method::del, "/v2/p1/fgs/functions/urn:fss:r:p1:function:default:hello");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == test::lost_answer().message);
  REQUIRE(world.calls.size() == 1);
  CHECK(world.calls[0] == std::tuple("delete_function", 0, milliseconds(40)));
}

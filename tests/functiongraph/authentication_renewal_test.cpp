// Who fetches a credential, when, and who waits for it.
#include <catch2/catch.hpp>

#include "functiongraph/authentication.hpp"
#include "tests/functiongraph/authentication_support.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/exchange_failures.hpp"

namespace fgsync::functiongraph {
namespace {

using test::answer;
using test::AuthenticationBench;
using test::Call;
using test::token;
using namespace std::chrono_literals;

std::string token_of(const http::Request& request) {
  return std::string(http::find_header(request.headers, "X-Auth-Token"));
}

/// A bench that answers every request, with a token that is good for so long.
struct WithToken : AuthenticationBench {
  explicit WithToken(std::chrono::seconds lifetime, Logger log = {})
      : AuthenticationBench(test::FakeSource::Kind::renewable, std::move(log)) {
    gateway.automatic = [](const http::Request&) { return answer(200); };
    source->ready = {token("old", clock.wall_now() + lifetime)};
    start();
  }
  [[nodiscard]] std::string last_token() const { return token_of(gateway.requests().back()); }
};

}  // namespace

TEST_CASE("renewal: a credential is fetched once for all who wait") {
  AuthenticationBench bench;
  for (int i = 0; i < 16; ++i) bench.start();
  CHECK(bench.source->count() == 1);
  CHECK(bench.gateway.count() == 0);
  bench.source->bring(token("t1"));
  bench.settle();
  CHECK(bench.source->count() == 1);
  CHECK(bench.gateway.count() == 16);
  bench.start();
  CHECK(bench.source->count() == 1);
}

TEST_CASE("renewal: a fetch that fails fails all who wait, and the next call fetches anew") {
  AuthenticationBench bench;
  for (int i = 0; i < 3; ++i) bench.start();
  bench.source->bring(fail(ErrorKind::unauthorized, "wrong password"));
  bench.settle();
  for (const Call& call : bench.calls) {
    REQUIRE(call.result);
    CHECK(call.result->error().kind == ErrorKind::unauthorized);
    CHECK(call.result->error().message == "wrong password");
    CHECK_FALSE(call.result->error().remote->request_sent);
  }
  CHECK(bench.source->count() == 1);
  bench.start();
  CHECK(bench.source->count() == 2);
}

TEST_CASE("renewal: a caller that gives up its fetch leaves it to the next one") {
  AuthenticationBench bench;
  for (int i = 0; i < 3; ++i) bench.start();
  SECTION("cancelled") {
    bench.calls[0].cancel();
  }
  SECTION("out of time") {
    bench.source->bring(fail(test::late_answer()));
  }
  bench.settle();
  CHECK(bench.calls[0].has_ended());
  CHECK_FALSE(bench.calls[1].has_ended());
  CHECK(bench.source->count() == 2);
  bench.source->bring(token("t1"));
  bench.settle();
  CHECK(bench.gateway.count() == 2);
}

TEST_CASE("renewal: who waits for another's fetch keeps the own deadline, whichever comes first") {
  AuthenticationBench bench;
  bench.start({}, 60s);
  const Call& hurried = bench.start({}, 5s);
  SECTION("the deadline") {
    bench.advance(5s);
    REQUIRE(hurried.result);
    CHECK(hurried.result->error().kind == ErrorKind::timed_out);
    bench.source->bring(token("t1"));
    bench.settle();
    CHECK(bench.gateway.count() == 1);
  }
  SECTION("the token") {
    bench.source->bring(token("t1"));
    bench.settle();
    CHECK(bench.gateway.count() == 2);
    bench.advance(5s);
    CHECK_FALSE(hurried.has_ended());
  }
}

TEST_CASE("renewal: a call whose deadline has passed fetches nothing") {
  AuthenticationBench bench;
  const Call& call = bench.start({}, 0s);
  REQUIRE(call.result);
  CHECK(call.result->error().kind == ErrorKind::timed_out);
  CHECK(bench.source->count() == 0);
}

TEST_CASE("renewal: shortly before a credential expires another is fetched") {
  struct Row {
    const char* what;
    std::chrono::seconds lifetime;
    std::chrono::seconds before;
  };
  const auto [what, lifetime, before] =
      GENERATE(Row{"of a day: five minutes", 24h, 5min}, Row{"of 51 minutes: five minutes", 51min, 5min},
               Row{"of ten minutes: a tenth", 10min, 1min});
  CAPTURE(what);
  WithToken bench(lifetime);
  bench.source->ready = {token("new", bench.clock.wall_now() + 2 * lifetime)};
  bench.advance(lifetime - before - 1s);
  bench.start();
  CHECK(bench.last_token() == "old");
  CHECK(bench.source->count() == 1);
  bench.advance(1s);
  bench.start();
  CHECK(bench.last_token() == "new");
  CHECK(bench.source->count() == 2);
}

TEST_CASE("renewal: while one caller renews early the others go on with what still holds") {
  WithToken bench(1h);
  bench.advance(56min);
  const Call& renewing = bench.start();
  CHECK(bench.source->count() == 2);
  bench.start();
  CHECK(bench.last_token() == "old");
  CHECK(bench.gateway.count() == 2);
  CHECK_FALSE(renewing.has_ended());
  bench.source->bring(token("new", bench.clock.wall_now() + 1h));
  bench.settle();
  CHECK(renewing.has_ended());
  CHECK(bench.last_token() == "new");
  CHECK(bench.source->count() == 2);
}

TEST_CASE("renewal: an early one that fails is logged, and tried again after a while") {
  test::CapturedStderr captured;
  {
    WithToken bench(1h, Logger::to_stderr(LogLevel::warn));
    bench.advance(56min);
    bench.source->ready = {fail(ErrorKind::transient, "IAM is down")};
    const Call& call = bench.start();
    CHECK((call.result && call.result->has_value()));
    CHECK(bench.last_token() == "old");
    bench.advance(29s);
    bench.start();
    CHECK(bench.source->count() == 2);
    bench.source->ready = {token("new", bench.clock.wall_now() + 1h)};
    bench.advance(1s);
    bench.start();
    CHECK(bench.last_token() == "new");
  }
  CHECK_THAT(captured.text(), Catch::Contains("msg=\"credentials not renewed yet\" credentials=\"the test's source\" "
                                              "error=\"IAM is down\""));
}

TEST_CASE("renewal: an early one leaves the call time enough to be made with what still holds") {
  const auto [within, longest] = GENERATE(std::pair{60s, 10s}, std::pair{8s, 4s});
  WithToken bench(1h);
  bench.advance(56min);
  bench.source->ready = {fail(test::late_answer())};
  bench.start({}, within);
  CHECK(bench.source->deadlines.back().at == bench.clock.now() + longest);
  CHECK(bench.last_token() == "old");
}

TEST_CASE("renewal: what has expired is not used any more, and all wait for the next one") {
  WithToken bench(1h);
  bench.advance(1h);
  bench.start();
  bench.start();
  CHECK(bench.source->count() == 2);
  CHECK(bench.gateway.count() == 1);
  SECTION("it comes") {
    bench.source->bring(token("new", bench.clock.wall_now() + 1h));
    bench.settle();
    CHECK(bench.gateway.count() == 3);
    CHECK(bench.last_token() == "new");
  }
  SECTION("it does not come") {
    bench.source->bring(fail(ErrorKind::transient, "IAM is down"));
    bench.settle();
    CHECK(bench.gateway.count() == 1);
    REQUIRE(bench.calls.back().result);
    CHECK(bench.calls.back().result->error().message == "IAM is down");
  }
}

TEST_CASE("renewal: a refusal during an early renewal waits for that one") {
  WithToken bench(1h);
  bench.advance(56min);
  bench.gateway.automatic = nullptr;
  bench.start();
  CHECK(bench.source->count() == 2);
  bench.start();
  bench.gateway.answer(1, test::refusal());
  bench.settle();
  CHECK(bench.source->count() == 2);
  bench.source->bring(token("new", bench.clock.wall_now() + 1h));
  bench.settle();
  CHECK(bench.source->count() == 2);
  REQUIRE(bench.gateway.count() == 4);
  CHECK(token_of(bench.gateway.requests()[2]) == "new");
  CHECK(token_of(bench.gateway.requests()[3]) == "new");
}

TEST_CASE("renewal: the same key with a later end stays let in") {
  AuthenticationBench bench;
  const auto key_until = [](std::chrono::system_clock::time_point end) {
    return SigningKey{{"AK", Secret("SK"), Secret("token")}, end};
  };
  bench.source->ready = {key_until(bench.clock.wall_now() + 1h)};
  bench.start();
  bench.gateway.answer(0, answer(200));
  bench.advance(56min);
  bench.source->ready = {key_until(bench.clock.wall_now() + 1h)};
  for (int i = 0; i < 3; ++i) bench.start();
  CHECK(bench.source->count() == 2);
  CHECK(bench.gateway.count() == 4);
  bench.advance(30min);
  bench.start();
  CHECK(bench.source->count() == 2);
}

TEST_CASE("renewal: a credential that has expired when it comes is not used") {
  AuthenticationBench bench;
  bench.source->ready = {token("t1", bench.clock.wall_now())};
  const Call& call = bench.start();
  REQUIRE(call.result);
  CHECK(call.result->error().kind == ErrorKind::unauthorized);
  CHECK(call.result->error().message ==
        "the credentials (the test's source) have expired at 2026-01-01T00:00:00Z; check that this machine's clock is "
        "right");
  CHECK(bench.gateway.count() == 0);
}

}  // namespace fgsync::functiongraph

#include "functiongraph/authentication.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "base/digest.hpp"
#include "tests/functiongraph/authentication_support.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/run.hpp"

namespace fgsync::functiongraph {
namespace {

using test::AuthenticationBench;
using Kind = test::FakeSource::Kind;

http::Request put(std::string body) {
  http::Request request;
  request.method = http::Method::put;
  request.target = "/v2/p/fgs/functions/x/code";
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  return request;
}

/// A body of that many `x`, in pieces.
class LetterX final : public http::StreamedBody {
 public:
  explicit LetterX(std::uint64_t size) : size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::unique_ptr<http::BodyReader> open() const override {
    ++times_opened;
    return std::make_unique<Reader>(size_, fails);
  }

  bool fails = false;
  mutable int times_opened = 0;

 private:
  class Reader final : public http::BodyReader {
   public:
    Reader(std::uint64_t size, bool fails) : rest_(size), fails_(fails) {}
    Result<std::size_t> read(std::span<char> into) override {
      if (fails_) return fail(ErrorKind::transient, "the package's file is gone");
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({rest_, into.size(), 1000}));
      std::fill_n(into.begin(), count, 'x');
      rest_ -= count;
      return count;
    }

   private:
    std::uint64_t rest_;
    bool fails_;
  };

  std::uint64_t size_;
};

http::Request streamed(const std::shared_ptr<LetterX>& body) {
  http::Request request = put("");
  request.stream = body;
  return request;
}

}  // namespace

TEST_CASE("authentication: a token goes in X-Auth-Token, and the answer comes back as it is") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::token("t1"));
  const auto& call = bench.start(put("body"));
  REQUIRE(bench.gateway.count() == 1);
  CHECK(http::find_header(bench.gateway.requests()[0].headers, "X-Auth-Token") == "t1");
  CHECK(bench.gateway.requests()[0].body == "body");
  bench.gateway.answer(0, test::answer(204, "as it is"));
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->value().status == 204);
  CHECK(call.result->value().body == "as it is");
}

TEST_CASE("authentication: without credentials requests go as they are") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready.emplace_back(NoCredentials{});
  bench.start(put("body"));
  REQUIRE(bench.gateway.count() == 1);
  CHECK(bench.gateway.requests()[0].headers == put("body").headers);
}

TEST_CASE("authentication: a key signs what will be on the wire, base path and port included") {
  AuthenticationBench bench;
  http::Endpoint endpoint;
  endpoint.scheme = http::Endpoint::Scheme::http;
  endpoint.host = "127.0.0.1";
  endpoint.port = 8080;
  endpoint.base_path = "/prefix";
  auto source = std::make_unique<test::FakeSource>(bench.loop, Kind::fixed);
  source->ready.emplace_back(test::signing_key("AK"));
  bench.client = make_authenticated_client({bench.gateway, endpoint, bench.clock, nullptr, {}}, std::move(source));
  bench.start(put("body"));
  REQUIRE(bench.gateway.count() == 1);
  const http::Request& sent = bench.gateway.requests()[0];
  CHECK(sent.target == "/v2/p/fgs/functions/x/code");
  http::Request expected = put("body");
  expected.target = "/prefix" + expected.target;
  add_signature(expected, "127.0.0.1:8080", {"AK", Secret("secret-of-AK"), {}}, bench.clock.wall_now());
  CHECK(sent.headers == expected.headers);
}

TEST_CASE("authentication: a streamed body is read once to be signed, and only then sent") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::signing_key("AK"));
  const auto body = std::make_shared<LetterX>(5000);
  bench.start(streamed(body));
  REQUIRE(bench.gateway.count() == 1);
  CHECK(body->times_opened == 1);
  CHECK(bench.gateway.requests()[0].stream == body);
  http::Request expected = put(std::string(5000, 'x'));
  add_signature(expected, "functiongraph.example.com", {"AK", Secret("secret-of-AK"), {}}, bench.clock.wall_now());
  CHECK(bench.gateway.requests()[0].headers == expected.headers);
}

TEST_CASE("authentication: a streamed body is hashed on the pool when there is one") {
  boost::asio::io_context loop;
  test::PatientClock clock(loop);
  test::FakeGateway gateway(loop);
  gateway.automatic = [](const http::Request&) { return test::answer(200); };
  auto source = std::make_unique<test::FakeSource>(loop, Kind::fixed);
  source->ready.emplace_back(test::signing_key("AK"));
  WorkerPool pool(1);
  const auto client = make_authenticated_client({gateway, {}, clock, &pool, {}}, std::move(source));
  const auto body = std::make_shared<LetterX>(5000);
  const auto answer = test::run(loop, client->send(streamed(body), clock.in(std::chrono::minutes(1))));
  CHECK(answer.value().status == 200);
  CHECK(body->times_opened == 1);
}

TEST_CASE("authentication: a body with a token is not hashed") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::token("t1"));
  const auto body = std::make_shared<LetterX>(5000);
  bench.start(streamed(body));
  CHECK(bench.gateway.count() == 1);
  CHECK(body->times_opened == 0);
}

TEST_CASE("authentication: a body that cannot be read is not sent") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::signing_key("AK"));
  const auto body = std::make_shared<LetterX>(5000);
  body->fails = true;
  const auto& call = bench.start(streamed(body));
  REQUIRE(call.result);
  CHECK(call.result->error().message == "the package's file is gone");
  CHECK_FALSE(call.result->error().remote->request_sent);
  CHECK(bench.gateway.count() == 0);
}

TEST_CASE("authentication: what is too large for a signature goes with a token") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::signing_key("AK"));
  bench.for_large->ready.emplace_back(test::token("t1"));
  bench.start(streamed(std::make_shared<LetterX>(kMaxSignedBytes + 1)));
  REQUIRE(bench.gateway.count() == 1);
  CHECK(http::find_header(bench.gateway.requests()[0].headers, "X-Auth-Token") == "t1");
  CHECK(http::find_header(bench.gateway.requests()[0].headers, "Authorization").empty());
  // The key, untried as before, is free for others.
  bench.start();
  REQUIRE(bench.gateway.count() == 2);
  CHECK_FALSE(http::find_header(bench.gateway.requests()[1].headers, "Authorization").empty());
}

TEST_CASE("authentication: exactly 12 MB are signed") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::signing_key("AK"));
  bench.start(streamed(std::make_shared<LetterX>(kMaxSignedBytes)));
  REQUIRE(bench.gateway.count() == 1);
  CHECK_FALSE(http::find_header(bench.gateway.requests()[0].headers, "Authorization").empty());
}

TEST_CASE("authentication: a token sends what is large by itself") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::token("t1"));
  bench.start(streamed(std::make_shared<LetterX>(kMaxSignedBytes + 1)));
  CHECK(bench.gateway.count() == 1);
  CHECK(bench.for_large->count() == 0);
}

TEST_CASE("authentication: what is too large for a signature is not sent when there is no token") {
  AuthenticationBench bench;
  auto source = std::make_unique<test::FakeSource>(bench.loop, Kind::fixed);
  source->ready.emplace_back(test::signing_key("AK"));
  SECTION("no second source") {
    bench.client = make_authenticated_client({bench.gateway, {}, bench.clock, nullptr, {}}, std::move(source));
  }
  SECTION("a second source of keys") {
    auto large = std::make_unique<test::FakeSource>(bench.loop, Kind::fixed);
    large->ready.emplace_back(test::signing_key("AK2"));
    bench.client =
        make_authenticated_client({bench.gateway, {}, bench.clock, nullptr, {}}, std::move(source), std::move(large));
  }
  const auto& call = bench.start(streamed(std::make_shared<LetterX>(kMaxSignedBytes + 1)));
  REQUIRE(call.result);
  CHECK(call.result->error().kind == ErrorKind::invalid);
  CHECK(call.result->error().message ==
        "not sent: the request has 12.1 MB, and signed with an access key at most 12.0 MB are let in, about 9 MB of "
        "package. Make the package smaller (spec.code.ignore), or give an IAM user (spec.credentials.iam in "
        "fgsync.yaml) or a token (FGSYNC_TOKEN)");
  CHECK_FALSE(call.result->error().remote->request_sent);
  CHECK(bench.gateway.count() == 0);
}

TEST_CASE("authentication: failures of the exchange come back as they are") {
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::token("t1"));
  const auto& call = bench.start();
  bench.gateway.answer(0, fail(test::lost_answer()));
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->error().kind == ErrorKind::transient);
  CHECK(call.result->error().remote->request_sent);
  CHECK(bench.gateway.count() == 1);
}

TEST_CASE("authentication: refusals that are about one function come back as answers") {
  struct Row {
    const char* what;
    int status;
    const char* code;
  };
  const auto [what, status, code] =
      GENERATE(Row{"the service's own 401", 401, "FSS.0401"}, Row{"the service's 403", 403, "FSS.0403"},
               Row{"absent", 404, "FSS.1051"}, Row{"the gateway's 403", 403, "APIGW.0310"});
  CAPTURE(what);
  AuthenticationBench bench;
  bench.source->ready.emplace_back(test::token("t1"));
  const auto& call = bench.start();
  bench.gateway.answer(0, test::answer(status, std::string(R"({"error_code":")") + code + R"(","error_msg":"no"})"));
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->value().status == status);
  bench.start();
  CHECK(bench.gateway.count() == 2);
  CHECK(bench.source->count() == 1);
}

}  // namespace fgsync::functiongraph

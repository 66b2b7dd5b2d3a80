// What happens after the gateway refused a credential, and before it has let one in.
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
using test::refusal;
using test::signing_key;
using test::token;
using Kind = test::FakeSource::Kind;

std::string token_of(const http::Request& request) {
  return std::string(http::find_header(request.headers, "X-Auth-Token"));
}

bool is_signed_with(const http::Request& request, const std::string& id) {
  return http::find_header(request.headers, "Authorization").find("Access=" + id + ",") != std::string_view::npos;
}

std::string code_of_call(const Call& call) {
  return call.result && !call.result->has_value() ? call.result->error().remote->error_code : "";
}

}  // namespace

TEST_CASE("refusal: one renewal, then the request is sent once more") {
  AuthenticationBench bench;
  bench.source->ready = {token("old"), token("new")};
  http::Request request;
  request.method = http::Method::post;
  request.target = "/v2/p/fgs/functions";
  request.body = "body";
  const Call& call = bench.start(request);
  bench.gateway.answer(0, refusal());
  bench.settle();
  REQUIRE(bench.gateway.count() == 2);
  CHECK(token_of(bench.gateway.requests()[0]) == "old");
  CHECK(token_of(bench.gateway.requests()[1]) == "new");
  CHECK(bench.gateway.requests()[1].target == "/v2/p/fgs/functions");
  CHECK(bench.gateway.requests()[1].body == "body");
  bench.gateway.answer(1, answer(200));
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->value().status == 200);
  CHECK(bench.source->count() == 2);
}

TEST_CASE("refusal: refused again, the call ends and nothing more is sent") {
  AuthenticationBench bench;
  bench.source->ready = {token("old"), token("new")};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  bench.gateway.answer(1, refusal("decrypt token fail"));
  bench.settle();
  REQUIRE(call.result);
  const Error& error = call.result->error();
  CHECK(error.kind == ErrorKind::unauthorized);
  CHECK(error.message ==
        "decrypt token fail. Check the credentials: they may have expired, or be of another project. They come from "
        "the test's source. Nothing more is sent until they change");
  REQUIRE(error.remote);
  CHECK(error.remote->http_status == 401);
  CHECK(error.remote->error_code == "APIGW.0301");
  CHECK(error.remote->request_id == "8080d3");

  const Call& later = bench.start();
  REQUIRE(later.result);
  CHECK(later.result->error().message == error.message);
  CHECK(later.result->error().kind == ErrorKind::unauthorized);
  CHECK_FALSE(later.result->error().remote->request_sent);
  CHECK(bench.gateway.count() == 2);
}

TEST_CASE("refusal: an error says that the request had no effect, so that nobody takes it for lost") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {token("wrong")};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  REQUIRE(call.result);
  CHECK_FALSE(call.result->error().remote->request_sent);
}

TEST_CASE("refusal: a source that cannot change is not asked again") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {signing_key("AK"), signing_key("AK2")};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->error().message ==
        "Incorrect IAM authentication information. Check the credentials: they may have expired, or be of another "
        "project. They come from the test's source: key id and secret must belong together, and the key must be "
        "enabled. Nothing more is sent with them");
  bench.advance(std::chrono::hours(1));
  bench.start();
  CHECK(bench.source->count() == 1);
  CHECK(bench.gateway.count() == 1);
}

TEST_CASE("refusal: without credentials the message says how to give some") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {NoCredentials{}};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  REQUIRE(call.result);
  CHECK_THAT(call.result->error().message,
             Catch::Contains("None are given: set FGSYNC_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or "
                             "spec.credentials in fgsync.yaml"));
}

TEST_CASE("refusal: of 16 parallel calls with a wrong key one reaches the gateway") {
  const auto kind = GENERATE(Kind::fixed, Kind::renewable);
  AuthenticationBench bench(kind);
  bench.source->ready = {signing_key("AK"), signing_key("AK")};
  for (int i = 0; i < 16; ++i) bench.start();
  CHECK(bench.gateway.count() == 1);
  bench.gateway.answer(0, refusal());
  bench.settle();
  CHECK(bench.gateway.count() == 1);
  for (const Call& call : bench.calls) CHECK(code_of_call(call) == "APIGW.0301");
}

TEST_CASE("refusal: 16 parallel calls with an expired token share one renewal, whoever is refused first") {
  const bool is_reversed = GENERATE(false, true);
  AuthenticationBench bench;
  bench.source->ready = {token("old")};
  for (int i = 0; i < 16; ++i) bench.start();
  REQUIRE(bench.gateway.count() == 16);
  // Half of the refusals come before the new token, half after it.
  for (std::size_t i = 0; i < 8; ++i) bench.gateway.answer(is_reversed ? 15 - i : i, refusal());
  bench.settle();
  CHECK(bench.gateway.count() == 16);
  bench.source->bring(token("new"));
  bench.settle();
  CHECK(bench.gateway.count() == 24);
  for (std::size_t i = 8; i < 16; ++i) bench.gateway.answer(is_reversed ? 15 - i : i, refusal());
  bench.settle();
  REQUIRE(bench.gateway.count() == 32);
  for (std::size_t i = 16; i < 32; ++i) {
    CHECK(token_of(bench.gateway.requests()[i]) == "new");
    bench.gateway.answer(i, answer(200));
  }
  bench.settle();
  for (const Call& call : bench.calls) CHECK((call.result && call.result->has_value()));
  CHECK(bench.source->count() == 2);
}

TEST_CASE("refusal: a call that is refused when others have stopped already is not sent again") {
  AuthenticationBench bench;
  bench.source->ready = {token("old"), token("new")};
  const Call& first = bench.start();
  const Call& slow = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  bench.gateway.answer(2, refusal());
  bench.settle();
  bench.gateway.answer(1, refusal());
  bench.settle();
  CHECK(code_of_call(first) == "APIGW.0301");
  CHECK(code_of_call(slow) == "APIGW.0301");
  CHECK(bench.gateway.count() == 3);
  CHECK(bench.source->count() == 2);
}

TEST_CASE("refusal: what the source brings unchanged is not tried") {
  AuthenticationBench bench;
  bench.source->ready = {token("same"), token("same")};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  CHECK(code_of_call(call) == "APIGW.0301");
  CHECK(bench.gateway.count() == 1);
  CHECK(bench.source->count() == 2);
}

TEST_CASE("refusal: while stopped the source is asked at most once a second, and what it brings is used") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK"), signing_key("AK")};
  bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  CHECK(bench.source->count() == 2);
  bench.advance(std::chrono::milliseconds(999));
  bench.start();
  CHECK(bench.source->count() == 2);
  bench.source->ready = {signing_key("AK")};
  bench.advance(std::chrono::milliseconds(1));
  bench.start();
  bench.start();
  CHECK(bench.source->count() == 3);
  CHECK(bench.gateway.count() == 1);

  bench.source->ready = {signing_key("AK2")};
  bench.advance(std::chrono::seconds(1));
  const Call& resumed = bench.start();
  REQUIRE(bench.gateway.count() == 2);
  CHECK(is_signed_with(bench.gateway.requests()[1], "AK2"));
  bench.gateway.answer(1, answer(200));
  bench.settle();
  CHECK((resumed.result && resumed.result->has_value()));
}

TEST_CASE("refusal: a source that keeps bringing wrong credentials is asked less and less often") {
  AuthenticationBench bench;
  bench.gateway.automatic = [](const http::Request&) { return refusal(); };
  for (int i = 0; i < 100; ++i) bench.source->ready.emplace_back(token("t" + std::to_string(i)));
  // One call every second for an hour, each of which would take a new token.
  for (int second = 0; second < 3600; ++second) {
    bench.start();
    bench.advance(std::chrono::seconds(1));
  }
  CHECK(bench.gateway.count() == bench.source->count());
  CHECK(bench.gateway.count() < 25);
  CHECK(bench.gateway.count() > 15);
}

TEST_CASE("refusal: once a credential was let in, the next refusal is the first again") {
  AuthenticationBench bench;
  for (int i = 0; i < 6; ++i) bench.source->ready.emplace_back(token("t" + std::to_string(i)));
  for (std::size_t i = 0; i < 5; ++i) {
    const Call& call = bench.start();
    bench.gateway.answer(2 * i, refusal());
    bench.settle();
    bench.gateway.answer(2 * i + 1, answer(200));
    bench.settle();
    CHECK((call.result && call.result->has_value()));
  }
  CHECK(bench.source->count() == 6);
}

TEST_CASE("refusal: a renewal that fails for another reason fails the call with that, and is tried again") {
  AuthenticationBench bench;
  bench.source->ready = {token("old"), fail(test::lost_answer())};
  const Call& call = bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->error().kind == ErrorKind::transient);
  // IAM was asked, but the request itself had no effect.
  CHECK_FALSE(call.result->error().remote->request_sent);
  bench.source->ready = {token("new")};
  bench.advance(std::chrono::seconds(1));
  bench.start();
  CHECK(token_of(bench.gateway.requests().back()) == "new");
}

TEST_CASE("refusal: while the source is in trouble, calls hear of that, not of the refusal") {
  AuthenticationBench bench;
  Error trouble(ErrorKind::transient, "IAM says: try later");
  trouble.remote.emplace();
  bench.source->ready = {token("old"), fail(trouble)};
  bench.start();
  bench.gateway.answer(0, refusal());
  bench.settle();
  const Call& next = bench.start();
  REQUIRE(next.result);
  CHECK(next.result->error().kind == ErrorKind::transient);
  CHECK_FALSE(next.result->error().remote->request_sent);
  CHECK(bench.source->count() == 2);

  bench.source->ready = {token("old")};
  bench.advance(std::chrono::seconds(1));
  const Call& refused_again = bench.start();
  REQUIRE(refused_again.result);
  CHECK(refused_again.result->error().kind == ErrorKind::unauthorized);
  CHECK(bench.gateway.count() == 1);
}

TEST_CASE("refusal: the clock is named when it is more than 5 minutes off") {
  struct Row {
    const char* date;  // ours says Thu, 01 Jan 2026 00:00:00 GMT
    const char* words;
  };
  const auto [date, words] =
      GENERATE(Row{"Thu, 01 Jan 2026 00:05:00 GMT", ""}, Row{"Wed, 31 Dec 2025 23:55:00 GMT", ""}, Row{"yesterday", ""},
               Row{"Thu, 01 Jan 2026 00:05:01 GMT",
                   "This machine's clock is 5 minutes behind the service's: set it (a signature"},
               Row{"Thu, 01 Jan 2026 01:59:59 GMT", "This machine's clock is 119 minutes behind the service's"},
               Row{"Wed, 31 Dec 2025 23:43:00 GMT", "This machine's clock is 17 minutes ahead of the service's"},
               Row{"Wed, 31 Dec 2025 20:30:00 GMT", "This machine's clock is 3 hours ahead of the service's"},
               Row{"Wed, 01 Jan 2025 00:00:00 GMT", "This machine's clock is 365 days ahead of the service's"});
  CAPTURE(date);
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {signing_key("AK")};
  const Call& call = bench.start();
  http::Response refused = refusal();
  refused.headers.emplace_back("Date", date);
  bench.gateway.answer(0, refused);
  bench.settle();
  REQUIRE(call.result);
  const std::string& message = call.result->error().message;
  CHECK(message.find(words) != std::string::npos);
  CHECK((message.find("clock") != std::string::npos) == (*words != '\0'));
}

TEST_CASE("refusal: secrets are in no message and no log, even when the gateway repeats them") {
  const auto [credential, secret] =
      GENERATE(std::pair<Credential, std::string>(Token{Secret("canary/token+"), {}}, "canary/token+"),
               std::pair<Credential, std::string>(
                   SigningKey{{"AK", Secret("canary/secret"), Secret("canary/security+")}, {}}, "canary/security+"));
  test::CapturedStderr captured;
  std::string message;
  {
    AuthenticationBench bench(Kind::fixed, Logger::to_stderr(LogLevel::debug));
    bench.source->ready = {credential};
    const Call& call = bench.start();
    std::string escaped = secret;
    escaped.replace(escaped.find('/'), 1, "\\/");
    bench.gateway.answer(0, refusal("verify fail, canonical request is: GET|/|x:" + secret + "||" + escaped + "|end"));
    bench.settle();
    REQUIRE(call.result);
    message = call.result->error().describe();
  }
  const std::string log = captured.text();
  CHECK(message.find("GET|/|x:[hidden]||[hidden]|end") != std::string::npos);
  CHECK(message.find("canary") == std::string::npos);
  CHECK(log.find("credentials refused") != std::string::npos);
  CHECK(log.find("canary") == std::string::npos);
}

TEST_CASE("refusal: an echoed secret is hidden whatever the status, however it is written") {
  const std::string secret = "canary&/\"\\1234";
  const auto [status, body, expected] = GENERATE(table<int, std::string, std::string>({
      {500, R"({"error_msg":"seen canary\u0026\/\"\\1234","error_code":"FSS.0500"})",
       R"({"error_code":"FSS.0500","error_msg":"seen [hidden]"})"},
      {302, R"({"error_msg":"\u0063anary&\u002f\"\\1234"})", R"({"error_msg":"[hidden]"})"},
      {202, R"({"error_msg":"canary&/\"\\1234"})", R"({"error_msg":"[hidden]"})"},
      {404, "<html>canary&/\"\\1234</html>", "<html>[hidden]</html>"},
      {200, R"({"functions":[]})", R"({"functions":[]})"},
  }));
  INFO(body);
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {Token{Secret(secret), {}}};
  const Call& call = bench.start();
  http::Response response = answer(status, body);
  response.headers.emplace_back("X-Request-Id", "of " + secret);
  bench.gateway.answer(0, response);
  bench.settle();
  REQUIRE(call.result);
  REQUIRE(call.result->has_value());
  CHECK((*call.result)->body == expected);
  CHECK(http::find_header((*call.result)->headers, "X-Request-Id") == "of [hidden]");
}

TEST_CASE("refusal: what is no HTTP may be an echo as well") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {Token{Secret("canary-1234567890"), {}}};
  const Call& call = bench.start();
  bench.gateway.answer(0, fail(ErrorKind::corrupt, "it begins with \"X-Auth-Token: canary-1234567\""));
  bench.settle();
  REQUIRE(call.result);
  CHECK(call.result->error().message == "it begins with \"X-Auth-Token: [hidden]\"");
}

TEST_CASE("refusal: a short secret does not take error codes away") {
  AuthenticationBench bench(Kind::fixed);
  bench.source->ready = {Token{Secret("FSS.1"), {}}};
  const Call& call = bench.start();
  const std::string body = R"({"error_code":"FSS.1061","error_msg":"x"})";
  bench.gateway.answer(0, answer(409, body));
  bench.settle();
  REQUIRE(call.result);
  CHECK((*call.result)->body == body);
}

TEST_CASE("first signed call: goes alone; the others follow together once it was let in") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK")};
  for (int i = 0; i < 16; ++i) bench.start();
  CHECK(bench.gateway.count() == 1);
  bench.gateway.answer(0, answer(404, R"({"error_code":"FSS.1051","error_msg":"Not found the function"})"));
  bench.settle();
  CHECK(bench.gateway.count() == 16);
  CHECK(bench.source->count() == 1);
}

TEST_CASE("first signed call: when it tells nothing about the key, the next one goes alone") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK")};
  for (int i = 0; i < 4; ++i) bench.start();
  SECTION("the connection fails") {
    bench.gateway.answer(0, fail(test::no_connection()));
  }
  SECTION("the gateway has too many requests") {
    bench.gateway.answer(0, answer(429, R"({"error_code":"APIGW.0308","error_msg":"throttled"})"));
  }
  SECTION("the gateway is in trouble") {
    bench.gateway.answer(0, answer(503, "<html>"));
  }
  SECTION("the call is cancelled") {
    bench.calls[0].cancel();
  }
  bench.settle();
  CHECK(bench.calls[0].has_ended());
  CHECK(bench.gateway.count() == 2);
  bench.gateway.answer(1, answer(200));
  bench.settle();
  CHECK(bench.gateway.count() == 4);
}

TEST_CASE("first signed call: a new key is on trial like the first one") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK"), signing_key("AK2")};
  bench.start();
  bench.gateway.answer(0, answer(200));
  bench.settle();
  for (int i = 0; i < 3; ++i) bench.start();
  REQUIRE(bench.gateway.count() == 4);
  for (std::size_t i = 1; i < 4; ++i) bench.gateway.answer(i, refusal());
  bench.settle();
  REQUIRE(bench.gateway.count() == 5);
  CHECK(is_signed_with(bench.gateway.requests()[4], "AK2"));
  bench.gateway.answer(4, answer(200));
  bench.settle();
  CHECK(bench.gateway.count() == 7);
  CHECK(bench.source->count() == 2);
}

TEST_CASE("first signed call: tokens do not wait") {
  AuthenticationBench bench;
  bench.source->ready = {token("t1")};
  for (int i = 0; i < 16; ++i) bench.start();
  CHECK(bench.gateway.count() == 16);
}

TEST_CASE("first signed call: who waits for it keeps the own deadline") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK")};
  bench.start({}, std::chrono::seconds(60));
  const Call& hurried = bench.start({}, std::chrono::seconds(5));
  const Call& patient = bench.start({}, std::chrono::seconds(90));
  bench.advance(std::chrono::seconds(4));
  CHECK_FALSE(hurried.has_ended());
  bench.advance(std::chrono::seconds(1));
  REQUIRE(hurried.result);
  CHECK(hurried.result->error().kind == ErrorKind::timed_out);
  CHECK(hurried.result->error().message == "not sent: the deadline passed while waiting for credentials");
  CHECK_FALSE(hurried.result->error().remote->request_sent);
  CHECK_FALSE(patient.has_ended());
  CHECK(bench.gateway.count() == 1);
}

TEST_CASE("first signed call: who waits for it can be cancelled") {
  AuthenticationBench bench;
  bench.source->ready = {signing_key("AK")};
  bench.start({}, std::chrono::seconds(60));
  // One waits with a sleep of its own beside, the other without.
  const auto within = GENERATE(std::chrono::seconds(5), std::chrono::seconds(90));
  Call& waiting = bench.start({}, within);
  bench.start();
  waiting.cancel();
  bench.settle();
  REQUIRE(waiting.result);
  CHECK(waiting.result->error().kind == ErrorKind::cancelled);
  CHECK_FALSE(waiting.result->error().remote->request_sent);
  bench.gateway.answer(0, answer(200));
  bench.settle();
  CHECK(bench.gateway.count() == 2);
}

}  // namespace fgsync::functiongraph

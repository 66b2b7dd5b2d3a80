#include <catch2/catch.hpp>

#include "functiongraph/authentication.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"

namespace fgsync::functiongraph {
namespace {

const std::string kKey =
    R"({"credential":{"access":"AK","secret":"canary-SK","securitytoken":"canary-ST","expires_at":"2026-01-01T06:00:00.855000Z"}})";

struct MetadataBench {
  explicit MetadataBench(Logger log = {}) : source(make_instance_metadata(service, clock, std::move(log))) {}

  Result<Credential> fetch() { return test::run(source->fetch(clock.in(std::chrono::seconds(30)))); }

  test::FakeClock clock;
  test::ScriptedClient service;
  std::unique_ptr<CredentialSource> source;
};

}  // namespace

TEST_CASE("metadata: a session is opened, and the key read with it") {
  MetadataBench bench;
  bench.service.answer(200, "session").answer(200, kKey);
  const auto fetched = bench.fetch();
  REQUIRE(fetched);
  const auto& key = std::get<SigningKey>(*fetched);
  CHECK(key.key.id == "AK");
  CHECK(key.key.secret.reveal() == "canary-SK");
  CHECK(key.key.security_token.reveal() == "canary-ST");
  CHECK(key.expires_at == bench.clock.wall_now() + std::chrono::hours(6));
  CHECK(bench.source->is_renewable());
  CHECK(bench.source->description() == "the agency of this machine");

  REQUIRE(bench.service.requests().size() == 2);
  const http::Request& open = bench.service.requests()[0];
  CHECK(open.method == http::Method::put);
  CHECK(open.target == "/meta-data/latest/api/token");
  CHECK(http::find_header(open.headers, "X-Metadata-Token-Ttl-Seconds") == "60");
  const http::Request& read = bench.service.requests()[1];
  CHECK(read.method == http::Method::get);
  CHECK(read.target == "/openstack/latest/securitykey");
  CHECK(http::find_header(read.headers, "X-Metadata-Token") == "session");
}

TEST_CASE("metadata: where there are no sessions the key is read without") {
  const int status = GENERATE(404, 405, 503);
  CAPTURE(status);
  MetadataBench bench;
  bench.service.answer(status, "").answer(200, kKey);
  CHECK(bench.fetch().has_value());
  CHECK(bench.service.requests()[1].headers.empty());
}

TEST_CASE("metadata: a session that is refused otherwise ends it") {
  MetadataBench bench;
  bench.service.answer(403, "");
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::unauthorized);
  CHECK(bench.service.requests().size() == 1);
}

TEST_CASE("metadata: a session token that would break a header is not used") {
  MetadataBench bench;
  bench.service.answer(200, "canary\r\nX-Evil: 1");
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::corrupt);
  CHECK(fetched.error().message.find("canary") == std::string::npos);
}

TEST_CASE("metadata: each exchange has three seconds, or less when the caller has less") {
  MetadataBench bench;
  bench.service.answer(200, "session").answer(200, kKey).answer(200, "session").answer(200, kKey);
  CHECK(bench.fetch().has_value());
  CHECK(bench.service.deadlines()[0].at == bench.clock.now() + std::chrono::seconds(3));
  CHECK(bench.service.deadlines()[1].at == bench.clock.now() + std::chrono::seconds(3));
  CHECK(test::run(bench.source->fetch(bench.clock.in(std::chrono::seconds(2)))).has_value());
  CHECK(bench.service.deadlines()[2].at == bench.clock.now() + std::chrono::seconds(2));
}

TEST_CASE("metadata: a machine without an agency is told so, and never that something is not found") {
  MetadataBench bench;
  bench.service.answer(200, "session").answer(404, "");
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::unauthorized);
  CHECK(fetched.error().message ==
        "the metadata service (169.254.169.254) says: HTTP 404 without a reason. Check in the console that an agency "
        "with rights for FunctionGraph is bound to this machine");
}

TEST_CASE("metadata: on other machines there is no such service") {
  MetadataBench bench;
  bench.service.failure(test::no_connection());
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::transient);
  CHECK_THAT(fetched.error().describe(), Catch::StartsWith("ask the metadata service; only ECS machines have one: "));
}

TEST_CASE("metadata: what is no key is refused as a whole, without what stands in it") {
  struct Row {
    const char* what;
    const char* body;
    const char* why;
  };
  const auto [what, body, why] = GENERATE(
      Row{"no JSON", "<html>canary", ""}, Row{"no credential", R"({"canary":1})", "it has no credential"},
      Row{"no id", R"({"credential":{"secret":"canary","securitytoken":"canary","expires_at":"2026-01-01T06:00:00Z"}})",
          "access"},
      Row{"no secret", R"({"credential":{"access":"AK","securitytoken":"canary","expires_at":"2026-01-01T06:00:00Z"}})",
          "secret"},
      Row{"no security token",
          R"({"credential":{"access":"AK","secret":"canary","expires_at":"2026-01-01T06:00:00Z"}})", "securitytoken"},
      Row{"an empty secret",
          R"({"credential":{"access":"AK","secret":"","securitytoken":"canary","expires_at":"2026-01-01T06:00:00Z"}})",
          "the secret key (sk) of credential is empty"},
      Row{"no end", R"({"credential":{"access":"AK","secret":"canary","securitytoken":"canary"}})", "expires_at"},
      Row{"a wrong end",
          R"({"credential":{"access":"AK","secret":"canary","securitytoken":"canary","expires_at":"later"}})",
          "credential.expires_at is no time"},
      Row{"a secret with blanks",
          R"({"credential":{"access":"AK","secret":"can ary","securitytoken":"canary","expires_at":"2026-01-01T06:00:00Z"}})",
          "the secret key (sk) of credential holds characters that do not belong there"});
  CAPTURE(what);
  MetadataBench bench;
  bench.service.answer(404, "").answer(200, body);
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::corrupt);
  CHECK_THAT(fetched.error().message, Catch::Contains(why));
  CHECK(fetched.error().message.find("canary") == std::string::npos);
}

TEST_CASE("metadata: the key is in no log") {
  test::CapturedStderr captured;
  {
    MetadataBench bench(Logger::to_stderr(LogLevel::debug));
    bench.service.answer(200, "canary-session").answer(200, kKey);
    CHECK(bench.fetch().has_value());
  }
  const std::string log = captured.text();
  CHECK_THAT(log, Catch::Contains("msg=\"temporary key issued\""));
  CHECK(log.find("canary") == std::string::npos);
}

}  // namespace fgsync::functiongraph

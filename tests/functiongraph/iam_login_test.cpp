#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "functiongraph/authentication.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::functiongraph {
namespace {

using nlohmann::json;

/// What IAM answers: the fields that its documentation shows.
std::string token_body(const std::string& project = "p1",
                       const std::string& expires_at = "2026-01-02T00:00:00.855000Z") {
  json document;
  json& token = document["token"];
  token["expires_at"] = expires_at;
  token["issued_at"] = "2026-01-01T00:00:00.855000Z";
  token["methods"] = {"password"};
  token["project"]["id"] = project;
  token["project"]["name"] = "cn-north-4";
  token["user"]["name"] = "deployer";
  return document.dump();
}

const std::string kWrongPassword =
    R"({"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}})";

struct IamBench {
  explicit IamBench(bool with_agency = false, Logger log = {}) {
    directory.write("password", "correct horse\n");
    IamLogin login{"acme", "deployer", directory / "password", "p1", "", ""};
    if (with_agency) {
      login.agency_domain = "customer";
      login.agency_name = "fgsync";
    }
    source = make_iam_login(iam, login, clock, pool, log);
  }

  Result<Credential> fetch() { return test::run(source->fetch(deadline)); }
  [[nodiscard]] json body_of(std::size_t number) const { return json::parse(iam.requests().at(number).body); }

  test::TempDirectory directory;
  WorkerPool pool{1};
  test::FakeClock clock;
  test::ScriptedClient iam;
  Deadline deadline = clock.in(std::chrono::seconds(30));
  std::unique_ptr<CredentialSource> source;
};

}  // namespace

TEST_CASE("iam: a password is exchanged for a token of the project") {
  IamBench bench;
  bench.iam.answer(201, token_body(), {{"X-Subject-Token", "t1"}});
  const auto fetched = bench.fetch();
  REQUIRE(fetched);
  const auto& token = std::get<Token>(*fetched);
  CHECK(token.text.reveal() == "t1");
  CHECK(token.expires_at == bench.clock.wall_now() + std::chrono::hours(24));

  REQUIRE(bench.iam.requests().size() == 1);
  const http::Request& request = bench.iam.requests()[0];
  CHECK(request.method == http::Method::post);
  CHECK(request.target == "/v3/auth/tokens?nocatalog=true");
  CHECK(http::find_header(request.headers, "Content-Type") == "application/json;charset=utf8");
  CHECK(http::find_header(request.headers, "X-Auth-Token").empty());
  CHECK(bench.body_of(0) == json::parse(R"({"auth":{
    "identity":{"methods":["password"],
                "password":{"user":{"name":"deployer","password":"correct horse","domain":{"name":"acme"}}}},
    "scope":{"project":{"id":"p1"}}}})"));
  CHECK(bench.iam.deadlines()[0].at == bench.deadline.at);
  CHECK(bench.source->is_renewable());
  CHECK(bench.source->description() == "IAM user deployer of acme");
}

TEST_CASE("iam: for an agency the user's token, of the own account, is exchanged for one of the project") {
  IamBench bench(true);
  bench.iam.answer(201, R"({"token":{"expires_at":"2026-01-02T00:00:00.000000Z","domain":{"name":"acme"}}})",
                   {{"X-Subject-Token", "of the user"}});
  bench.iam.answer(201, token_body(), {{"X-Subject-Token", "of the agency"}});
  const auto fetched = bench.fetch();
  REQUIRE(fetched);
  CHECK(std::get<Token>(*fetched).text.reveal() == "of the agency");
  REQUIRE(bench.iam.requests().size() == 2);
  CHECK(bench.body_of(0)["auth"]["scope"] == json::parse(R"({"domain":{"name":"acme"}})"));
  CHECK(http::find_header(bench.iam.requests()[1].headers, "X-Auth-Token") == "of the user");
  CHECK(bench.iam.requests()[1].target == "/v3/auth/tokens?nocatalog=true");
  CHECK(bench.body_of(1) == json::parse(R"({"auth":{
    "identity":{"methods":["assume_role"],"assume_role":{"domain_name":"customer","agency_name":"fgsync"}},
    "scope":{"project":{"id":"p1"}}}})"));
  CHECK(bench.source->description() == "IAM user deployer of acme as agency fgsync of customer");
}

TEST_CASE("iam: a token of another project is not used") {
  struct Row {
    const char* what;
    std::string body;
    const char* theirs;
  };
  const auto row = GENERATE(Row{"another", token_body("p2"), "the project p2"},
                            Row{"none", R"({"token":{"expires_at":"2026-01-02T00:00:00Z"}})", "no project"});
  CAPTURE(row.what);
  IamBench bench;
  bench.iam.answer(201, row.body, {{"X-Subject-Token", "t1"}});
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::invalid);
  CHECK(fetched.error().message ==
        "IAM gave a token for " + std::string(row.theirs) + " instead of p1: check the project id");
}

TEST_CASE("iam: refusals say what to check, and are never about a function") {
  struct Row {
    int status;
    std::string body;
    ErrorKind kind;
    std::string message;
  };
  const std::string user = "the user deployer of the account acme";
  const std::string not_there = "Check the project id p1, and that " + user + " may use the API and has rights there";
  const std::string endpoint =
      "Check the IAM endpoint (HUAWEICLOUD_SDK_IAM_ENDPOINT, or spec.credentials.iam.endpoint in fgsync.yaml)";
  const auto row = GENERATE_COPY(Row{401, kWrongPassword, ErrorKind::unauthorized,
                                     "The username or password is wrong. Check spec.credentials.iam"},
                                 Row{403, R"({"error":{"code":403,"message":"Forbidden","title":"F"}})",
                                     ErrorKind::unauthorized, "Forbidden. " + not_there},
                                 Row{404, R"({"error_code":"IAM.0004","error_msg":"Could not find project: p1."})",
                                     ErrorKind::unauthorized, "Could not find project: p1. " + not_there},
                                 Row{404, "<html>", ErrorKind::unauthorized, "HTTP 404 without a reason. " + endpoint},
                                 Row{400, "", ErrorKind::unauthorized, "HTTP 400 without a reason. " + not_there},
                                 Row{409, "{}", ErrorKind::unauthorized, "HTTP 409 without a reason. " + not_there},
                                 Row{429, "{}", ErrorKind::throttled, "HTTP 429 without a reason. " + endpoint},
                                 Row{503, "<html>", ErrorKind::transient, "HTTP 503 without a reason. " + endpoint},
                                 Row{200, "{}", ErrorKind::corrupt, "HTTP 200 without a reason. " + endpoint},
                                 Row{302, "", ErrorKind::corrupt, "HTTP 302 without a reason. " + endpoint});
  CAPTURE(row.status);
  IamBench bench;
  bench.iam.answer(row.status, row.body, {{"X-Request-Id", "r1"}});
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == row.kind);
  CHECK_THAT(fetched.error().message, Catch::StartsWith("IAM says: " + row.message));
  CHECK(fetched.error().context == std::vector<std::string>{"log in as IAM user deployer of acme"});
  CHECK(fetched.error().remote->request_id == "r1");
}

TEST_CASE("iam: a wrong password is named with its file") {
  IamBench bench;
  bench.iam.answer(401, kWrongPassword);
  CHECK(bench.fetch().error().message ==
        "IAM says: The username or password is wrong. Check spec.credentials.iam in fgsync.yaml (the user deployer of "
        "the account acme, the password in " +
            bench.directory / "password" + ") and that the user belongs to the project p1");
}

TEST_CASE("iam: an agency that does not trust is named") {
  IamBench bench(true);
  bench.iam.answer(201, token_body(), {{"X-Subject-Token", "of the user"}});
  bench.iam.answer(403, R"({"error":{"message":"You have no right"}})");
  CHECK(bench.fetch().error().message ==
        "IAM says: You have no right. Check that the account customer has an agency fgsync which trusts the account "
        "acme and has rights in the project p1, and that the user deployer of the account acme is an Agent Operator");
}

TEST_CASE("iam: what is no token answer is refused as a whole") {
  struct Row {
    const char* what;
    std::string body;
    http::Headers headers;
    const char* why;
  };
  const http::Headers with_token{{"X-Subject-Token", "t1"}};
  const auto row = GENERATE_COPY(
      Row{"no token", token_body(), {}, "it has no X-Subject-Token"}, Row{"no JSON", "<html>", with_token, ""},
      Row{"no expiry", R"({"token":{"project":{"id":"p1"}}})", with_token, "expires_at"},
      Row{"a wrong expiry", token_body("p1", "tomorrow"), with_token, "token.expires_at is no time"},
      Row{"no document", R"({})", with_token, "token.expires_at is no time"},
      Row{"a number for the project", R"({"token":{"expires_at":"2026-01-02T00:00:00Z","project":{"id":7}}})",
          with_token, "id"});
  CAPTURE(row.what);
  IamBench bench;
  bench.iam.answer(201, row.body, row.headers);
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::corrupt);
  CHECK_THAT(fetched.error().message, Catch::StartsWith("the answer of IAM cannot be understood: "));
  CHECK_THAT(fetched.error().message, Catch::Contains(row.why));
  CHECK_THAT(fetched.error().message, Catch::Contains("Check the IAM endpoint"));
}

TEST_CASE("iam: failures of the exchange keep their kind") {
  IamBench bench;
  bench.iam.failure(test::no_connection());
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().kind == ErrorKind::transient);
  CHECK_THAT(fetched.error().describe(), Catch::StartsWith("log in as IAM user deployer of acme: "));
}

TEST_CASE("iam: a password that was refused is not sent again before a quarter of an hour") {
  IamBench bench;
  bench.iam.answer(401, kWrongPassword).answer(201, token_body(), {{"X-Subject-Token", "t1"}});
  const auto refused = bench.fetch();
  REQUIRE_FALSE(refused);
  SECTION("while nothing changes") {
    bench.clock.advance(std::chrono::minutes(15) - std::chrono::milliseconds(1));
    CHECK(bench.fetch().error().message == refused.error().message);
    CHECK(bench.iam.requests().size() == 1);
    bench.clock.advance(std::chrono::milliseconds(1));
    CHECK(bench.fetch().has_value());
  }
  SECTION("unless the file holds another one") {
    bench.directory.write("password", "another");
    CHECK(bench.fetch().has_value());
    CHECK(bench.body_of(1)["auth"]["identity"]["password"]["user"]["password"] == "another");
  }
}

TEST_CASE("iam: after a failure that is not a refusal it is asked again") {
  IamBench bench;
  bench.iam.answer(503, "").failure(test::late_answer()).answer(201, token_body(), {{"X-Subject-Token", "t1"}});
  CHECK_FALSE(bench.fetch());
  CHECK_FALSE(bench.fetch());
  CHECK(bench.fetch().has_value());
}

TEST_CASE("iam: a password file that cannot be used is named, and IAM is not asked") {
  IamBench bench;
  const std::string file = bench.directory / "password";
  std::string expected;
  SECTION("absent") {
    std::filesystem::remove(file);
    expected = "cannot use " + file + " for credentials: No such file or directory";
  }
  SECTION("empty") {
    bench.directory.write("password", "\n");
    expected = "the password file " + file + " is empty";
  }
  SECTION("two lines") {
    bench.directory.write("password", "canary\nb\n");
    expected = "the password file " + file + " holds characters that no IAM password has; it must be one line of ASCII";
  }
  const auto fetched = bench.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().message == expected);
  CHECK(bench.iam.requests().empty());
}

TEST_CASE("iam: neither password nor tokens are in a log or a message") {
  test::CapturedStderr captured;
  std::string messages;
  {
    IamBench bench(true, Logger::to_stderr(LogLevel::debug));
    bench.directory.write("password", "canary-password");
    bench.iam.answer(201, token_body(), {{"X-Subject-Token", "canary-user"}});
    bench.iam.answer(201, token_body(), {{"X-Subject-Token", "canary-agency"}});
    CHECK(bench.fetch().has_value());
    bench.iam.answer(201, token_body(), {{"X-Subject-Token", "canary-user"}});
    bench.iam.answer(201, token_body("p2"), {{"X-Subject-Token", "canary-agency"}});
    messages += bench.fetch().error().describe();
    bench.iam.answer(401, kWrongPassword);
    messages += bench.fetch().error().describe();
  }
  const std::string log = captured.text();
  CHECK_THAT(log, Catch::Contains("msg=\"token issued\"") && Catch::Contains("expires_at=2026-01-02T00:00:00Z"));
  CHECK(log.find("canary") == std::string::npos);
  CHECK(messages.find("canary") == std::string::npos);
}

}  // namespace fgsync::functiongraph

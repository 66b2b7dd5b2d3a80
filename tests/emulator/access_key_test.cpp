#include "emulated.hpp"
#include "emulator/signature.hpp"

using namespace fgsync::emulator::test;
using fgsync::Secret;
using fgsync::emulator::AuthenticationMode;
using fgsync::emulator::canonical_request;
using fgsync::emulator::ServiceOptions;
using fgsync::emulator::sign_canonical;
using fgsync::http::Method;
using fgsync::http::Request;

namespace {

constexpr const char* kId = "AKIDEXAMPLE0123456789";
constexpr const char* kSecret = "SKexampleSKexampleSKexampleSKexample1234";

ServiceOptions with_key(const std::string& security_token = "") {
  ServiceOptions options;
  options.access_keys.push_back({kId, Secret(kSecret), Secret(security_token)});
  return options;
}

/// `20191025T073727Z`
std::string sdk_date(std::chrono::system_clock::time_point when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

struct Signing {
  std::string id = kId;
  std::string secret = kSecret;
  std::vector<std::string> names = {"host", "x-sdk-date"};
};

/// The request with an Authorization header for what it holds.
Request authorized(Request request, const Signing& with = {}) {
  const auto date = std::string(fgsync::http::find_header(request.headers, "X-Sdk-Date"));
  const auto signature = sign_canonical(canonical_request(request, with.names), date, with.secret);
  std::string names;
  for (const auto& name : with.names) names += (names.empty() ? "" : ";") + name;
  request.headers.emplace_back(
      "Authorization", "SDK-HMAC-SHA256 Access=" + with.id + ", SignedHeaders=" + names + ", Signature=" + signature);
  return request;
}

Request list_request(std::chrono::system_clock::time_point when = kNow) {
  Request request;
  request.target = "/v2/p1/fgs/functions";
  request.headers = {{"Host", "127.0.0.1:9480"}, {"X-Sdk-Date", sdk_date(when)}};
  return request;
}

Reply send(Emulated& service, const Request& request) {
  return service.send(request.method, request.target, request.body, request.headers);
}

std::string message_of(const Reply& reply) {
  return reply.json()["error_msg"].get<std::string>();
}

Request wrongly_signed() {
  Signing with;
  with.secret = "wrong";
  return authorized(list_request(), with);
}

}  // namespace

TEST_CASE("access key: a signed request is let in, others are not") {
  Emulated service(with_key());
  CHECK(send(service, authorized(list_request())).outcome() == "200");
  CHECK(send(service, list_request()).outcome() == "401 APIGW.0301");
}

TEST_CASE("access key: an unknown one is named as the gateway does") {
  Emulated service(with_key());
  Signing other;
  other.id = "OTHER";
  const auto reply = send(service, authorized(list_request(), other));
  CHECK(reply.outcome() == "401 APIGW.0301");
  CHECK(message_of(reply) == "Incorrect IAM authentication information: ak OTHER not exist");
}

TEST_CASE("access key: a wrong signature is answered with the canonical request") {
  Emulated service(with_key());
  const auto reply = send(service, wrongly_signed());
  CHECK(reply.outcome() == "401 APIGW.0301");
  CHECK(message_of(reply) ==
        "Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:"
        "GET|/v2/p1/fgs/functions/||host:127.0.0.1:9480|x-sdk-date:20191025T073727Z||host;x-sdk-date|"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(reply.body.find(kSecret) == std::string::npos);
  CHECK(reply.json().contains("request_id"));
}

TEST_CASE("access key: what was signed cannot be changed on the way") {
  Emulated service(with_key());
  Request body = list_request();
  body.method = Method::post;
  body.body = create_body().dump();
  Request changed = authorized(body);
  changed.body = create_body("other").dump();
  CHECK(send(service, changed).outcome() == "401 APIGW.0301");
  CHECK(send(service, authorized(body)).outcome() == "200");

  Request moved = authorized(list_request());
  moved.target = "/v2/p2/fgs/functions";
  CHECK(send(service, moved).outcome() == "401 APIGW.0301");
  Request readdressed = authorized(list_request());
  readdressed.headers.front().second = "127.0.0.1";
  CHECK(send(service, readdressed).outcome() == "401 APIGW.0301");
}

TEST_CASE("access key: a hash of the body that is not the body's is refused") {
  Emulated service(with_key());
  Signing with;
  with.names = {"host", "x-sdk-content-sha256", "x-sdk-date"};
  Request request = list_request();
  request.headers.emplace_back("X-Sdk-Content-Sha256", fgsync::sha256_hex("other"));
  CHECK(send(service, authorized(request, with)).outcome() == "401 APIGW.0301");
  request.headers.back().second = "UNSIGNED-PAYLOAD";
  CHECK(send(service, authorized(request, with)).outcome() == "200");
}

TEST_CASE("access key: the date must be signed, and at most 15 minutes off") {
  Emulated service(with_key());
  const auto at = [&service](std::chrono::seconds offset) {
    return send(service, authorized(list_request(kNow + offset)));
  };
  CHECK(at(std::chrono::minutes(15)).outcome() == "200");
  CHECK(at(-std::chrono::minutes(15)).outcome() == "200");
  const auto late = at(-std::chrono::minutes(15) - std::chrono::seconds(1));
  CHECK(late.outcome() == "401 APIGW.0301");
  CHECK_THAT(message_of(late), Catch::Matchers::Contains("signature expired, signature time: 20191025T072226Z"));
  CHECK(at(std::chrono::minutes(15) + std::chrono::seconds(1)).outcome() == "401 APIGW.0301");

  Signing undated;
  undated.names = {"host"};
  CHECK(send(service, authorized(list_request(), undated)).outcome() == "401 APIGW.0301");
}

TEST_CASE("access key: a temporary one needs its security token, which no answer shows") {
  Emulated service(with_key("session-token"));
  Signing with;
  with.names = {"host", "x-sdk-date", "x-security-token"};
  Request request = list_request();
  CHECK(send(service, authorized(request)).outcome() == "401 APIGW.0301");
  request.headers.emplace_back("X-Security-Token", "session-token");
  CHECK(send(service, authorized(request, with)).outcome() == "200");
  with.secret = "wrong";
  const auto refused = send(service, authorized(request, with));
  CHECK(refused.outcome() == "401 APIGW.0301");
  CHECK(refused.body.find("session-token") == std::string::npos);
  CHECK_THAT(message_of(refused), Catch::Matchers::Contains("|x-security-token:***|"));
  request.headers.back().second = "other";
  CHECK(send(service, authorized(request)).outcome() == "401 APIGW.0301");
}

TEST_CASE("access key: more than five failures in a row lock it for five minutes") {
  Emulated service(with_key());
  for (int i = 0; i < 6; ++i) {
    CHECK_THAT(message_of(send(service, wrongly_signed())), Catch::Matchers::Contains("verify aksk signature fail"));
  }
  const auto locked = send(service, authorized(list_request()));
  CHECK(locked.outcome() == "401 APIGW.0301");
  CHECK(message_of(locked) ==
        "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden.");
  service.now += std::chrono::minutes(5) - std::chrono::seconds(1);
  CHECK(send(service, authorized(list_request())).outcome() == "401 APIGW.0301");
  service.now += std::chrono::seconds(1);
  CHECK(send(service, authorized(list_request())).outcome() == "200");
}

TEST_CASE("access key: a success between failures starts the count anew") {
  Emulated service(with_key());
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) send(service, wrongly_signed());
    CHECK(send(service, authorized(list_request())).outcome() == "200");
  }
}

TEST_CASE("access key: a signed body of more than 12 MB is refused, one with a token is not") {
  auto options = with_key();
  options.token = "fixed";
  Emulated service(options);
  Request request = list_request();
  request.method = Method::post;
  request.body = std::string((12U << 20U) + 1, ' ');
  CHECK(send(service, authorized(request)).outcome() == "413 APIGW.0201");
  request.body.pop_back();
  CHECK(send(service, authorized(request)).outcome() == "400 FSS.0400");
  request.body += "  ";
  request.headers = {{"X-Auth-Token", "fixed"}};
  CHECK(send(service, request).outcome() == "400 FSS.0400");
}

TEST_CASE("authentication: each mode asks for its own kind of credentials") {
  struct Row {
    AuthenticationMode mode;
    std::string token;
    std::string signature;
  };
  for (const auto& row :
       {Row{AuthenticationMode::none, "200", "200"}, Row{AuthenticationMode::token, "200", "401 APIGW.0301"},
        Row{AuthenticationMode::access_key, "401 APIGW.0301", "200"}, Row{AuthenticationMode::any, "200", "200"}}) {
    auto options = with_key();
    options.token = "fixed";
    options.authentication = row.mode;
    Emulated service(options);
    Request request = list_request();
    CHECK(send(service, authorized(request)).outcome() == row.signature);
    request.headers = {{"X-Auth-Token", "fixed"}};
    CHECK(send(service, request).outcome() == row.token);
  }
}

#include "functiongraph/request_signer.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace fgsync::functiongraph {
namespace {

nlohmann::json vectors() {
  std::ifstream file(std::string(FGSYNC_SOURCE_DIR) + "/tests/functiongraph/signing_vectors.json");
  return nlohmann::json::parse(file)["vectors"];
}

std::string text_of(const nlohmann::json& vector, const char* key) {
  return vector[key].get<std::string>();
}

http::Request request_of(const nlohmann::json& vector) {
  static const std::map<std::string, http::Method> kMethods{{"GET", http::Method::get},
                                                            {"POST", http::Method::post},
                                                            {"PUT", http::Method::put},
                                                            {"DELETE", http::Method::del}};
  http::Request request;
  request.method = kMethods.at(text_of(vector, "method"));
  request.target = text_of(vector, "target");
  for (const auto& [name, value] : vector["headers"].items())
    request.headers.emplace_back(name, value.get<std::string>());
  request.body = text_of(vector, "body");
  return request;
}

AccessKey key_of(const nlohmann::json& vector) {
  return {text_of(vector, "ak"), Secret(text_of(vector, "sk")), {}};
}

AccessKey some_key() {
  return {"AK", Secret("SK"), {}};
}

}  // namespace

TEST_CASE("signer: every request is signed as the official SDK signs it") {
  int compared = 0;
  for (const auto& vector : vectors()) {
    if (vector.contains("node_quirk")) continue;
    CAPTURE(vector["name"]);
    const Signature signature = sign(request_of(vector), text_of(vector, "host"), key_of(vector));
    CHECK(signature.canonical_request == text_of(vector, "canonical_request"));
    CHECK(signature.string_to_sign == text_of(vector, "string_to_sign"));
    CHECK(signature.authorization == text_of(vector, "authorization"));
    ++compared;
  }
  CHECK(compared == 16);
}

TEST_CASE("signer: a blank in the path is encoded once, where the node SDK does it twice") {
  int found = 0;
  for (const auto& vector : vectors()) {
    if (!vector.contains("node_quirk")) continue;
    ++found;
    const Signature signature = sign(request_of(vector), text_of(vector, "host"), key_of(vector));
    CHECK(text_of(vector, "canonical_request").find("%2520") != std::string::npos);
    CHECK(signature.canonical_request.find("%2520") == std::string::npos);
    CHECK(signature.canonical_request.find("%20") != std::string::npos);
  }
  CHECK(found == 1);
}

TEST_CASE("signer: date, security token and authorization are added, and the token is signed") {
  http::Request request;
  request.target = "/v2/p/fgs/functions";
  AccessKey key = some_key();
  key.security_token = Secret("temporary");
  add_signature(request, "example.com:443", key,
                std::chrono::system_clock::time_point(std::chrono::seconds(1'704'164'645)));
  CHECK(http::find_header(request.headers, "X-Sdk-Date") == "20240102T030405Z");
  CHECK(http::find_header(request.headers, "X-Security-Token") == "temporary");
  const std::string authorization(http::find_header(request.headers, "Authorization"));
  CHECK_THAT(authorization,
             Catch::StartsWith("SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date;x-security-token, "
                               "Signature="));
  CHECK(authorization.find("SK") == std::string("SDK-HMAC-SHA256").find("SK"));
}

TEST_CASE("signer: whatever is sent changes the signature") {
  http::Request request;
  request.target = "/a?x=1";
  request.headers = {{"X-Sdk-Date", "20240102T030405Z"}};
  const auto signature_of = [](const http::Request& sent) { return sign(sent, "h", some_key()).authorization; };
  const std::string original = signature_of(request);
  http::Request other = request;
  SECTION("the body") {
    other.body = "x";
  }
  SECTION("the path") {
    other.target = "/b?x=1";
  }
  SECTION("the query") {
    other.target = "/a?x=2";
  }
  SECTION("the method") {
    other.method = http::Method::put;
  }
  SECTION("a header") {
    other.headers.emplace_back("X-Project-Id", "p");
  }
  CHECK(signature_of(other) != original);
}

TEST_CASE("signer: the order and case of headers and the order of the query do not matter") {
  http::Request one;
  one.target = "/a?b=2&a=1&a=0";
  one.headers = {{"X-Sdk-Date", "20240102T030405Z"}, {"Content-Type", " application/json "}};
  http::Request other;
  other.target = "/a?a=0&b=2&a=1";
  other.headers = {{"content-type", "application/json"}, {"x-sdk-date", "20240102T030405Z"}};
  CHECK(sign(one, "h", some_key()).authorization == sign(other, "h", some_key()).authorization);
}

}  // namespace fgsync::functiongraph

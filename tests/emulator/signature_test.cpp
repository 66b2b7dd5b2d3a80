#include "emulator/signature.hpp"

#include <fstream>
#include <map>

#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::emulator::canonical_request;
using fgsync::emulator::parse_authorization;
using fgsync::emulator::parse_sdk_date;
using fgsync::emulator::sign_canonical;
using fgsync::http::Method;
using fgsync::http::Request;

namespace {

/// Requests as the official SDK signed them, and the worked example of the signing guide.
Json sdk_vectors() {
  std::ifstream file(FGSYNC_SOURCE_DIR "/tests/functiongraph/signing_vectors.json");
  return Json::parse(file)["vectors"];
}

Request request_of(const Json& vector) {
  const std::map<std::string, Method> methods{
      {"GET", Method::get}, {"POST", Method::post}, {"PUT", Method::put}, {"DELETE", Method::del}};
  Request request;
  request.method = methods.at(vector["method"]);
  request.target = vector["target"];
  for (const auto& [name, value] : vector["headers"].items()) request.headers.emplace_back(name, value);
  request.headers.emplace_back("host", vector["host"]);
  request.body = vector["body"];
  return request;
}

}  // namespace

TEST_CASE("signatures: every request of the official SDK is understood as it was signed") {
  int compared = 0;
  const Json vectors = sdk_vectors();
  for (const auto& vector : vectors) {
    // One where the SDK encodes a blank in a path twice.
    if (vector.contains("node_quirk")) continue;
    INFO(vector["name"]);
    const Request request = request_of(vector);
    const auto authorization = parse_authorization(vector["authorization"].get<std::string>());
    REQUIRE(authorization);
    CHECK(vector["ak"] == authorization->access_key);
    const auto canonical = canonical_request(request, authorization->signed_headers);
    CHECK(vector["canonical_request"] == canonical);
    const auto date = fgsync::http::find_header(request.headers, "X-Sdk-Date");
    CHECK(sign_canonical(canonical, date, vector["sk"].get<std::string>()) == authorization->signature);
    ++compared;
  }
  CHECK(compared == 16);
}

TEST_CASE("signatures: paths and queries have one canonical form, however they were sent") {
  const auto canonical = [](const std::string& target) {
    Request request;
    request.target = target;
    const auto text = canonical_request(request, {});
    const auto first = text.find('\n');
    const auto second = text.find('\n', text.find('\n', first + 1) + 1);
    return text.substr(first + 1, second - first - 1);
  };
  CHECK(canonical("/") == "/\n");
  CHECK(canonical("/a") == "/a/\n");
  CHECK(canonical("/a/") == "/a/\n");
  CHECK(canonical("/urn:fss:x:!prod") == "/urn%3Afss%3Ax%3A%21prod/\n");
  CHECK(canonical("/urn%3Afss:x%3a!prod") == "/urn%3Afss%3Ax%3A%21prod/\n");
  CHECK(canonical("/caf%C3%A9+a%20b") == "/caf%C3%A9%2Ba%20b/\n");
  CHECK(canonical("/a?b=2&a=2&a=1") == "/a/\na=1&a=2&b=2");
  CHECK(canonical("/a?Zed=1&empty=&k%3Dv=x%26y%3Dz&none") == "/a/\nZed=1&empty=&k%3Dv=x%26y%3Dz&none=");
  CHECK(canonical("/a?x=a%20b%2Bc%2F~") == "/a/\nx=a%20b%2Bc%2F~");
}

TEST_CASE("signatures: a header may stand for the hash of the body") {
  Request request;
  request.target = "/v2/p1/fgs/functions";
  request.body = "text";
  CHECK_THAT(canonical_request(request, {}), Catch::Matchers::EndsWith("\n" + fgsync::sha256_hex("text")));
  request.headers.emplace_back("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD");
  CHECK_THAT(canonical_request(request, {}), Catch::Matchers::EndsWith("\nUNSIGNED-PAYLOAD"));
}

TEST_CASE("signatures: the header has one form") {
  const auto parsed = parse_authorization("SDK-HMAC-SHA256 Access=a, SignedHeaders=host;x-sdk-date, Signature=0f");
  REQUIRE(parsed);
  CHECK(parsed->access_key == "a");
  CHECK(parsed->signed_headers == std::vector<std::string>{"host", "x-sdk-date"});
  CHECK(parsed->signature == "0f");
  CHECK(parse_authorization("SDK-HMAC-SHA256 Access=a,SignedHeaders=host,Signature=0f"));
  for (const auto* text : {"", "Basic abc", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=a, SignedHeaders=host",
                           "SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=0f", "SDK-HMAC-SHA256 a, b, c",
                           "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=0f"}) {
    INFO(text);
    CHECK_FALSE(parse_authorization(text));
  }
}

TEST_CASE("signatures: dates have one form") {
  CHECK(parse_sdk_date("20191025T073727Z") == kNow);
  for (const auto* text : {"", "2019-10-25T07:37:27Z", "20191025T073727", "20191325T073727Z", "20190230T000000Z",
                           "20191025T243727Z", "20191025T076027Z", "20191025T07372xZ", "20191025T-10727Z"}) {
    INFO(text);
    CHECK_FALSE(parse_sdk_date(text));
  }
}

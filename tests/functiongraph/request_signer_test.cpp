#include "functiongraph/request_signer.hpp"

#include <algorithm>
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

/// A text that is read three bytes at a time, and fails at its end if it is told to.
class Streamed final : public http::StreamedBody {
 public:
  enum class End { proper, failure };
  Streamed(std::string text, End end) : text_(std::move(text)), end_(end) {}

  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  [[nodiscard]] std::unique_ptr<http::BodyReader> open() const override {
    return std::make_unique<Reader>(text_, end_);
  }

 private:
  class Reader final : public http::BodyReader {
   public:
    Reader(std::string text, End end) : rest_(std::move(text)), end_(end) {}
    Result<std::size_t> read(std::span<char> into) override {
      if (rest_.empty() && end_ == End::failure) return fail(ErrorKind::transient, "the disk is gone");
      const std::size_t count = rest_.copy(into.data(), std::min<std::size_t>(3, into.size()));
      rest_.erase(0, count);
      return count;
    }

   private:
    std::string rest_;
    End end_;
  };

  std::string text_;
  End end_;
};

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

TEST_CASE("signer: a body is signed by its hash as it is by itself") {
  http::Request request;
  request.target = "/a";
  request.headers = {{"X-Sdk-Date", "20240102T030405Z"}};
  http::Request with_body = request;
  with_body.body = "a body of several pieces";
  const auto hash = body_sha256(Streamed(with_body.body, Streamed::End::proper));
  REQUIRE(hash);
  CHECK(sign(request, "h", some_key(), *hash).authorization == sign(with_body, "h", some_key()).authorization);
  CHECK(sign(request, "h", some_key(), *hash).authorization != sign(request, "h", some_key()).authorization);
}

TEST_CASE("signer: the header for the hash goes before the hash itself") {
  http::Request request;
  request.target = "/a";
  request.headers = {{"X-Sdk-Date", "20240102T030405Z"}, {"X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"}};
  CHECK_THAT(sign(request, "h", some_key(), "0123").canonical_request, Catch::EndsWith("\nUNSIGNED-PAYLOAD"));
}

TEST_CASE("signer: a streamed body without bytes has the hash of nothing") {
  CHECK(body_sha256(Streamed("", Streamed::End::proper)).value() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("signer: a streamed body that cannot be read has no hash") {
  const auto hash = body_sha256(Streamed("some", Streamed::End::failure));
  REQUIRE_FALSE(hash);
  CHECK(hash.error().message == "the disk is gone");
}

}  // namespace fgsync::functiongraph

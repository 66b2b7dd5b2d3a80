#include "http/request_head.hpp"

#include <catch2/catch.hpp>

#include "tests/http/client_under_test.hpp"

namespace fgsync::http {
namespace {

using test::get;
using test::post;

Endpoint service() {
  return {Endpoint::Scheme::https, "functiongraph.test", 443, ""};
}

/// A body of which only the length matters here.
class LongBody final : public StreamedBody {
 public:
  [[nodiscard]] std::uint64_t size() const override { return std::uint64_t{5} << 32U; }
  [[nodiscard]] std::unique_ptr<BodyReader> open() const override { return nullptr; }
};

TEST_CASE("request head: a length wherever there is a body, or one is expected") {
  Request with_stream = get();
  with_stream.stream = std::make_shared<LongBody>();
  const std::vector<std::pair<Request, std::string>> cases{
      {get(), ""},
      {{Method::del, "/", {}, ""}, ""},
      {{Method::del, "/", {}, "{}"}, "Content-Length: 2"},
      {post(""), "Content-Length: 0"},
      {{Method::put, "/", {}, ""}, "Content-Length: 0"},
      {post("{}"), "Content-Length: 2"},
      {with_stream, "Content-Length: 21474836480"},
  };
  for (const auto& [request, expected] : cases) {
    const std::string head = request_head(service(), request);
    INFO(head);
    if (expected.empty()) {
      CHECK_THAT(head, !Catch::Contains("Content-Length"));
    } else {
      CHECK_THAT(head, Catch::EndsWith("\r\n" + expected + "\r\n\r\n"));
    }
  }
}

TEST_CASE("request head: the host is the endpoint's, with a port that is not the scheme's own") {
  const std::vector<std::pair<Endpoint, std::string>> cases{
      {{Endpoint::Scheme::https, "a.test", 443, ""}, "a.test"},
      {{Endpoint::Scheme::https, "a.test", 80, ""}, "a.test:80"},
      {{Endpoint::Scheme::http, "127.0.0.1", 80, ""}, "127.0.0.1"},
      {{Endpoint::Scheme::http, "::1", 8080, ""}, "[::1]:8080"},
  };
  for (const auto& [endpoint, host] : cases) {
    CHECK(endpoint.authority() == host);
    CHECK_THAT(request_head(endpoint, get()), Catch::Contains("\r\nHost: " + host + "\r\n"));
  }
}

TEST_CASE("request head: a proxy is asked for host and port, whichever these are") {
  const Endpoint endpoint{Endpoint::Scheme::https, "2001:db8::1", 443, "/base"};
  CHECK_THAT(connect_head(endpoint, Proxy()), Catch::StartsWith("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"));
  CHECK_THAT(connect_head(endpoint, Proxy()), !Catch::Contains("Authorization"));
}

TEST_CASE("request head: what would change where a request ends, or for whom it is, is refused") {
  const std::vector<std::pair<std::string, std::string>> headers{
      {"", "x"},
      {"X Y", "x"},
      {"X:", "x"},
      {"X\r\nY", "x"},
      {"H\xc3\xb6st", "x"},
      {"X-Auth-Token", "secret\r\nX-Evil: 1"},
      {"X-Auth-Token", std::string("secret\0x", 8)},
      {"X-Auth-Token", "secret\x7f"},
      {"X-Auth-Token", "secret" + std::string(32 * 1024, 'x')},
      {"Host", "secret"},
      {"content-length", "7"},
      {"Connection", "close"},
      {"Transfer-Encoding", "chunked"},
  };
  for (const auto& header : headers) {
    Request request = get();
    request.headers = {header};
    INFO(header.first);
    const auto why = unsendable(request);
    REQUIRE(why);
    CHECK_THAT(*why, !Catch::Contains("secret"));
    CHECK(why->find_first_of("\r\n") == std::string::npos);
  }
  for (const auto* target : {"/a b", "/a\nb", "/a\tb", "/a\x7f"}) CHECK(unsendable(get(target)));
}

TEST_CASE("request head: ordinary headers are fine") {
  Request request = get("/v2/%C3%A4?a=b&c");
  request.headers = {{"X-Sdk-Date", "20261122T120000Z"}, {"X-Text", "gr\xc3\xbc\xc3\x9f"}, {"X-Empty", ""}};
  CHECK_FALSE(unsendable(request));
}

}  // namespace
}  // namespace fgsync::http

#include <catch2/catch.hpp>

#include "http/client.hpp"

namespace fgsync::http {
namespace {

TEST_CASE("endpoint: what can be used reads back as a normal URL") {
  struct Row {
    std::string text;
    std::string host;
    std::uint16_t port;
    std::string base_path;
    std::string shown;
  };
  const std::vector<Row> rows{
      {"https://example.com", "example.com", 443, "", "https://example.com"},
      {"https://example.com/", "example.com", 443, "", "https://example.com"},
      {"https://example.com:443", "example.com", 443, "", "https://example.com"},
      {"https://example.com:8443", "example.com", 8443, "", "https://example.com:8443"},
      {"https://example.com:/", "example.com", 443, "", "https://example.com"},
      {"https://example.com/gateway/fg/", "example.com", 443, "/gateway/fg", "https://example.com/gateway/fg"},
      {"HTTPS://Example.COM", "example.com", 443, "", "https://example.com"},
      {"https://192.0.2.7", "192.0.2.7", 443, "", "https://192.0.2.7"},
      {"https://192.0.2.7.example.com:8443/x", "192.0.2.7.example.com", 8443, "/x",
       "https://192.0.2.7.example.com:8443/x"},
      {"https://[2001:db8::1]:8443", "2001:db8::1", 8443, "", "https://[2001:db8::1]:8443"},
      {"http://127.0.0.1:8080", "127.0.0.1", 8080, "", "http://127.0.0.1:8080"},
      {"http://127.8.9.10", "127.8.9.10", 80, "", "http://127.8.9.10"},
      {"http://[::1]:80", "::1", 80, "", "http://[::1]"},
      {"http://localhost:1", "localhost", 1, "", "http://localhost:1"},
      {"http://LOCALHOST", "localhost", 80, "", "http://localhost"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto endpoint = parse_endpoint(row.text);
    REQUIRE(endpoint);
    CHECK(endpoint->host == row.host);
    CHECK(endpoint->port == row.port);
    CHECK(endpoint->base_path == row.base_path);
    CHECK(endpoint->to_string() == row.shown);
  }
}

TEST_CASE("endpoint: what cannot be used is refused with the reason") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "is not a URL"},
      {"example.com", "is not a URL"},
      {"example.com:443", "neither http nor https"},
      {"https//example.com", "is not a URL"},
      {" https://example.com", "is not a URL"},
      {"https://example.com\n", "is not a URL"},
      {"https://exa mple.com", "is not a URL"},
      {"ftp://example.com", "neither http nor https"},
      {"unix:/run/socket", "neither http nor https"},
      {"https://", "names no host"},
      {"https:///path", "names no host"},
      {"https://user@example.com", "holds a user name"},
      {"https://user:password@example.com", "holds a user name"},
      {"https://example.com?region=x", "query or a fragment"},
      {"https://example.com/#top", "query or a fragment"},
      {"https://example.com:0", "no usable port"},
      {"https://example.com:65536", "no usable port"},
      {"https://example.com:443443443443", "no usable port"},
      {"https://example.com:port", "no usable port"},
      {"https://example.com:8443x", "no usable port"},
      {"https://[2001:db8::1]8443", "characters that no host name has"},
      {"https:example.com", "names no host"},
      {"https://exam%0d%0aple.com", "characters that no host name has"},
      {"https://exam%20ple.com", "characters that no host name has"},
  };
  for (const auto& [text, reason] : rows) {
    INFO(text);
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint);
    CHECK(endpoint.error().kind == ErrorKind::invalid);
    CHECK_THAT(endpoint.error().message, Catch::Contains(reason));
    CHECK_THAT(endpoint.error().message, Catch::Contains("https://functiongraph.cn-north-4.myhuaweicloud.com"));
  }
}

TEST_CASE("endpoint: what may be a password or a token is not shown") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"https://user:secret@example.com", "\"https://...@example.com\""},
      {"https://user:se@cret@example.com/x", "\"https://...@example.com/x\""},
      {"https://example.com?token=secret", "\"https://example.com?...\""},
      {"https://example.com/#secret", "\"https://example.com/#...\""},
      {"user:secret@exa mple.com", "\"...@exa mple.com\""},
      {"http://u:secret@127.0.0.1:9/?token=secret", "\"http://...@127.0.0.1:9/?...\""},
      {"https://example.com?a=secret@x", "\"https://...@x\""},
  };
  for (const auto& [text, shown] : rows) {
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint);
    CHECK_THAT(endpoint.error().message, Catch::Contains(shown));
    CHECK_THAT(endpoint.error().message, !Catch::Contains("secret"));
  }
}

TEST_CASE("endpoint: plain http to another machine is refused") {
  for (const auto* text :
       {"http://example.com", "http://192.0.2.7", "http://localhost.example.com", "http://127.0.0.1.example.com",
        "http://[2001:db8::1]", "http://0.0.0.0", "http://128.0.0.1"}) {
    INFO(text);
    const auto endpoint = parse_endpoint(text);
    REQUIRE_FALSE(endpoint);
    CHECK_THAT(endpoint.error().message, Catch::Contains("would send the credentials in the clear"));
  }
}

TEST_CASE("message: header names compare without regard to case") {
  const Headers headers{{"Retry-After", "3"}, {"retry-after", "4"}};
  CHECK(find_header(headers, "RETRY-AFTER") == "3");
  CHECK(find_header(headers, "Retry") == "");
}

}  // namespace
}  // namespace fgsync::http

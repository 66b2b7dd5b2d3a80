// Which proxy is used, and what goes through it: a proxy and a service of the test's own on loopback.
#include <catch2/catch.hpp>
#include <map>

#include "http/client.hpp"
#include "tests/http/client_under_test.hpp"
#include "tests/http/name_server.hpp"
#include "tests/http/ports.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using test::answering;
using test::Authority;
using test::ClientUnderTest;
using test::get;
using test::ok;
using test::Peer;
using test::RawServer;
using Variables = std::map<std::string, std::string>;

Result<std::optional<Proxy>> proxy_for(const std::string& endpoint, const Variables& variables) {
  const auto parsed = parse_endpoint(endpoint);
  REQUIRE(parsed);
  return proxy_of(*parsed, [&variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

constexpr const char* kService = "https://functiongraph.cn-north-4.myhuaweicloud.com";

TEST_CASE("proxy: what a URL says of it") {
  struct Case {
    std::string url;
    std::string shown;
    std::string user;
    std::string password;
  };
  const std::vector<Case> cases{
      {"http://proxy.example:3128", "http://proxy.example:3128", "", ""},
      {"HTTP://Proxy.Example:3128/", "http://proxy.example:3128", "", ""},
      {"proxy.example:3128", "http://proxy.example:3128", "", ""},
      {"proxy.example", "http://proxy.example:1080", "", ""},
      {"http://192.0.2.1:8080", "http://192.0.2.1:8080", "", ""},
      {"http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080", "", ""},
      {"http://me@proxy.example:1", "http://proxy.example:1", "me", ""},
      {"http://me:secret@proxy.example:1", "http://proxy.example:1", "me", "secret"},
      {"me:secret@proxy.example:1", "http://proxy.example:1", "me", "secret"},
      {"http://me%40home:s%3Ae%2Fc:%25@proxy.example:1", "http://proxy.example:1", "me@home", "s:e/c:%"},
      {"http://me:a@b@proxy.example:1", "http://proxy.example:1", "me", "a@b"},
  };
  for (const auto& [url, shown, user, password] : cases) {
    INFO(url);
    const auto proxy = proxy_for(kService, {{"https_proxy", url}});
    REQUIRE(proxy);
    REQUIRE(*proxy);
    CHECK((*proxy)->to_string() == shown);
    CHECK((*proxy)->user == user);
    CHECK((*proxy)->password.reveal() == password);
  }
}

TEST_CASE("proxy: a URL that cannot be used is refused, and its password not repeated") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"https://me:secret@proxy.example", "only plain http is spoken with a proxy"},
      {"socks5://me:secret@proxy.example", "only plain http is spoken with a proxy"},
      {"http://me:secret@", "it has no usable host"},
      {"http://me:secret@:3128", "it has no usable host"},
      {"http://me:secret@[::1", "it has no usable host"},
      {"http://me:secret@pro xy", "it has no usable host"},
      {"http://me:secret@proxy.example:port", "it has no usable port"},
      {"http://me:secret@proxy.example:0", "it has no usable port"},
      {"http://me:secret@proxy.example:65536", "it has no usable port"},
      {"http://me:secret/@proxy.example", "it has no usable port"},
      {"http://me:secret%@proxy.example", "its user or password is not percent-encoded"},
      {"http://me:secret%0d%0aX: y@proxy.example", "its user or password is not percent-encoded"},
  };
  for (const auto& [url, reason] : cases) {
    INFO(url);
    const auto proxy = proxy_for(kService, {{"HTTPS_PROXY", url}});
    REQUIRE_FALSE(proxy);
    CHECK(proxy.error().kind == ErrorKind::invalid);
    CHECK_THAT(proxy.error().message, Catch::StartsWith("the proxy that HTTPS_PROXY names cannot be used: " + reason));
    CHECK_THAT(proxy.error().message, Catch::EndsWith("expected something like http://proxy.example.com:3128"));
    CHECK_THAT(proxy.error().message, !Catch::Contains("secret"));
  }
}

TEST_CASE("proxy: the variable in lower case comes first, and an empty one is none") {
  const std::vector<std::pair<Variables, std::string>> cases{
      {{}, "none"},
      {{{"https_proxy", "http://lower:1"}, {"HTTPS_PROXY", "http://upper:1"}}, "http://lower:1"},
      {{{"https_proxy", ""}, {"HTTPS_PROXY", "http://upper:1"}}, "http://upper:1"},
      {{{"https_proxy", ""}, {"HTTPS_PROXY", ""}}, "none"},
      {{{"http_proxy", "http://other:1"}, {"ALL_PROXY", "http://other:1"}}, "none"},
      {{{"https_proxy", "http://p:1"}, {"no_proxy", "example.com"}, {"NO_PROXY", "*"}}, "http://p:1"},
      {{{"https_proxy", "http://p:1"}, {"no_proxy", ""}, {"NO_PROXY", "*"}}, "none"},
      {{{"https_proxy", "not:a:proxy"}, {"no_proxy", "*"}}, "none"},
  };
  for (const auto& [variables, expected] : cases) {
    const auto proxy = proxy_for(kService, variables);
    REQUIRE(proxy);
    CHECK((*proxy ? (*proxy)->to_string() : "none") == expected);
  }
}

TEST_CASE("proxy: NO_PROXY names hosts, domains, addresses and ranges") {
  struct Case {
    std::string endpoint;
    std::string list;
    bool is_excepted;
  };
  const std::vector<Case> cases{
      {"https://api.example.com", "*", true},
      {"https://api.example.com", "a.test, *", true},
      {"https://api.example.com", "api.example.com", true},
      {"https://api.example.com", "API.Example.COM", true},
      {"https://api.example.com", "api.example.com.", true},
      {"https://api.example.com.", "api.example.com", true},
      {"https://api.example.com", "example.com", true},
      {"https://api.example.com", ".example.com", true},
      {"https://api.example.com", "*.example.com", true},
      {"https://example.com", ".example.com", true},
      {"https://api.example.com", "a.test,example.com,b.test", true},
      {"https://api.example.com", "a.test example.com\tb.test", true},
      {"https://api.example.com", ", ,example.com", true},
      {"https://api.example.com", "ample.com", false},
      {"https://api.example.com", "pi.example.com", false},
      {"https://api.example.com", "other.api.example.com", false},
      {"https://api.example.com", ".", false},
      {"https://api.example.com", ",", false},
      {"https://api.example.com", "com.", true},
      {"https://api.example.com", "example.com:443", true},
      {"https://api.example.com:8443", "example.com:443", false},
      {"https://api.example.com:8443", "example.com:8443", true},
      {"https://api.example.com", "example.com:https", false},
      {"https://10.1.2.3", "10.1.2.3", true},
      {"https://10.1.2.3", "10.1.2.3:443", true},
      {"https://10.1.2.3", "10.1.2.3:8443", false},
      {"https://10.1.2.3", "2.3", false},
      {"https://10.1.2.3", "10.0.0.0/8", true},
      {"https://10.1.2.3", "10.1.2.3/32", true},
      {"https://10.1.2.3", "10.1.2.2/31", true},
      {"https://10.1.2.3", "0.0.0.0/0", true},
      {"https://11.1.2.3", "10.0.0.0/8", false},
      {"https://10.1.2.3", "10.0.0.0/33", false},
      {"https://10.1.2.3", "10.0.0.0/", false},
      {"https://10.1.2.3", "2001:db8::/32", false},
      {"https://api.example.com", "10.0.0.0/8", false},
      {"https://[2001:db8::1]", "2001:db8::1", true},
      {"https://[2001:db8::1]", "2001:DB8:0:0::1", true},
      {"https://[2001:db8::1]", "[2001:db8::1]", true},
      {"https://[2001:db8::1]", "[2001:db8::1]:443", true},
      {"https://[2001:db8::1]", "[2001:db8::1]:8443", false},
      {"https://[2001:db8::1]", "2001:db8::/32", true},
      {"https://[2001:db9::1]", "2001:db8::/32", false},
  };
  for (const auto& [endpoint, list, is_excepted] : cases) {
    INFO(endpoint << " in " << list);
    const auto proxy = proxy_for(endpoint, {{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", list}});
    REQUIRE(proxy);
    CHECK(proxy->has_value() != is_excepted);
  }
}

TEST_CASE("proxy: plain http goes to this machine, and through none") {
  const auto proxy =
      proxy_for("http://127.0.0.1:8080", {{"https_proxy", "http://proxy:1"}, {"http_proxy", "http://p:1"}});
  REQUIRE(proxy);
  CHECK_FALSE(*proxy);
}

Proxy local_proxy(std::uint16_t port) {
  Proxy proxy;
  proxy.host = "127.0.0.1";
  proxy.port = port;
  return proxy;
}

/// Tells what it was asked, and opens the tunnel.
RawServer::Script tunnelling_to(std::uint16_t port, std::string& asked, std::string answer) {
  return [port, &asked, answer = std::move(answer)](Peer& peer) {
    asked = peer.read_head();
    peer.send(answer);
    peer.relay_to(port);
  };
}

const std::string kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

TEST_CASE("tunnel: TLS with a service whose name only the proxy can find, over one connection") {
  const Authority authority;
  const RawServer service({answering({ok("1"), ok("2")})},
                          make_server_identity(authority.identity(), "DNS:functiongraph.test"));
  std::string asked;
  const RawServer proxy({tunnelling_to(service.port(), asked, kEstablished)});
  ClientOptions options = authority.trusting();
  options.proxy = local_proxy(proxy.port());
  ClientUnderTest client({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  for (const auto* body : {"1", "2"}) {
    const auto answer = client.send(get());
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
  CHECK(asked ==
        "CONNECT functiongraph.test:443 HTTP/1.1\r\nHost: functiongraph.test:443\r\nUser-Agent: fgsync/" FGSYNC_VERSION
        "\r\n\r\n");
  CHECK(proxy.connections() == 1);
}

TEST_CASE("tunnel: user and password are for the proxy, nothing of the request is") {
  const Authority authority;
  const RawServer service({answering({ok("1")})}, authority.server());
  std::string asked;
  const RawServer proxy({tunnelling_to(service.port(), asked, "HTTP/1.0 200 OK\r\n\r\n")});
  ClientOptions options = authority.trusting();
  options.proxy = local_proxy(proxy.port());
  options.proxy->user = "me";
  options.proxy->password = Secret("sesame");
  ClientUnderTest client(test::tls_endpoint(service.port()), options);
  Request request = get();
  request.headers = {{"X-Auth-Token", "token"}};
  REQUIRE(client.send(request));
  CHECK_THAT(asked, Catch::Contains("\r\nProxy-Authorization: Basic bWU6c2VzYW1l\r\n"));
  CHECK_THAT(asked, !Catch::Contains("token"));
}

TEST_CASE("tunnel: a proxy that shows a certificate of its own is not trusted") {
  const Authority authority;
  const RawServer service({answering({ok("1")})}, make_server_identity(authority.identity(), "DNS:proxy.test"));
  std::string asked;
  const RawServer proxy({tunnelling_to(service.port(), asked, kEstablished)});
  ClientOptions options = authority.trusting();
  options.proxy = local_proxy(proxy.port());
  ClientUnderTest client({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::invalid);
  CHECK(answer.error().message ==
        "the certificate of https://functiongraph.test through the proxy http://127.0.0.1:" +
            std::to_string(proxy.port()) +
            " is not trusted: it was made out to another host. Check the endpoint (--endpoint)");
}

/// What a client says whose proxy does this; its user has the password `sesame`.
Error tunnel_failure(RawServer::Script script, const std::string& user,
                     std::chrono::milliseconds within = std::chrono::seconds(10)) {
  const Authority authority;
  const RawServer proxy({std::move(script)});
  ClientOptions options = authority.trusting();
  options.proxy = local_proxy(proxy.port());
  options.proxy->user = user;
  options.proxy->password = Secret("sesame");
  ClientUnderTest client({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  const auto answer = client.send(test::post("{}"), within);
  REQUIRE_FALSE(answer);
  const Error& error = answer.error();
  CHECK_THAT(error.message, Catch::Contains("the proxy http://127.0.0.1:" + std::to_string(proxy.port())));
  CHECK_THAT(error.message, !Catch::Contains("sesame"));
  REQUIRE(error.remote);
  CHECK_FALSE(error.remote->request_sent);
  CHECK(error.remote->http_status == 0);
  return error;
}

RawServer::Script refusing(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    peer.read_head();
    peer.send(answer);
    peer.wait_for_close();
  };
}

TEST_CASE("tunnel: a refusal names the proxy and what to do") {
  struct Case {
    std::string answer;
    std::string user;
    ErrorKind kind;
    std::string message;
  };
  const std::string wanted =
      "HTTP/1.1 407 Wanted\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 9\r\n\r\n";
  const std::vector<Case> cases{
      {wanted, "", ErrorKind::invalid,
       " wants a user name and a password (Basic realm=\"corp\"): HTTPS_PROXY=http://user:password@host:port"},
      {wanted, "me", ErrorKind::invalid,
       " does not accept the user name and the password of HTTPS_PROXY (Basic realm=\"corp\")"},
      {"HTTP/1.1 407 Wanted\r\nProxy-Authenticate: Basic realm=\"not sesame\"\r\n\r\n", "me", ErrorKind::invalid,
       " of HTTPS_PROXY (Basic realm=\"not [hidden]\")"},
      {"HTTP/1.1 407 Wanted\r\n\r\n", "me", ErrorKind::invalid, " and the password of HTTPS_PROXY"},
      {"HTTP/1.1 403 Forbidden\r\n\r\n", "", ErrorKind::invalid,
       " refuses a connection to https://functiongraph.test with status 403. If the service can be reached without it, "
       "name functiongraph.test in NO_PROXY"},
      {"HTTP/1.1 405 Not here\r\n\r\n", "", ErrorKind::invalid, " with status 405"},
      {"HTTP/1.1 302 Found\r\nLocation: http://login\r\n\r\n", "", ErrorKind::invalid, " with status 302"},
      {"HTTP/1.1 429 Slowly\r\n\r\n", "", ErrorKind::transient, " with status 429"},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "", ErrorKind::transient, " with status 502"},
      {"HTTP/1.0 503 Busy\r\n\r\n", "", ErrorKind::transient, " with status 503"},
      {"SSH-2.0-OpenSSH\r\n", "", ErrorKind::corrupt, " answered, but not in HTTP"},
  };
  for (const auto& [answer, user, kind, message] : cases) {
    INFO(answer);
    const Error error = tunnel_failure(refusing(answer), user);
    CHECK(name_of(error.kind) == name_of(kind));
    CHECK_THAT(error.message, Catch::Contains(message));
  }
}

TEST_CASE("tunnel: a proxy that is not one points at HTTPS_PROXY, not at the endpoint") {
  const Error error = tunnel_failure(refusing("220 mail.example\r\n"), "");
  CHECK_THAT(error.message, Catch::EndsWith("(it begins with \"220 mail.example\"). Check HTTPS_PROXY"));
}

TEST_CASE("tunnel: a proxy that closes, or closes later, or is silent") {
  const Error closed = tunnel_failure([](Peer& peer) { peer.read_head(); }, "");
  CHECK(closed.kind == ErrorKind::transient);
  CHECK_THAT(closed.message, Catch::EndsWith("closed the connection without an answer"));
  const Error later = tunnel_failure(test::sending(kEstablished), "");
  CHECK(later.kind == ErrorKind::transient);
  CHECK_THAT(later.message, Catch::StartsWith("no TLS connection with https://functiongraph.test through the proxy "));
  const Error silent = tunnel_failure(refusing(""), "", std::chrono::milliseconds(100));
  CHECK(silent.kind == ErrorKind::timed_out);
  const Error stuck = tunnel_failure(refusing(kEstablished), "", std::chrono::milliseconds(100));
  CHECK(stuck.kind == ErrorKind::timed_out);
}

TEST_CASE("tunnel: a proxy that cannot be connected to") {
  const test::ClosedPort closed;
  ClientOptions options;
  options.proxy = local_proxy(closed.port());
  ClientUnderTest client({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "cannot connect to the proxy http://127.0.0.1:" + std::to_string(closed.port()) +
                                      ": Connection refused. Check HTTPS_PROXY and that the proxy is up");
}

TEST_CASE("tunnel: a proxy whose name nobody knows") {
  const test::NameServer names([](const std::string& query) { return refuse(query, test::Refusal::no_such_name); });
  ClientOptions options;
  options.proxy = local_proxy(3128);
  options.proxy->host = "proxy.test";
  options.name_servers = names.address();
  ClientUnderTest client({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message ==
        "cannot find the address of proxy.test: Domain name not found. Check HTTPS_PROXY and name resolution");
}

TEST_CASE("tunnel: an endpoint in the clear is connected to directly") {
  const RawServer service({answering({ok("direct")})});
  const test::ClosedPort closed;
  ClientOptions options;
  options.proxy = local_proxy(closed.port());
  ClientUnderTest client(test::clear_endpoint(service.port()), options);
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->body == "direct");
}

}  // namespace
}  // namespace fgsync::http

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "http/client.hpp"
#include "tests/http/certificates.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::http {
namespace {

using test::answering;
using test::make_server_identity;
using test::ok;
using test::Peer;
using test::RawServer;
using test::sending;

/// An authority of the test's own, as a file that the client may be told to trust.
class Authority {
 public:
  Authority() : authority_(test::make_authority()) { directory_.write("ca.pem", authority_.certificate_pem()); }

  [[nodiscard]] const test::Identity& identity() const { return authority_; }
  [[nodiscard]] ClientOptions trusting() const {
    ClientOptions options;
    options.ca_file = directory_ / "ca.pem";
    return options;
  }

 private:
  test::TempDirectory directory_;
  test::Identity authority_;
};

class Client {
 public:
  Client(std::uint16_t port, ClientOptions options, std::string host = "127.0.0.1") {
    Endpoint endpoint{Endpoint::Scheme::https, std::move(host), port, ""};
    auto made = make_beast_client(loop_.get_executor(), std::move(endpoint), std::move(options));
    REQUIRE(made);
    client_ = std::move(*made);
  }

  Result<Response> send(Method method = Method::get) {
    Request request;
    request.method = method;
    request.target = "/";
    return test::run(loop_, client_->send(std::move(request), clock_.in(std::chrono::seconds(10))));
  }

 private:
  SystemClock clock_;
  boost::asio::io_context loop_;
  std::unique_ptr<HttpClient> client_;
};

void check_refused(const Result<Response>& answer, ErrorKind kind, const std::string& reason) {
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == kind);
  CHECK_THAT(answer.error().message, Catch::Contains(reason));
  REQUIRE(answer.error().remote);
  CHECK_FALSE(answer.error().remote->request_sent);
}

TEST_CASE("tls: a server with a certificate of the named authority is trusted") {
  const Authority authority;
  const RawServer server({answering({ok("1"), ok("2")})}, make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), authority.trusting());
  for (const auto* body : {"1", "2"}) {
    const auto answer = client.send();
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("tls: a server is trusted by its name") {
  const Authority authority;
  const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), "DNS:localhost"));
  Client client(server.port(), authority.trusting(), "localhost");
  CHECK(client.send());
}

TEST_CASE("tls: an authority that nobody named is not trusted") {
  const Authority authority;
  const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), ClientOptions{});
  const auto answer = client.send();
  check_refused(answer, ErrorKind::invalid, "is not trusted: unable to get local issuer certificate");
  CHECK_THAT(answer.error().message, Catch::EndsWith("name the file with --ca-file"));
}

TEST_CASE("tls: a certificate for another host is refused") {
  const Authority authority;
  for (const auto* names : {"DNS:other.example", "IP:127.0.0.2", "DNS:127.0.0.1", "DNS:localhost"}) {
    INFO(names);
    const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), names));
    Client client(server.port(), authority.trusting());
    check_refused(client.send(), ErrorKind::invalid, "is not trusted: it was made out to another host");
  }
}

TEST_CASE("tls: a certificate for an address does not hold for a name") {
  const Authority authority;
  const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), authority.trusting(), "localhost");
  check_refused(client.send(), ErrorKind::invalid, "it was made out to another host");
}

TEST_CASE("tls: an expired certificate is refused") {
  const Authority authority;
  const RawServer server({answering({ok("1")})},
                         make_server_identity(authority.identity(), "IP:127.0.0.1", test::Validity::yesterday));
  Client client(server.port(), authority.trusting());
  check_refused(client.send(), ErrorKind::invalid, "is not trusted: certificate has expired");
}

TEST_CASE("tls: a server without TLS is named as such, and sent nothing") {
  const RawServer server({[](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_close();
  }});
  Client client(server.port(), ClientOptions{});
  check_refused(client.send(Method::post), ErrorKind::transient, "no TLS connection with https://127.0.0.1:");
}

TEST_CASE("tls: a server that closes during the handshake was sent nothing") {
  const RawServer server({[](Peer&) {}});
  Client client(server.port(), ClientOptions{});
  check_refused(client.send(Method::post), ErrorKind::transient, "no TLS connection with https://127.0.0.1:");
}

TEST_CASE("tls: a pooled connection that the server has ended is noticed before a POST uses it") {
  const Authority authority;
  const RawServer server({sending(ok("1")), answering({ok("2")})},
                         make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), authority.trusting());
  REQUIRE(client.send());
  server.wait_until_closed(1);
  const auto answer = client.send(Method::post);
  REQUIRE(answer);
  CHECK(answer->body == "2");
}

TEST_CASE("tls: a body of unknown length counts only with the session's proper end") {
  const Authority authority;
  const auto identity = make_server_identity(authority.identity(), "IP:127.0.0.1");
  const std::string endless = "HTTP/1.1 200 OK\r\n\r\nhalf of i";
  const RawServer server({[&endless](Peer& peer) {
                            peer.read_request();
                            peer.send(endless);
                            peer.closes_within(50);
                            peer.reset_on_close();
                          },
                          sending(endless)},
                         identity);
  Client client(server.port(), authority.trusting());
  const auto cut = client.send();
  REQUIRE_FALSE(cut);
  CHECK(cut.error().kind == ErrorKind::corrupt);
  CHECK_THAT(cut.error().message, Catch::EndsWith("was cut off"));
  const auto whole = client.send();
  REQUIRE(whole);
  CHECK(whole->body == "half of i");
}

TEST_CASE("tls: a CA file that cannot be used is named") {
  const test::TempDirectory directory;
  directory.write("empty.pem", "");
  directory.write("garbage.pem", "no certificate\n");
  boost::asio::io_context loop;
  for (const auto* name : {"missing.pem", "empty.pem", "garbage.pem"}) {
    INFO(name);
    ClientOptions options;
    options.ca_file = directory / name;
    const auto client = make_beast_client(loop.get_executor(), Endpoint{}, options);
    REQUIRE_FALSE(client);
    CHECK(client.error().kind == ErrorKind::invalid);
    CHECK_THAT(client.error().message, Catch::StartsWith("CA file " + (directory / name) + " cannot be used: "));
    CHECK_THAT(client.error().message, Catch::EndsWith("expected certificates in PEM"));
  }
}

}  // namespace
}  // namespace fgsync::http

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "http/client.hpp"
#include "tests/http/certificates.hpp"
#include "tests/http/client_under_test.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::http {
namespace {

using test::answering;
using test::Authority;
using test::get;
using test::make_server_identity;
using test::ok;
using test::Peer;
using test::post;
using test::RawServer;
using test::sending;

class Client : public test::ClientUnderTest {
 public:
  Client(std::uint16_t port, ClientOptions options, std::string host = "127.0.0.1")
      : ClientUnderTest({Endpoint::Scheme::https, std::move(host), port, ""}, std::move(options)) {}
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
    const auto answer = client.send(get());
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("tls: a server is trusted by its name") {
  const Authority authority;
  const RawServer server({answering({ok("1")}), answering({ok("1")})},
                         make_server_identity(authority.identity(), "DNS:localhost"));
  // The dot says to a resolver that the name is whole; no certificate has it.
  for (const auto* name : {"localhost", "localhost."}) {
    INFO(name);
    Client client(server.port(), authority.trusting(), name);
    CHECK(client.send(get()));
  }
}

TEST_CASE("tls: an authority that nobody named is not trusted") {
  const Authority authority;
  const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), ClientOptions{});
  const auto answer = client.send(get());
  check_refused(answer, ErrorKind::invalid, "is not trusted: unable to get local issuer certificate");
  CHECK_THAT(answer.error().message, Catch::EndsWith("name the file with --ca-file"));
}

TEST_CASE("tls: a certificate for another host is refused") {
  const Authority authority;
  for (const auto* names : {"DNS:other.example", "IP:127.0.0.2", "DNS:127.0.0.1", "DNS:localhost"}) {
    INFO(names);
    const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), names));
    Client client(server.port(), authority.trusting());
    check_refused(client.send(get()), ErrorKind::invalid, "is not trusted: it was made out to another host");
  }
}

TEST_CASE("tls: a certificate for an address does not hold for a name") {
  const Authority authority;
  const RawServer server({answering({ok("1")})}, make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), authority.trusting(), "localhost");
  check_refused(client.send(get()), ErrorKind::invalid, "it was made out to another host");
}

TEST_CASE("tls: an expired certificate is refused") {
  const Authority authority;
  const RawServer server({answering({ok("1")})},
                         make_server_identity(authority.identity(), "IP:127.0.0.1", test::Validity::yesterday));
  Client client(server.port(), authority.trusting());
  check_refused(client.send(get()), ErrorKind::invalid, "is not trusted: certificate has expired");
}

TEST_CASE("tls: a server without TLS is named as such, and sent nothing") {
  const RawServer server({[](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_close();
  }});
  Client client(server.port(), ClientOptions{});
  check_refused(client.send(post("")), ErrorKind::transient, "no TLS connection with https://127.0.0.1:");
}

TEST_CASE("tls: a server that closes during the handshake was sent nothing") {
  const RawServer server({[](Peer&) {}});
  Client client(server.port(), ClientOptions{});
  check_refused(client.send(post("")), ErrorKind::transient, "no TLS connection with https://127.0.0.1:");
}

TEST_CASE("tls: a pooled connection that the server has ended is noticed before a POST uses it") {
  const Authority authority;
  const RawServer server({sending(ok("1")), answering({ok("2")})},
                         make_server_identity(authority.identity(), "IP:127.0.0.1"));
  Client client(server.port(), authority.trusting());
  REQUIRE(client.send(get()));
  server.wait_until_closed(1);
  const auto answer = client.send(post(""));
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
  const auto cut = client.send(get());
  REQUIRE_FALSE(cut);
  CHECK(cut.error().kind == ErrorKind::corrupt);
  CHECK_THAT(cut.error().message, Catch::EndsWith("was cut off"));
  const auto whole = client.send(get());
  REQUIRE(whole);
  CHECK(whole->body == "half of i");
}

TEST_CASE("tls: 1.2 will do, older versions will not") {
  const Authority authority;
  const auto identity = authority.server();
  for (const int newest : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    const RawServer server({answering({ok("1")})}, identity, newest);
    Client client(server.port(), authority.trusting());
    CHECK(client.send(get()));
  }
  for (const int newest : {TLS1_1_VERSION, TLS1_VERSION}) {
    const RawServer server({answering({ok("1")})}, identity, newest);
    Client client(server.port(), authority.trusting());
    check_refused(client.send(get()), ErrorKind::transient, "no TLS connection with https://127.0.0.1:");
  }
}

TEST_CASE("tls: the server is told the name that is wanted, but no address") {
  const Authority authority;
  const auto identity = make_server_identity(authority.identity(), "DNS:localhost,IP:127.0.0.1");
  for (const auto& [host, expected] : {std::pair{"localhost", "localhost"}, std::pair{"127.0.0.1", ""}}) {
    std::string name;
    const RawServer server({[&name](Peer& peer) {
                             const char* given = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
                             name = given != nullptr ? given : "";
                             peer.read_request();
                             peer.send(ok("1"));
                           }},
                           identity);
    Client client(server.port(), authority.trusting(), host);
    REQUIRE(client.send(get()));
    CHECK(name == expected);
  }
}

TEST_CASE("tls: the second connection resumes the session of the first") {
  const Authority authority;
  const auto identity = authority.server();
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    std::vector<int> is_resumed;
    const RawServer::Script script = [&is_resumed](Peer& peer) {
      is_resumed.push_back(SSL_session_reused(peer.tls()));
      peer.read_request();
      peer.send(ok("1"));
    };
    const RawServer server({script, script}, identity, version);
    Client client(server.port(), authority.trusting());
    REQUIRE(client.send(get()));
    server.wait_until_closed(1);
    REQUIRE(client.send(get()));
    CHECK(is_resumed == std::vector<int>{0, 1});
  }
}

TEST_CASE("tls: records that come in one packet are all read") {
  const Authority authority;
  const RawServer server({[](Peer& peer) {
                           peer.read_request();
                           peer.send_together({"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "one", "two"});
                           peer.wait_for_close();
                         }},
                         authority.server());
  Client client(server.port(), authority.trusting());
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->body == "onetwo");
}

TEST_CASE("tls: an early refusal is heard while the body is still being sent") {
  const Authority authority;
  const RawServer server(
      {[](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large");
        peer.wait_for_close();
      }},
      authority.server());
  Client client(server.port(), authority.trusting());
  const auto answer = client.send(post(std::string(std::size_t{8} << 20U, 'x')));
  REQUIRE(answer);
  CHECK(answer->status == 413);
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

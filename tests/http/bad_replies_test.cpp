// Whatever comes instead of an answer ends in a typed error within the deadline, in the clear and over TLS.
#include "tests/http/bad_replies.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/http/client_under_test.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using test::Authority;
using test::BadReply;
using test::ClientUnderTest;
using test::Peer;
using test::RawServer;

RawServer::Script replying(const BadReply& reply) {
  return [&reply](Peer& peer) {
    peer.read_request();
    peer.send(reply.bytes);
    if (reply.end == BadReply::End::silence) peer.wait_for_close();
    if (reply.end != BadReply::End::reset) return;
    if (!reply.bytes.empty()) peer.closes_within(50);  // a reset overtakes nothing, but may discard
    peer.reset_on_close();
  };
}

void check_failure(const BadReply& reply, ClientUnderTest& client, const Endpoint& endpoint) {
  INFO(reply.what);
  const bool is_late = reply.end == BadReply::End::silence;
  const auto within = is_late ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  const auto answer = client.send(test::get(), within);
  REQUIRE_FALSE(answer);
  const Error& error = answer.error();
  CHECK(name_of(error.kind) == name_of(reply.kind));
  CHECK_THAT(error.message, Catch::Contains(reply.message));
  CHECK_THAT(error.message, Catch::Contains(endpoint.to_string()));
  REQUIRE(error.remote);
  CHECK(error.remote->request_sent);
  CHECK(error.remote->http_status == 0);
}

TEST_CASE("bad replies: there are many, and no two are the same") {
  std::set<std::string> names;
  for (const auto& reply : test::bad_replies()) CHECK(names.insert(reply.what).second);
  CHECK(names.size() >= 100);
}

TEST_CASE("bad replies: each is named for what it is") {
  for (const auto& reply : test::bad_replies()) {
    const RawServer server({replying(reply)});
    ClientOptions options;
    options.max_body_bytes = test::kMaxBodyBytes;
    const Endpoint endpoint = test::clear_endpoint(server.port());
    ClientUnderTest client(endpoint, options);
    check_failure(reply, client, endpoint);
  }
}

TEST_CASE("bad replies: each is named for what it is over TLS, too") {
  const Authority authority;
  const auto identity = authority.server();
  for (const auto& reply : test::bad_replies()) {
    const RawServer server({replying(reply)}, identity);
    ClientOptions options = authority.trusting();
    options.max_body_bytes = test::kMaxBodyBytes;
    const Endpoint endpoint = test::tls_endpoint(server.port());
    ClientUnderTest client(endpoint, options);
    check_failure(reply, client, endpoint);
  }
}

/// Whether its connection may go on is another question: the second answer is always the second.
void check_answers(const test::OddReply& reply, ClientUnderTest& client) {
  INFO(reply.what);
  const auto answer = client.send(test::get());
  REQUIRE(answer);
  CHECK(answer->status == reply.status);
  CHECK(answer->body == reply.body);
  const auto next = client.send(test::get());
  REQUIRE(next);
  CHECK(next->body == "second");
}

/// Answers with this, and then with "second", on this connection and the next one.
std::vector<RawServer::Script> odd_then_good(const std::string& reply) {
  return {[&reply](Peer& peer) {
            peer.read_request();
            peer.send(reply);
            const bool has_no_length = reply.find("HTTP/1.0") == 0;
            if (!has_no_length && !peer.read_request().empty()) peer.send(test::ok("second"));
          },
          test::answering({test::ok("second")})};
}

TEST_CASE("odd replies: each is an answer, and what comes after it is the next one") {
  for (const auto& reply : test::odd_replies()) {
    const RawServer server(odd_then_good(reply.bytes));
    ClientOptions options;
    options.max_body_bytes = test::kMaxBodyBytes;
    ClientUnderTest client(test::clear_endpoint(server.port()), options);
    check_answers(reply, client);
  }
}

TEST_CASE("odd replies: each is an answer over TLS, too") {
  const Authority authority;
  const auto identity = authority.server();
  for (const auto& reply : test::odd_replies()) {
    const RawServer server(odd_then_good(reply.bytes), identity);
    ClientOptions options = authority.trusting();
    options.max_body_bytes = test::kMaxBodyBytes;
    ClientUnderTest client(test::tls_endpoint(server.port()), options);
    check_answers(reply, client);
  }
}

}  // namespace
}  // namespace fgsync::http

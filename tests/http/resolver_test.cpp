#include "http/resolver.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/http/client_under_test.hpp"
#include "tests/http/name_server.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/support/run.hpp"

namespace fgsync::http {
namespace {

using std::chrono::milliseconds;
using test::answer_with;
using test::NameServer;
using test::Question;

const std::string kName = "functiongraph.test";

Result<Addresses> resolved(const std::string& host, const std::string& name_servers,
                           milliseconds within = std::chrono::seconds(10)) {
  boost::asio::io_context loop;
  const SystemClock clock;
  return test::run(loop, resolve(loop.get_executor(), host, name_servers, clock.in(within)));
}

NameServer::Answer answering_with(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const std::string& query) { return answer_with(query, addresses); };
}

std::optional<std::string> say_nothing(const std::string&) {
  return std::nullopt;
}

TEST_CASE("resolver: a name server's addresses, of both families") {
  const NameServer server(answering_with({"192.0.2.1", "192.0.2.2", "2001:db8::1"}));
  auto found = resolved(kName, server.address());
  REQUIRE(found);
  std::sort(found->begin(), found->end());
  CHECK(*found == Addresses{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(server.questions().at(0).name == kName);
}

TEST_CASE("resolver: one family is enough") {
  for (const std::string address : {"192.0.2.1", "2001:db8::1"}) {
    const NameServer server(answering_with({address}));
    const auto found = resolved(kName, server.address());
    REQUIRE(found);
    CHECK(*found == Addresses{address});
  }
}

TEST_CASE("resolver: what is known without name servers is not asked for") {
  const NameServer server(&say_nothing);
  const std::vector<std::pair<std::string, Addresses>> known{
      {"192.0.2.7", {"192.0.2.7"}},
      {"2001:db8::7", {"2001:db8::7"}},
      {"localhost", {"127.0.0.1", "::1"}},
      {"functiongraph.localhost", {"127.0.0.1", "::1"}},
  };
  for (const auto& [host, addresses] : known) {
    INFO(host);
    const auto found = resolved(host, server.address());
    REQUIRE(found);
    CHECK(*found == addresses);
  }
  CHECK(server.questions().empty());
}

TEST_CASE("resolver: a name without addresses is told from a name server that fails") {
  const std::vector<std::pair<NameServer::Answer, std::string>> answers{
      {[](const std::string& query) { return refuse(query, test::Refusal::no_such_name); }, "Domain name not found"},
      {answering_with({}), "DNS server returned answer with no data"},
      {[](const std::string& query) { return refuse(query, test::Refusal::server_failure); },
       "Could not contact DNS servers"},
      {[](const std::string& query) { return refuse(query, test::Refusal::refused); }, "Could not contact DNS servers"},
  };
  for (const auto& [answer, message] : answers) {
    INFO(message);
    const NameServer server(answer);
    const auto found = resolved(kName, server.address());
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::transient);
    CHECK(found.error().message == message);
  }
}

TEST_CASE("resolver: the deadline ends it whatever the name server does") {
  const std::vector<NameServer::Answer> answers{
      &say_nothing,
      [](const std::string&) { return "garbage"; },
      [](const std::string&) { return std::string(600, '\xff'); },
      [](const std::string& query) { return "\x01\x02" + answer_with(query, {"192.0.2.1"}).substr(2); },
  };
  for (const auto& answer : answers) {
    const NameServer server(answer);
    const auto found = resolved(kName, server.address(), milliseconds(100));
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::timed_out);
    CHECK(found.error().message == "no name server answered within the deadline");
  }
}

TEST_CASE("resolver: an answer that is cut off is none") {
  const NameServer server([](const std::string& query) {
    const std::string answer = answer_with(query, {"192.0.2.1", "2001:db8::1"});
    return answer.substr(0, answer.size() - 3);
  });
  const auto found = resolved(kName, server.address(), milliseconds(300));
  REQUIRE_FALSE(found);
}

TEST_CASE("resolver: the second name server is asked when the first one fails") {
  const NameServer failing([](const std::string& query) { return refuse(query, test::Refusal::server_failure); });
  const NameServer server(answering_with({"192.0.2.1"}));
  const auto found = resolved(kName, failing.address() + "," + server.address());
  REQUIRE(found);
  CHECK(*found == Addresses{"192.0.2.1"});
}

TEST_CASE("resolver: a name that cannot be one is asked of nobody") {
  const NameServer server(&say_nothing);
  const auto found = resolved(std::string(70, 'a') + ".test", server.address());
  REQUIRE_FALSE(found);
  CHECK(found.error().kind == ErrorKind::transient);
  CHECK(server.questions().empty());
}

TEST_CASE("resolver: the client reaches a server by its name") {
  const NameServer names(answering_with({"127.0.0.1"}));
  const test::RawServer server({test::answering({test::ok("found")})});
  ClientOptions options;
  options.name_servers = names.address();
  test::ClientUnderTest client({Endpoint::Scheme::http, kName, server.port(), ""}, options);
  const auto answer = client.send(test::get());
  REQUIRE(answer);
  CHECK(answer->body == "found");
}

TEST_CASE("resolver: the client names the host that it finds no address of, and has sent nothing") {
  const NameServer names([](const std::string& query) { return refuse(query, test::Refusal::no_such_name); });
  ClientOptions options;
  options.name_servers = names.address();
  test::ClientUnderTest client({Endpoint::Scheme::http, kName, 80, ""}, options);
  const auto answer = client.send(test::post("{}"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK(answer.error().message ==
        "cannot find the address of functiongraph.test: Domain name not found. Check the "
        "endpoint (--endpoint) and name resolution");
  REQUIRE(answer.error().remote);
  CHECK_FALSE(answer.error().remote->request_sent);
}

TEST_CASE("resolver: the client gives up on a silent name server at the deadline") {
  const NameServer names(&say_nothing);
  ClientOptions options;
  options.name_servers = names.address();
  test::ClientUnderTest client({Endpoint::Scheme::http, kName, 80, ""}, options);
  const auto answer = client.send(test::get(), milliseconds(100));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  CHECK_THAT(answer.error().message, Catch::Contains("no name server answered within the deadline"));
}

}  // namespace
}  // namespace fgsync::http

// The client against servers with every bad manner: raw sockets, so that each byte is the test's own.
#include "http/client.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/http/client_under_test.hpp"
#include "tests/http/ports.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::answering;
using test::clear_endpoint;
using test::ClosedPort;
using test::get;
using test::ok;
using test::Peer;
using test::post;
using test::RawServer;
using test::sending;

/// A client of a server of the test's own, with a limit for bodies that is soon reached.
class Client : public test::ClientUnderTest {
 public:
  explicit Client(const RawServer& server) : Client(clear_endpoint(server.port())) {}
  explicit Client(Endpoint endpoint) : ClientUnderTest(std::move(endpoint), limited()) {}

 private:
  static ClientOptions limited() {
    ClientOptions options;
    options.max_body_bytes = 100'000;
    return options;
  }
};

/// Answers one request after another, and closes behind the last.
RawServer::Script sending_each(std::vector<std::string> answers) {
  return [answers = std::move(answers)](Peer& peer) {
    for (const auto& answer : answers) {
      peer.read_request();
      peer.send(answer);
    }
  };
}

/// The failure of one GET, whose connection was made and whose request was sent.
Error failure_of(RawServer::Script script, milliseconds within = seconds(10)) {
  const RawServer server({std::move(script)});
  Client client(server);
  auto answer = client.send(get(), within);
  REQUIRE_FALSE(answer);
  REQUIRE(answer.error().remote);
  CHECK(answer.error().remote->request_sent);
  CHECK(answer.error().remote->http_status == 0);
  CHECK_THAT(answer.error().message, Catch::Contains("http://127.0.0.1:" + std::to_string(server.port())));
  return answer.error();
}

TEST_CASE("client: sends exactly this") {
  std::string received;
  RawServer server({[&received](Peer& peer) {
    received = peer.read_request();
    peer.send(ok(""));
  }});
  auto endpoint = clear_endpoint(server.port());
  endpoint.base_path = "/gateway";
  Client client(endpoint);
  Request request = post("{}");
  request.target = "/v2/p/fgs/functions?marker=0";
  request.headers = {{"Content-Type", "application/json"}, {"X-Auth-Token", "t"}};
  REQUIRE(client.send(request));
  server.wait_until_closed(1);
  CHECK(received ==
        "POST /gateway/v2/p/fgs/functions?marker=0 HTTP/1.1\r\n"
        "Content-Type: application/json\r\n"
        "X-Auth-Token: t\r\n"
        "Host: 127.0.0.1:" +
            std::to_string(server.port()) +
            "\r\n"
            "User-Agent: fgsync/" FGSYNC_VERSION
            "\r\n"
            "Accept-Encoding: gzip\r\n"
            "Content-Length: 2\r\n\r\n{}");
}

TEST_CASE("client: answers status, headers and body, whatever the status") {
  const RawServer server({answering({"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 5\r\n\r\nlater"})});
  Client client(server);
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(find_header(answer->headers, "retry-after") == "7");
  CHECK(answer->body == "later");
}

TEST_CASE("client: reads a body in chunks, one until the connection ends, and none") {
  const std::vector<std::pair<std::string, std::string>> answers{
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
       "hello world"},
      {"HTTP/1.0 200 OK\r\n\r\nhello world", "hello world"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
  };
  for (const auto& [bytes, body] : answers) {
    const RawServer server({sending(bytes)});
    Client client(server);
    const auto answer = client.send(get());
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
}

TEST_CASE("client: announcements before the answer are skipped") {
  const RawServer server({answering(
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("real"), ok("second")})});
  Client client(server);
  const auto answer = client.send(post("{}"));
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "real");
  const auto next = client.send(post("{}"));
  REQUIRE(next);
  CHECK(next->body == "second");
}

TEST_CASE("client: announcements without end are refused") {
  std::string endless;
  for (int i = 0; i < 50; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(failure_of(sending(endless + ok("late"))).kind == ErrorKind::corrupt);
}

TEST_CASE("client: a connection that stays open carries the next request too") {
  const RawServer server({answering({ok("1"), ok("2"), ok("3")})});
  Client client(server);
  for (const auto* body : {"1", "2", "3"}) {
    const auto answer = client.send(get());
    REQUIRE(answer);
    CHECK(answer->body == body);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("client: parallel requests take a connection each, the pooled one first") {
  const RawServer server({sending_each({ok("1"), ok("2")}), sending_each({ok("3")})});
  Client client(server);
  client.send_in_parallel(1);
  client.send_in_parallel(2);
  CHECK(server.connections() == 2);
}

TEST_CASE("client: a connection is not used again after") {
  const std::vector<std::pair<std::string, std::string>> answers{
      {"Connection: close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na"},
      {"an HTTP/1.0 answer", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"},
      {"bytes behind the answer", ok("a") + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"},
  };
  for (const auto& [what, first] : answers) {
    INFO(what);
    // The first connection stays open until the client gives it up.
    const RawServer server({[&first_answer = first](Peer& peer) {
                              peer.read_request();
                              peer.send(first_answer);
                              peer.wait_for_close();
                            },
                            answering({ok("b")})});
    Client client(server);
    REQUIRE(client.send(get()));
    const auto answer = client.send(post("{}"));
    REQUIRE(answer);
    CHECK(answer->body == "b");
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("client: a pooled connection that the server has closed is noticed before a POST uses it") {
  const RawServer server({sending(ok("1")), answering({ok("2")})});
  Client client(server);
  REQUIRE(client.send(get()));
  server.wait_until_closed(1);
  const auto answer = client.send(post("{}"));
  REQUIRE(answer);
  CHECK(answer->body == "2");
}

/// Answers the first request, and closes on the second without a word.
void answer_once_then_close(Peer& peer) {
  peer.read_request();
  peer.send(ok("1"));
  peer.read_request();
}

TEST_CASE("client: a GET that met a closing connection of the pool is sent once more") {
  const RawServer server({answer_once_then_close, answering({ok("2")})});
  Client client(server);
  REQUIRE(client.send(get()));
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->body == "2");
}

TEST_CASE("client: a POST that met a closing connection of the pool is reported as sent, not repeated") {
  const RawServer server({answer_once_then_close, answering({ok("2")})});
  Client client(server);
  REQUIRE(client.send(get()));
  const auto answer = client.send(post("{}"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  REQUIRE(answer.error().remote);
  CHECK(answer.error().remote->request_sent);
  CHECK(server.connections() == 1);
}

TEST_CASE("client: a GET is sent once more only once") {
  const RawServer server({answer_once_then_close, sending(""), answering({ok("3")})});
  Client client(server);
  REQUIRE(client.send(get()));
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK(server.connections() == 2);
}

TEST_CASE("client: a GET whose answer began is not sent once more") {
  const RawServer server({sending_each({ok("1"), "HTTP/1.1 200 OK\r\n"}), answering({ok("2")})});
  Client client(server);
  REQUIRE(client.send(get()));
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::corrupt);
  CHECK(server.connections() == 1);
}

TEST_CASE("client: what comes late is not the next answer") {
  std::promise<void> is_sent;
  const RawServer server({[&is_sent](Peer& peer) {
                            peer.read_request();
                            peer.send(ok("1"));
                            peer.send(ok("evil"));
                            is_sent.set_value();
                            peer.wait_for_close();
                          },
                          answering({ok("2")})});
  Client client(server);
  REQUIRE(client.send(get()));
  is_sent.get_future().wait();
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->body == "2");
}

TEST_CASE("client: a GET on a new connection is not repeated when no answer comes") {
  const RawServer server({sending(""), answering({ok("2")})});
  Client client(server);
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK_THAT(answer.error().message, Catch::EndsWith("closed the connection without an answer"));
  CHECK(server.connections() == 1);
}

TEST_CASE("client: a reset instead of an answer is a lost connection") {
  const auto error = failure_of([](Peer& peer) {
    peer.read_request();
    peer.reset_on_close();
  });
  CHECK(error.kind == ErrorKind::transient);
}

TEST_CASE("client: a refused connection sent nothing, and says what to check") {
  const ClosedPort closed;
  Client client(clear_endpoint(closed.port()));
  const auto answer = client.send(post("{}"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK(answer.error().message ==
        "cannot connect to http://127.0.0.1:" + std::to_string(closed.port()) +
            ": Connection refused. Check the endpoint (--endpoint) and that the service is up");
  REQUIRE(answer.error().remote);
  CHECK_FALSE(answer.error().remote->request_sent);
}

TEST_CASE("client: a name of this machine is looked up") {
  const RawServer server({answering({ok("found")})});
  auto endpoint = clear_endpoint(server.port());
  endpoint.host = "localhost";
  Client client(endpoint);
  const auto answer = client.send(get());
  REQUIRE(answer);
  CHECK(answer->body == "found");
}

TEST_CASE("client: a name that cannot be looked up sent nothing, and says what to check") {
  // A label of more than 63 letters: refused by the resolver itself, without asking any server.
  auto endpoint = clear_endpoint(80);
  endpoint.host = std::string(70, 'a') + ".invalid";
  Client client(endpoint);
  const auto answer = client.send(get());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK_THAT(answer.error().message, Catch::StartsWith("cannot find the address of " + endpoint.host));
  CHECK_THAT(answer.error().message, Catch::EndsWith("Check the endpoint (--endpoint) and name resolution"));
  REQUIRE(answer.error().remote);
  CHECK_FALSE(answer.error().remote->request_sent);
}

TEST_CASE("client: what is not HTTP is named as such") {
  const std::vector<std::string> garbage{
      "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/1.1 abc OK\r\n\r\n",
      "HTTP/9.9 200 OK\r\n\r\n",
      "HTTP/1.1 99999 Much\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      std::string(64, '\0'),
      "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
      "{\"versions\": []}",
  };
  for (const auto& bytes : garbage) {
    INFO(bytes);
    const auto error = failure_of(sending(bytes));
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK_THAT(error.message, Catch::Contains("answered, but not in HTTP"));
  }
}

TEST_CASE("client: an answer that ends too early is named as cut off") {
  const std::vector<std::string> cut{
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Len",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
      "HTT",
  };
  for (const auto& bytes : cut) {
    INFO(bytes);
    const auto error = failure_of(sending(bytes));
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK_THAT(error.message, Catch::EndsWith("was cut off"));
  }
}

TEST_CASE("client: an answer that a reset ends is named as cut off") {
  const auto error = failure_of([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
    peer.closes_within(50);  // the bytes shall arrive before the reset, which overtakes nothing but may discard
    peer.reset_on_close();
  });
  CHECK(error.kind == ErrorKind::corrupt);
  CHECK_THAT(error.message, Catch::EndsWith("was cut off"));
}

TEST_CASE("client: an answer beyond the limits is refused") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string big(150'000, 'x');
  const std::vector<std::pair<std::string, std::string>> answers{
      {"a length over the limit", "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n"},
      {"a length of 2^64-1", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"},
      {"one chunk over the limit", chunked + "249f0\r\n" + big},
      {"chunks that add up", chunked + "ea60\r\n" + big.substr(0, 60000) + "\r\nea60\r\n" + big.substr(0, 60000)},
      {"a body until the end", "HTTP/1.0 200 OK\r\n\r\n" + big},
      {"a long header line", "HTTP/1.1 200 OK\r\nX: " + big},
  };
  for (const auto& [what, bytes] : answers) {
    INFO(what);
    const auto error = failure_of(sending(bytes));
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK_THAT(error.message, Catch::EndsWith("is too large"));
  }
}

/// Sends `start`, then `part` until the client has had enough; answers how many parts it took.
RawServer::Script flooding(std::string start, std::string part, int& parts) {
  return [start = std::move(start), part = std::move(part), &parts](Peer& peer) {
    peer.read_request();
    peer.send(start);
    while (parts < 1000 && peer.send(part)) ++parts;
  };
}

TEST_CASE("client: a flood is given up on") {
  const std::vector<std::pair<std::string, std::string>> floods{
      {"HTTP/1.1 200 OK\r\n", "X-Padding: " + std::string(65'000, 'x') + "\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=", std::string(65'000, 'x')},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: " + std::string(65'000, 'x') + "\r\n"},
  };
  for (const auto& [start, part] : floods) {
    INFO(start);
    int parts = 0;
    const auto error = failure_of(flooding(start, part, parts));
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(parts < 1000);
  }
}

TEST_CASE("client: an answer that drips past the deadline is timed out") {
  const auto error = failure_of(
      [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (peer.send("x") && !peer.closes_within(5)) continue;
      },
      milliseconds(100));
  CHECK(error.kind == ErrorKind::timed_out);
  CHECK_THAT(error.message, Catch::EndsWith("did not answer within the deadline"));
}

TEST_CASE("client: an answer that floods past the deadline without ever coming to a limit is timed out") {
  const std::string chunk = "1;x=" + std::string(60'000, 'x') + "\r\nx\r\n";
  const auto error = failure_of(
      [&chunk](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (peer.send(chunk)) continue;
      },
      milliseconds(200));
  CHECK(error.kind == ErrorKind::timed_out);
}

TEST_CASE("client: a server that says nothing is timed out") {
  const auto error = failure_of([](Peer& peer) { peer.wait_for_close(); }, milliseconds(50));
  CHECK(error.kind == ErrorKind::timed_out);
}

TEST_CASE("client: a server that stops reading a big request is timed out") {
  std::promise<void> is_over;
  const RawServer server({[&is_over](Peer& peer) {
    peer.read_head();
    is_over.get_future().wait();
  }});
  Client client(server);
  const auto answer = client.send(post(std::string(std::size_t{32} << 20U, 'x')), milliseconds(300));
  is_over.set_value();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  REQUIRE(answer.error().remote);
  CHECK(answer.error().remote->request_sent);
}

TEST_CASE("client: after the deadline nothing is sent") {
  const RawServer server({answering({ok("")})});
  Client client(server);
  const auto answer = client.send(post("{}"), milliseconds(-1));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  REQUIRE(answer.error().remote);
  CHECK_FALSE(answer.error().remote->request_sent);
}

constexpr std::string_view kTooLarge =
    "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large";

TEST_CASE("client: an early refusal is heard though the server closes before it has read the body") {
  const RawServer server({[](Peer& peer) {
    peer.read_head();
    peer.send(kTooLarge);
  }});
  Client client(server);
  const auto answer = client.send(post(std::string(std::size_t{8} << 20U, 'x')));
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK(answer->body == "too large");
}

TEST_CASE("client: an early refusal is heard when the server reads the rest away") {
  const RawServer server({[](Peer& peer) {
    peer.read_head();
    peer.send(kTooLarge);
    peer.wait_for_close();
  }});
  Client client(server);
  const auto answer = client.send(post(std::string(std::size_t{8} << 20U, 'x')));
  REQUIRE(answer);
  CHECK(answer->status == 413);
}

TEST_CASE("client: the connection is not used again after an early refusal") {
  const RawServer server({[](Peer& peer) {
                            peer.read_head();
                            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                          },
                          answering({ok("fresh")})});
  Client client(server);
  REQUIRE(client.send(post(std::string(std::size_t{8} << 20U, 'x'))));
  server.wait_until_closed(1);
  const auto answer = client.send(post("{}"));
  REQUIRE(answer);
  CHECK(answer->body == "fresh");
}

TEST_CASE("client: a request that would not arrive as one is not sent") {
  Request with_break = get();
  with_break.headers = {{"X-Auth-Token", "secret\r\nX-Evil: 1"}};
  Request with_blank = get("/v2/a b");
  Request with_newline = get("/v2\nHost: evil");
  Request too_long = get();
  too_long.headers = {{"X-Auth-Token", std::string(70'000, 't')}};
  const ClosedPort nobody;
  Client client(clear_endpoint(nobody.port()));
  for (const auto& request : {with_break, with_blank, with_newline, too_long}) {
    const auto answer = client.send(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::invalid);
    CHECK_THAT(answer.error().message, Catch::StartsWith("the request cannot be sent: its "));
    CHECK_THAT(answer.error().message, !Catch::Contains("secret"));
    REQUIRE(answer.error().remote);
    CHECK_FALSE(answer.error().remote->request_sent);
  }
}

}  // namespace
}  // namespace fgsync::http

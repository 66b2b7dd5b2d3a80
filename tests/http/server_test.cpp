// The server over real sockets: a raw client, so that a test can send exactly what no HTTP library would.
#include "http/server.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/http/server_under_test.hpp"

using namespace fgsync::http;
using fgsync::test::echo;
using fgsync::test::text_response;
using Client = fgsync::test::SocketClient;
using Running = fgsync::test::RunningServer;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

ServerOptions with_body_limit(std::size_t bytes) {
  ServerOptions options;
  options.max_body_bytes = bytes;
  return options;
}

constexpr const char* kTooLarge = R"({"error_code":"FSS.0413","error_msg":"The request body is too large."})";

}  // namespace

TEST_CASE("server: a request reaches the handler whole, and its answer the client") {
  const Running server;
  Client client(server.port());
  client.send("PUT /a%3Ab?x=1 HTTP/1.1\r\nHost: h\r\nX-Test: t\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");
  const auto answer = client.read_to_end();
  CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, EndsWith("\r\n\r\nPUT /a%3Ab?x=1 t|body"));
}

TEST_CASE("server: a connection serves requests one after another") {
  const Running server;
  Client client(server.port());
  for (const auto* path : {"/first", "/second", "/third"}) {
    client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK_THAT(client.read_until("|"), EndsWith("GET " + std::string(path) + " |"));
  }
}

TEST_CASE("server: requests that are sent at once are answered in order") {
  const Running server;
  Client client(server.port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"
      "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto answers = client.read_to_end();
  CHECK(answers.find("GET /1") < answers.find("POST /2 |x"));
  CHECK(answers.find("POST /2 |x") < answers.find("GET /3"));
  CHECK_THAT(answers, EndsWith("GET /3 |"));
}

TEST_CASE("server: a body in chunks is put together in whatever pieces it comes") {
  const Running server;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  for (const auto& [body, expected] : std::vector<std::pair<std::string, std::string>>{
           {"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "|abcde"}, {"0\r\n\r\n", "POST / |"}}) {
    const std::string request = head + body;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}, request.size()}) {
      INFO(body << " in pieces of " << piece);
      Client client(server.port());
      for (std::string_view rest = request; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
        client.send(rest.substr(0, piece));
        client.let_it_arrive();
      }
      CHECK_THAT(client.read_to_end(), EndsWith(expected));
    }
  }
}

TEST_CASE("server: connections do not wait for each other") {
  const Running server;
  Client slow(server.port());
  slow.send("GET /slow HTTP/1.1\r\nHo");
  Client quick(server.port());
  quick.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(quick.read_until("|"), EndsWith("GET /quick |"));
  slow.send("st: h\r\n\r\n");
  CHECK_THAT(slow.read_until("|"), EndsWith("GET /slow |"));
}

TEST_CASE("server: a header of 32 KB fits") {
  const Running server;
  Client client(server.port());
  const std::string token(32 * 1024, 't');
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Test: " + token + "\r\nConnection: close\r\n\r\n");
  CHECK_THAT(client.read_to_end(), EndsWith("GET / " + token + "|"));
}

TEST_CASE("server: headers over 64 KB are answered 431") {
  const Running server;
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Test: " + std::string(70 * 1024, 't') + "\r\n\r\n");
  CHECK_THAT(client.read_to_end(), StartsWith("HTTP/1.1 431 "));
}

TEST_CASE("server: a body announced over the limit is answered 413 before it is sent") {
  const Running server(echo, with_body_limit(10));
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
  client.finish_sending();
  const auto answer = client.read_to_end();
  CHECK_THAT(answer, StartsWith("HTTP/1.1 413 Payload Too Large\r\n"));
  CHECK_THAT(answer, Contains("Content-Type: application/json\r\n"));
  CHECK_THAT(answer, EndsWith(kTooLarge));
}

TEST_CASE("server: a client that sends an oversized body all the same gets to read the answer") {
  const Running server(echo, with_body_limit(4 << 20));
  Client client(server.port());
  const std::string body(5 << 20, 'x');
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  client.send(std::string_view(body).substr(0, 3 << 20));
  client.finish_sending();
  CHECK_THAT(client.read_to_end(), EndsWith(kTooLarge));
}

TEST_CASE("server: chunks that add up to more than the limit are answered 413") {
  const Running server(echo, with_body_limit(10));
  Client client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n");
  client.finish_sending();
  CHECK_THAT(client.read_to_end(), EndsWith(kTooLarge));
}

TEST_CASE("server: a body of exactly the limit is accepted") {
  const Running server(echo, with_body_limit(10));
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nConnection: close\r\n\r\n1234567890");
  CHECK_THAT(client.read_to_end(), EndsWith("|1234567890"));
}

TEST_CASE("server: what is not HTTP is answered 400 with a body, and the connection ends") {
  const Running server;
  for (const auto* nonsense : {"hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                               "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                               "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    INFO(nonsense);
    Client client(server.port());
    client.send(nonsense);
    client.finish_sending();
    const auto answer = client.read_to_end();
    CHECK_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    CHECK_THAT(answer, Contains(R"({"error_code":"FSS.0400")"));
  }
}

TEST_CASE("server: another protocol is answered 400 at once, without waiting for what would make it HTTP") {
  const Running server;
  Client client(server.port());
  client.send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));  // TLS
  CHECK_THAT(client.read_until("}"), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_CASE("server: its own answers can have another shape") {
  ServerOptions options = with_body_limit(10);
  options.own_answer = [](int status, std::string_view message) {
    return text_response(status, "own: " + std::string(message) + "\n");
  };
  Handler throwing = [](const Request&) -> std::optional<Response> { throw std::runtime_error("bad"); };
  const Running server(throwing, options);
  for (const auto& [request, expected] : std::vector<std::pair<std::string, std::string>>{
           {"hello\r\n\r\n", "400 Bad Request|The request is not valid HTTP."},
           {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n",
            "413 Payload Too Large|The request body is too large."},
           {"PATCH / HTTP/1.1\r\nHost: h\r\n\r\n", "404 Not Found|The API does not exist or has not been published."},
           {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "500 Internal Server Error|Internal server error."}}) {
    Client client(server.port());
    client.send(request);
    client.finish_sending();
    const auto answer = client.read_until("\n\n");
    const auto bar = expected.find('|');
    CHECK_THAT(answer, StartsWith("HTTP/1.1 " + expected.substr(0, bar)));
    CHECK_THAT(answer, EndsWith("\r\n\r\nown: " + expected.substr(bar + 1) + "\n"));
  }
}

TEST_CASE("server: a target that is no path is answered 400") {
  const Running server;
  Client client(server.port());
  client.send("GET http://h/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400 "));
}

TEST_CASE("server: methods that the service does not have are answered 404, and the connection goes on") {
  const Running server;
  Client client(server.port());
  client.send("PATCH / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(client.read_until("}"), Contains("404 Not Found") && Contains("APIGW.0101"));
  client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  CHECK_THAT(client.read_to_end(), StartsWith("HTTP/1.1 200 ") && EndsWith("GET /next |"));
}

TEST_CASE("server: no answer from the handler closes the connection") {
  const Running server([](const Request&) -> std::optional<Response> { return std::nullopt; });
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("server: an exception of the handler is a 500, and the connection goes on") {
  const Running server([](const Request& request) -> std::optional<Response> {
    if (request.target == "/bad") throw std::runtime_error("bad");
    return echo(request);
  });
  Client client(server.port());
  client.send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(client.read_until("}"), StartsWith("HTTP/1.1 500 ") && Contains("FSS.0500"));
  client.send("GET /good HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(client.read_until("|"), EndsWith("GET /good |"));
}

TEST_CASE("server: an answer without content has neither body nor length") {
  const Running server([](const Request&) -> std::optional<Response> { return text_response(204, ""); });
  Client client(server.port());
  client.send("DELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto answer = client.read_to_end();
  CHECK_THAT(answer, StartsWith("HTTP/1.1 204 No Content\r\n") && EndsWith("\r\n\r\n"));
  CHECK_THAT(answer, !Contains("Content-Length"));
}

TEST_CASE("server: an idle connection is closed after the idle timeout") {
  ServerOptions options;
  options.idle_timeout = std::chrono::seconds(1);
  const Running server(echo, options);
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_until("|");
  const auto started = std::chrono::steady_clock::now();
  CHECK(client.read_to_end().empty());
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}

TEST_CASE("server: a request that trickles in byte by byte is cut off at the request timeout") {
  ServerOptions options;
  options.request_timeout = std::chrono::seconds(1);
  const Running server(echo, options);
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nX-Test: ");
  const auto started = std::chrono::steady_clock::now();
  // Each byte would start the clock anew if the limit were between bytes.
  while (client.send("x") && std::chrono::steady_clock::now() - started < std::chrono::seconds(8)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const auto took = std::chrono::steady_clock::now() - started;
  CHECK(took > std::chrono::milliseconds(900));
  CHECK(took < std::chrono::seconds(5));
}

TEST_CASE("server: a client that waits for 100-continue is told to go on") {
  const Running server;
  Client client(server.port());
  client.send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  CHECK_THAT(client.read_until("|body"), StartsWith("HTTP/1.1 200 OK\r\n") && EndsWith("POST /big |body"));
}

TEST_CASE("server: a client that waits for 100-continue with too large a body is refused at once") {
  const Running server(echo, with_body_limit(3));
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  client.finish_sending();
  CHECK_THAT(client.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST_CASE("server: HTTP/1.0 clients get one answer") {
  const Running server;
  Client client(server.port());
  client.send("GET /old HTTP/1.0\r\n\r\n");
  CHECK_THAT(client.read_to_end(), EndsWith("GET /old |"));
}

TEST_CASE("server: stopping closes the connections and the listener") {
  boost::asio::io_context loop;
  std::unique_ptr<HttpServer> server;
  Handler handler = [&](const Request& request) {
    if (request.target == "/stop") server->stop();
    return echo(request);
  };
  auto started = start_beast_server(loop.get_executor(), {}, handler);
  REQUIRE(started);
  server = std::move(*started);
  const auto port = server->port();
  std::thread thread([&] { loop.run(); });

  Client idle(port);
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.read_until("|");
  Client stopping(port);
  stopping.send("GET /stop HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(stopping.read_to_end().empty());
  CHECK(idle.read_to_end().empty());
  // Nothing is left to do, so the loop ends by itself.
  thread.join();
  ServerOptions same_port;
  same_port.port = port;
  CHECK(start_beast_server(loop.get_executor(), same_port, echo));
}

TEST_CASE("server: an address that cannot be listened on is an error that names it") {
  boost::asio::io_context loop;
  ServerOptions options;
  options.address = "localhost";
  const auto no_name = start_beast_server(loop.get_executor(), options, echo);
  REQUIRE_FALSE(no_name);
  CHECK(no_name.error().kind == fgsync::ErrorKind::invalid);
  CHECK_THAT(no_name.error().message, Contains("expected an IP address"));

  const auto first = start_beast_server(loop.get_executor(), {}, echo);
  REQUIRE(first);
  ServerOptions taken;
  taken.port = (*first)->port();
  const auto second = start_beast_server(loop.get_executor(), taken, echo);
  REQUIRE_FALSE(second);
  CHECK_THAT(second.error().message, Contains("cannot listen on 127.0.0.1:" + std::to_string(taken.port)));
}

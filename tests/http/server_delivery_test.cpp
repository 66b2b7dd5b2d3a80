// Handlers that take their time, and answers that are not delivered as they should be.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "tests/http/server_under_test.hpp"

namespace fgsync::test {
namespace {

namespace asio = boost::asio;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

/// `/wake` answers how many others it has woken; they wait for it.
class SleepyHandler {
 public:
  explicit SleepyHandler(std::shared_ptr<asio::steady_timer> sleep) : sleep_(std::move(sleep)) {}

  asio::awaitable<http::Reply> operator()(http::Request request) const {
    const auto sleep = sleep_;
    http::Reply reply;
    reply.response = echo(request);
    if (request.target == "/wake") {
      reply.response->body = std::to_string(sleep->cancel()) + "|";
      co_return reply;
    }
    co_await sleep->async_wait(asio::as_tuple(asio::use_awaitable));
    if (request.target == "/bad") throw std::runtime_error("bad");
    co_return reply;
  }

 private:
  std::shared_ptr<asio::steady_timer> sleep_;
};

class SleepyServer {
 public:
  SleepyServer() {
    auto sleep = std::make_shared<asio::steady_timer>(loop_, asio::steady_timer::time_point::max());
    auto started = http::start_beast_server(loop_.get_executor(), {}, http::AsyncHandler(SleepyHandler(sleep)));
    REQUIRE(started);
    server_ = std::move(*started);
    thread_ = std::thread([this] { loop_.run(); });
  }
  SleepyServer(const SleepyServer&) = delete;
  SleepyServer& operator=(const SleepyServer&) = delete;
  ~SleepyServer() {
    loop_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// Returns when a handler has been woken.
  void wake() const {
    SocketClient client(port());
    for (int tries = 0; tries < 10'000; ++tries) {
      client.send("GET /wake HTTP/1.1\r\nHost: h\r\n\r\n");
      if (!client.read_until("|").ends_with("\r\n\r\n0|")) return;
    }
    FAIL("nobody waits");
  }

 private:
  asio::io_context loop_;
  std::unique_ptr<http::HttpServer> server_;
  std::thread thread_;
};

asio::awaitable<http::Reply> replying(http::Reply reply) {
  co_return reply;
}

/// Answers every request with this.
http::AsyncHandler delivering(const std::string& text, http::Delivery delivery) {
  http::Reply reply;
  reply.response = text_response(200, text);
  reply.delivery = delivery;
  return [reply](const http::Request&) { return replying(reply); };
}

constexpr const char* kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST_CASE("server: a handler may take its time while others are answered") {
  const SleepyServer server;
  SocketClient client(server.port());
  client.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  server.wake();
  CHECK_THAT(client.read_until("|"), EndsWith("GET /first |"));
  server.wake();
  CHECK_THAT(client.read_until("|"), EndsWith("GET /second |"));
}

TEST_CASE("server: an exception of a handler after a while is a 500") {
  const SleepyServer server;
  SocketClient client(server.port());
  client.send("GET /bad HTTP/1.1\r\nHost: h\r\n\r\n");
  server.wake();
  CHECK_THAT(client.read_until("}"), StartsWith("HTTP/1.1 500 ") && Contains("FSS.0500"));
}

TEST_CASE("server: a client that goes away while its request is handled harms nobody") {
  const SleepyServer server;
  for (int i = 0; i < 3; ++i) {
    SocketClient client(server.port());
    client.send("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  server.wake();
  SocketClient client(server.port());
  client.send("GET /wake HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_THAT(client.read_until("|"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("server: handlers that wait when the loop ends are dropped") {
  auto server = std::make_unique<SleepyServer>();
  SocketClient client(server->port());
  client.send("GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
  SocketClient::let_it_arrive();
  server.reset();
  CHECK(client.read_to_end().empty());
}

TEST_CASE("server: a body that is cut is announced whole, and the connection ends") {
  http::Delivery delivery;
  delivery.cut_after_bytes = 3;
  const RunningServer server(delivering("123456", delivery));
  SocketClient client(server.port());
  client.send(kGet);
  const auto answer = client.read_to_end();
  CHECK_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n") && Contains("Content-Length: 6\r\n"));
  CHECK_THAT(answer, EndsWith("\r\n\r\n123"));
}

TEST_CASE("server: a body that is not cut short of its end is whole, and the connection ends all the same") {
  http::Delivery delivery;
  delivery.cut_after_bytes = 10;
  const RunningServer server(delivering("123456", delivery));
  SocketClient client(server.port());
  client.send(kGet);
  CHECK_THAT(client.read_to_end(), EndsWith("\r\n\r\n123456"));
}

TEST_CASE("server: a body that drips comes whole, and the connection goes on") {
  http::Delivery delivery;
  delivery.drip_bytes = 2;
  delivery.drip_pause = std::chrono::milliseconds(1);
  const RunningServer server(delivering("12345|", delivery));
  SocketClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    CHECK_THAT(client.read_until("|"), EndsWith("Content-Length: 6\r\n\r\n12345|"));
  }
}

TEST_CASE("server: a client that goes away while a body drips harms nobody") {
  http::Delivery delivery;
  delivery.drip_bytes = 1;
  delivery.drip_pause = std::chrono::milliseconds(1);
  const RunningServer server(delivering(std::string(100, 'x') + "|", delivery));
  {
    SocketClient client(server.port());
    client.send(kGet);
    client.read_until("xx");
  }
  SocketClient client(server.port());
  client.send(kGet);
  CHECK_THAT(client.read_until("|"), EndsWith("xx|"));
}

TEST_CASE("server: a raw answer is sent as it is, and the connection ends") {
  http::Delivery delivery;
  delivery.is_raw = true;
  const RunningServer server(delivering("no HTTP at all", delivery));
  SocketClient client(server.port());
  client.send(kGet);
  CHECK(client.read_to_end() == "no HTTP at all");
}

TEST_CASE("server: large bodies arrive whole") {
  const std::string text(std::size_t{5} << 20U, 'x');
  const RunningServer server(delivering(text + "|", {}));
  SocketClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    const auto answer = client.read_until("|");
    CHECK(answer.size() > text.size());
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == text + "|");
  }
}

}  // namespace fgsync::test

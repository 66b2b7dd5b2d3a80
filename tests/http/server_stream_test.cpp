// Answers that come in pieces: how they are sent, and what ends them.
#include <catch2/catch.hpp>

#include "tests/http/server_under_test.hpp"
#include "tests/http/stream_server.hpp"

namespace fgsync::test {
namespace {

namespace asio = boost::asio;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using std::chrono::milliseconds;

constexpr const char* kFollow = "GET /events HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr const char* kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

/// A client that has read the head of a stream.
class Follower {
 public:
  explicit Follower(std::uint16_t port) : client_(std::make_unique<SocketClient>(port)) {
    client_->send(kFollow);
    head_ = client_->read_until("\r\n\r\n");
  }

  [[nodiscard]] const std::string& head() const { return head_; }
  SocketClient& operator*() { return *client_; }
  SocketClient* operator->() { return client_.get(); }
  void hang_up() { client_.reset(); }

 private:
  std::unique_ptr<SocketClient> client_;
  std::string head_;
};

http::ServerOptions with_timeouts(milliseconds time) {
  http::ServerOptions options;
  options.idle_timeout = options.request_timeout = time;
  return options;
}

/// Always has something to say.
class Flood final : public http::BodyStream {
 public:
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;

  explicit Flood(std::shared_ptr<std::atomic<int>> pieces) : pieces_(std::move(pieces)) {}
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;
  ~Flood() override { *pieces_ += kOver; }

  asio::awaitable<std::optional<std::string>> next() override {
    ++*pieces_;
    co_return std::string(kPieceBytes, 'x');
  }

  /// Added when the stream is gone.
  static constexpr int kOver = 1'000'000;

 private:
  std::shared_ptr<std::atomic<int>> pieces_;
};

asio::awaitable<http::Reply> flood(std::shared_ptr<std::atomic<int>> pieces) {
  http::Reply reply;
  reply.response = text_response(200, "");
  reply.stream = std::make_shared<Flood>(std::move(pieces));
  co_return reply;
}

/// Floods who asks for `/flood`, and answers others with "here|".
http::AsyncHandler flooding(const std::shared_ptr<std::atomic<int>>& pieces) {
  return [pieces](const http::Request& request) -> asio::awaitable<http::Reply> {
    if (request.target == "/flood") return flood(pieces);
    return answer_with(nullptr, "/x");
  };
}

}  // namespace

TEST_CASE("stream: each piece arrives as it comes, and the end after them") {
  RunningStreamServer server;
  Follower client(server.port());
  CHECK_THAT(client.head(), StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  CHECK_THAT(client.head(), Contains("Connection: close\r\n") && Contains("Transfer-Encoding: chunked\r\n"));
  CHECK_THAT(client.head(), !Contains("Content-Length"));
  server.tap->say("first");
  CHECK(client->read_until("first\r\n") == "5\r\nfirst\r\n");
  server.tap->say(std::string(300, 'x'));
  CHECK(client->read_until("x\r\n") == "12c\r\n" + std::string(300, 'x') + "\r\n");
  server.tap->end();
  CHECK(client->read_to_end() == "0\r\n\r\n");
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("stream: an empty piece is not the end") {
  RunningStreamServer server;
  Follower client(server.port());
  server.tap->say("");
  server.tap->say("more");
  CHECK(client->read_until("more\r\n") == "4\r\nmore\r\n");
}

TEST_CASE("stream: HTTP/1.0 gets the pieces as they are, up to the connection's end") {
  RunningStreamServer server;
  SocketClient client(server.port());
  client.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto head = client.read_until("\r\n\r\n");
  CHECK_THAT(head, StartsWith("HTTP/1.0 200 OK\r\n") && !Contains("chunked") && !Contains("keep-alive"));
  server.tap->say("one");
  CHECK(client.read_until("one") == "one");
  server.tap->say("two");
  server.tap->end();
  CHECK(client.read_to_end() == "two");
}

TEST_CASE("stream: others are answered meanwhile") {
  RunningStreamServer server;
  Follower first(server.port());
  Follower second(server.port());
  SocketClient other(server.port());
  other.send(kGet);
  CHECK_THAT(other.read_until("|"), EndsWith("here|"));
}

TEST_CASE("stream: a hang-up ends a stream that waits") {
  RunningStreamServer server;
  Follower client(server.port());
  CHECK(server.tap->soon([&] { return server.tap->asked == 1; }));
  CHECK(server.tap->open == 1);
  client.hang_up();
  CHECK(server.tap->all_gone_soon());
  CHECK(server.tap->asked == 1);
}

TEST_CASE("stream: a client that ends its direction counts as gone") {
  RunningStreamServer server;
  Follower client(server.port());
  client->finish_sending();
  CHECK(client->read_to_end().empty());
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("stream: a client that has hung up before it is answered gets no stream for long") {
  RunningStreamServer server;
  {
    SocketClient client(server.port());
    client.send(kFollow);
  }
  CHECK(server.tap->soon([&] { return server.tap->asked == 1 || server.tap->open == 0; }));
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("stream: what the client says meanwhile is dropped, and much of it ends the stream") {
  RunningStreamServer server;
  Follower client(server.port());
  client->send(kGet);
  server.tap->say("one");
  CHECK(client->read_until("one\r\n") == "3\r\none\r\n");
  client->send(std::string(100'000, 'x'));
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("stream: stopping the server cuts streams off, and nothing is left to do") {
  RunningStreamServer server;
  Follower waiting(server.port());
  Follower other(server.port());
  server.stop();
  CHECK(server.tap->open == 0);
  CHECK(waiting->read_to_end().empty());
  CHECK(other->read_to_end().empty());
}

TEST_CASE("stream: streams that wait when the loop ends are dropped") {
  auto server = std::make_unique<RunningStreamServer>();
  Follower client(server->port());
  const auto counts = server->tap->counts;
  CHECK(Tap::soon([&] { return counts->asked == 1; }));
  server.reset();
  CHECK(counts->open == 0);
  CHECK(client->read_to_end().empty());
}

TEST_CASE("stream: an exception cuts the body off") {
  RunningStreamServer server;
  Follower client(server.port());
  server.tap->say("one");
  server.tap->fail();
  CHECK(client->read_to_end() == "3\r\none\r\n");
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("stream: one that is silent outlives the timeouts of connections") {
  RunningStreamServer server(with_timeouts(milliseconds(100)));
  Follower client(server.port());
  // One that came later is closed meanwhile.
  SocketClient idle(server.port());
  idle.send(kGet);
  CHECK_THAT(idle.read_to_end(), EndsWith("here|"));
  server.tap->say("still here");
  CHECK(client->read_until("here\r\n") == "a\r\nstill here\r\n");
}

TEST_CASE("stream: who does not read is asked for no more, and closed in time") {
  const auto pieces = std::make_shared<std::atomic<int>>(0);
  const RunningServer server(flooding(pieces), with_timeouts(milliseconds(200)));
  SocketClient client(server.port());
  client.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (*pieces < Flood::kOver && std::chrono::steady_clock::now() < latest) client.let_it_arrive();
  REQUIRE(*pieces > Flood::kOver);
  // The kernel's buffers of both ends, and one piece.
  CHECK(static_cast<std::size_t>(*pieces - Flood::kOver) * Flood::kPieceBytes < std::size_t{16} << 20U);
}

TEST_CASE("stream: one that always has something to say leaves others their turn") {
  const auto pieces = std::make_shared<std::atomic<int>>(0);
  const RunningServer server(flooding(pieces));
  std::atomic<bool> is_enough{false};
  std::thread reader([&] {
    SocketClient client(server.port());
    client.send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n");
    while (!is_enough) client.read_until("x\r\n");
  });
  for (int i = 0; i < 20; ++i) {
    SocketClient other(server.port());
    other.send(kGet);
    CHECK_THAT(other.read_until("|"), EndsWith("here|"));
  }
  is_enough = true;
  reader.join();
}

TEST_CASE("stream: a hang-up and a piece at the same time, in either order") {
  enum class Last { hang_up, piece, end, failure };
  for (const Last last : {Last::hang_up, Last::piece, Last::end, Last::failure}) {
    StreamServer server;
    const auto tap = server.tap;
    std::optional<SocketClient> client(server.port());
    client->send(kFollow);
    while (tap->asked == 0) server.loop.run_one();
    // The loop stands still, so that it finds both when it goes on.
    if (last != Last::hang_up) client.reset();
    if (last == Last::hang_up || last == Last::piece) tap->say("piece");
    if (last == Last::end) tap->end();
    if (last == Last::failure) tap->fail();
    client.reset();
    for (int turns = 0; tap->open > 0 && turns < 1000; ++turns) server.loop.run_one();
    CHECK(tap->open == 0);
    CHECK(tap->asked <= 2);
    server.server->stop();
    server.loop.run();
  }
}

TEST_CASE("stream: a hang-up or a stop at any step of the loop") {
  for (const bool is_stop : {false, true}) {
    for (int steps = 0; steps < 20; ++steps) {
      StreamServer server;
      const auto tap = server.tap;
      std::optional<SocketClient> client(server.port());
      client->send(kFollow);
      tap->say("one");
      tap->say("two");
      for (int i = 0; i < steps; ++i) server.loop.poll_one();
      if (is_stop) server.server->stop();
      if (!is_stop) client.reset();
      for (int turns = 0; (turns < 30 || tap->open > 0) && turns < 1000; ++turns) server.loop.poll_one();
      CHECK(tap->open == 0);
      server.server->stop();
      server.loop.run();
    }
  }
}

}  // namespace fgsync::test

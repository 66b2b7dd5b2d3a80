// Following answers that come in pieces, with the client and the server of this program, and with bad servers.
#include "http/streaming_client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

#include "tests/http/client_under_test.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/http/server_under_test.hpp"
#include "tests/http/stream_server.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::test {
namespace {

namespace asio = boost::asio;
using Catch::Matchers::EndsWith;
using http::Following;
using std::chrono::milliseconds;

http::Following go_on(std::string_view) {
  return Following::go_on;
}

/// A client on a loop of its own.
class FollowingClient {
 public:
  explicit FollowingClient(http::Endpoint endpoint, http::ClientOptions options = {}) {
    auto made = http::make_beast_streaming_client(loop_.get_executor(), std::move(endpoint), std::move(options));
    REQUIRE(made);
    client_ = std::move(*made);
  }

  Result<http::Response> follow(http::OnPiece on_piece, std::string target = "/events",
                                milliseconds silence = std::chrono::seconds(10)) {
    const http::StreamLimits limits{clock_.in(head_within), silence};
    loop_.restart();
    return run(loop_, client_->follow(get(std::move(target)), limits, std::move(on_piece)));
  }
  /// The same, and what was told.
  std::pair<Result<http::Response>, std::string> listen(milliseconds silence = std::chrono::seconds(10)) {
    std::string told;
    auto answer = follow(
        [&told](std::string_view piece) {
          CHECK_FALSE(piece.empty());
          told += piece;
          return Following::go_on;
        },
        "/events", silence);
    return {std::move(answer), told};
  }

  milliseconds head_within = std::chrono::seconds(10);

 private:
  SystemClock clock_;
  asio::io_context loop_;
  std::unique_ptr<http::StreamingClient> client_;
};

constexpr const char* kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A server whose every answer is this, and then the end of the connection.
std::pair<Result<http::Response>, std::string> hear(const std::string& answer) {
  const RawServer server({sending(answer)});
  return FollowingClient(clear_endpoint(server.port())).listen();
}

/// Answers each piece with the next, so that one comes only when the one before has been told.
void follow_piece_by_piece(RunningStreamServer& server, FollowingClient& client) {
  std::vector<std::string> told;
  server.tap->say("1");
  const auto answer = client.follow([&](std::string_view piece) {
    told.emplace_back(piece);
    if (told.size() < 5) server.tap->say(std::to_string(told.size() + 1));
    if (told.size() == 5) server.tap->end();
    return Following::go_on;
  });
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(http::find_header(answer->headers, "Content-Type") == "text/event-stream");
  CHECK(answer->body.empty());
  CHECK(told == std::vector<std::string>{"1", "2", "3", "4", "5"});
  CHECK(server.tap->all_gone_soon());
}

/// A server's certificate as files.
class CertifiedServer {
 public:
  explicit CertifiedServer(const Authority& authority) {
    const Identity identity = authority.server();
    directory_.write("cert.pem", identity.certificate_pem());
    directory_.write("key.pem", identity.key_pem());
  }

  [[nodiscard]] http::ServerOptions options() const {
    http::ServerOptions options;
    auto loaded = http::load_server_tls(directory_ / "cert.pem", directory_ / "key.pem");
    REQUIRE(loaded);
    options.tls = std::move(*loaded);
    return options;
  }

 private:
  TempDirectory directory_;
};

}  // namespace

TEST_CASE("following: pieces are told as they come") {
  RunningStreamServer server;
  FollowingClient client(clear_endpoint(server.port()));
  follow_piece_by_piece(server, client);
  follow_piece_by_piece(server, client);
}

TEST_CASE("following: over a Unix socket") {
  const TempDirectory directory;
  http::ServerOptions options;
  options.unix_path = directory / "s";
  RunningStreamServer server(options);
  FollowingClient client(http::unix_endpoint(directory / "s"));
  follow_piece_by_piece(server, client);
}

TEST_CASE("following: over TLS, and a hang-up there") {
  const Authority authority;
  const CertifiedServer certified(authority);
  RunningStreamServer server(certified.options());
  FollowingClient client(tls_endpoint(server.port()), authority.trusting());
  follow_piece_by_piece(server, client);
  server.tap->say("x");
  CHECK(client.follow([](std::string_view) { return Following::stop; }));
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("following: over TLS, the server stops") {
  const Authority authority;
  const CertifiedServer certified(authority);
  RunningStreamServer server(certified.options());
  FollowingClient client(tls_endpoint(server.port()), authority.trusting());
  server.tap->say("x");
  const auto answer = client.follow([&](std::string_view) {
    server.stop();
    return Following::go_on;
  });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::corrupt);
  CHECK(server.tap->open == 0);
}

TEST_CASE("following: who wants no more hangs up") {
  RunningStreamServer server;
  FollowingClient client(clear_endpoint(server.port()));
  server.tap->say("one");
  const auto answer = client.follow([](std::string_view) { return Following::stop; });
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.empty());
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("following: another status is no stream, its answer comes whole") {
  const RunningStreamServer server;
  FollowingClient client(clear_endpoint(server.port()));
  const auto answer = client.follow(
      [](std::string_view) {
        FAIL("told");
        return Following::stop;
      },
      "/refused");
  REQUIRE(answer);
  CHECK(answer->status == 403);
  CHECK(answer->body == "not you");
}

TEST_CASE("following: a body with a length is told as well") {
  const auto [answer, told] = hear("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12345");
  REQUIRE(answer);
  CHECK(told == "12345");
}

TEST_CASE("following: a body without length or chunks ends with the connection") {
  const auto [answer, told] = hear("HTTP/1.1 200 OK\r\n\r\n12345");
  REQUIRE(answer);
  CHECK(told == "12345");
}

TEST_CASE("following: a body that is cut off is an error after what came of it") {
  const auto [answer, told] = hear(std::string(kChunkedHead) + "5\r\n12345\r\n");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::corrupt);
  CHECK_THAT(answer.error().message, EndsWith(" was cut off"));
  CHECK(told == "12345");
}

TEST_CASE("following: there is no limit on all pieces together") {
  RunningStreamServer server;
  http::ClientOptions options;
  options.max_body_bytes = 10;
  int told = 0;
  server.tap->say("12345");
  const auto answer = FollowingClient(clear_endpoint(server.port()), options).follow([&](std::string_view) {
    if (++told < 100) server.tap->say("12345");
    if (told == 100) server.tap->end();
    return Following::go_on;
  });
  CHECK(answer);
  CHECK(told == 100);
}

TEST_CASE("following: a refusal that is too large is an error") {
  http::ClientOptions options;
  options.max_body_bytes = 10;
  for (const std::string& answer : {std::string("HTTP/1.1 500 x\r\nContent-Length: 11\r\n\r\n12345678901"),
                                    std::string("HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                "8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n")}) {
    const RawServer server({sending(answer)});
    const auto heard = FollowingClient(clear_endpoint(server.port()), options).follow(go_on);
    REQUIRE_FALSE(heard);
    CHECK_THAT(heard.error().message, EndsWith(" is too large"));
  }
}

TEST_CASE("following: silence ends it, and a piece puts that off") {
  RunningStreamServer server;
  FollowingClient client(clear_endpoint(server.port()));
  client.head_within = std::chrono::seconds(10);
  server.tap->say("one");
  const auto began = std::chrono::steady_clock::now();
  const auto [answer, told] = client.listen(milliseconds(200));
  CHECK(std::chrono::steady_clock::now() - began >= milliseconds(200));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  CHECK_THAT(answer.error().message, EndsWith(" has gone silent: it gave no sign of life in time"));
  CHECK(told == "one");
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("following: signs of life keep it going for longer than any one silence, and than the head's deadline") {
  const RawServer server({[](Peer& peer) {
    peer.read_request();
    peer.send(kChunkedHead);
    for (int i = 0; i < 12; ++i) {
      std::this_thread::sleep_for(milliseconds(50));
      peer.send("1\r\n:\r\n");
    }
    peer.send("0\r\n\r\n");
  }});
  FollowingClient client(clear_endpoint(server.port()));
  client.head_within = milliseconds(400);
  const auto [answer, told] = client.listen(milliseconds(400));
  CHECK(answer);
  CHECK(told == "::::::::::::");
}

TEST_CASE("following: no head within the deadline") {
  const RawServer server({[](Peer& peer) { peer.wait_for_close(); }});
  FollowingClient client(clear_endpoint(server.port()));
  client.head_within = milliseconds(100);
  const auto answer = client.follow(go_on);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  CHECK_THAT(answer.error().message, EndsWith(" did not answer within the deadline"));
}

TEST_CASE("following: cancelling hangs up") {
  RunningStreamServer server;
  asio::io_context loop;
  asio::cancellation_signal cancelling;
  auto client = http::make_beast_streaming_client(loop.get_executor(), clear_endpoint(server.port()), {});
  REQUIRE(client);
  server.tap->say("one");
  const SystemClock clock;
  http::OnPiece cancel_then = [&](std::string_view) {
    asio::post(loop, [&] { cancelling.emit(asio::cancellation_type::terminal); });
    return Following::go_on;
  };
  const http::StreamLimits limits{clock.in(std::chrono::seconds(10)), std::chrono::seconds(10)};
  std::optional<ErrorKind> kind;
  auto following = [&]() -> asio::awaitable<void> {
    auto request = get("/events");
    const auto answer = co_await (*client)->follow(std::move(request), limits, cancel_then);
    if (!answer) kind = answer.error().kind;
  };
  asio::co_spawn(loop, following(), asio::bind_cancellation_slot(cancelling.slot(), [](std::exception_ptr) {}));
  loop.run();
  CHECK(kind == ErrorKind::cancelled);
  CHECK(server.tap->all_gone_soon());
}

TEST_CASE("following: nobody is there") {
  const TempDirectory directory;
  const auto answer = FollowingClient(http::unix_endpoint(directory / "s")).follow(go_on);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::transient);
  CHECK_FALSE(answer.error().remote->request_sent);
}

}  // namespace fgsync::test

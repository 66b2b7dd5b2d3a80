// Ctrl-C ends an exchange at once, wherever it is.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "tests/http/client_under_test.hpp"
#include "tests/http/name_server.hpp"
#include "tests/http/ports.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using test::Authority;
using test::ClientUnderTest;
using test::Peer;
using test::RawServer;

/// A client that is made after the server that is to cancel it.
class LateClient {
 public:
  void make(Endpoint endpoint, ClientOptions options = {}) { client_.emplace(std::move(endpoint), std::move(options)); }
  void cancel() { client_->cancel(); }

  /// What a cancelled request ends with, long before its deadline.
  Error failure_of(Request request) {
    const auto answer = client_->send(std::move(request), std::chrono::minutes(1));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::cancelled);
    REQUIRE(answer.error().remote);
    return answer.error();
  }

 private:
  std::optional<ClientUnderTest> client_;
};

void check_not_sent(const Error& error) {
  CHECK_FALSE(error.remote->request_sent);
  CHECK_THAT(error.message, Catch::StartsWith("stopped while connecting to "));
}

void check_sent(const Error& error) {
  CHECK(error.remote->request_sent);
  CHECK_THAT(error.message, Catch::StartsWith("stopped while talking to "));
}

/// Cancels when somebody connects and, unless it is about TLS, has said what it wants.
RawServer::Script cancelling(LateClient& client) {
  return [&client](Peer& peer) {
    peer.read_head();
    client.cancel();
    peer.wait_for_close();
  };
}

TEST_CASE("cancellation: while a name is looked up") {
  LateClient client;
  const test::NameServer names([&client](const std::string&) {
    client.cancel();
    return std::nullopt;
  });
  ClientOptions options;
  options.name_servers = names.address();
  client.make({Endpoint::Scheme::http, "functiongraph.test", 80, ""}, options);
  check_not_sent(client.failure_of(test::post("{}")));
}

TEST_CASE("cancellation: while connecting") {
  const test::SilentPort silent("127.0.0.1");
  LateClient client;
  client.make(test::clear_endpoint(silent.port()));
  client.cancel();  // which the loop comes to when the request has begun
  check_not_sent(client.failure_of(test::post("{}")));
}

TEST_CASE("cancellation: while the proxy is asked") {
  LateClient client;
  const RawServer proxy({cancelling(client)});
  ClientOptions options;
  options.proxy = Proxy();
  options.proxy->host = "127.0.0.1";
  options.proxy->port = proxy.port();
  client.make({Endpoint::Scheme::https, "functiongraph.test", 443, ""}, options);
  check_not_sent(client.failure_of(test::post("{}")));
}

TEST_CASE("cancellation: during the TLS handshake") {
  LateClient client;
  const RawServer server({[&client](Peer& peer) {
    client.cancel();
    peer.wait_for_close();
  }});
  client.make(test::tls_endpoint(server.port()));
  check_not_sent(client.failure_of(test::post("{}")));
}

TEST_CASE("cancellation: while waiting for the answer") {
  LateClient client;
  const RawServer server({cancelling(client)});
  client.make(test::clear_endpoint(server.port()));
  check_sent(client.failure_of(test::post("{}")));
}

TEST_CASE("cancellation: while a large request is sent") {
  LateClient client;
  std::promise<void> is_over;
  const RawServer server({[&](Peer& peer) {
    peer.read_head();
    client.cancel();
    is_over.get_future().wait();
  }});
  client.make(test::clear_endpoint(server.port()));
  const auto error = client.failure_of(test::post(std::string(std::size_t{64} << 20U, 'x')));
  is_over.set_value();
  check_sent(error);
}

/// A body whose reading waits for something.
class WaitingBody final : public StreamedBody {
 public:
  explicit WaitingBody(std::function<void()> wait) : wait_(std::move(wait)) {}
  [[nodiscard]] std::uint64_t size() const override { return 1000; }
  [[nodiscard]] std::unique_ptr<BodyReader> open() const override { return std::make_unique<Reader>(wait_); }

 private:
  struct Reader final : BodyReader {
    explicit Reader(std::function<void()> its_wait) : wait(std::move(its_wait)) {}
    Result<std::size_t> read(std::span<char> into) override {
      wait();
      return into.size();
    }
    std::function<void()> wait;
  };
  std::function<void()> wait_;
};

TEST_CASE("cancellation: while waiting for a part of the body") {
  LateClient client;
  WorkerPool pool(1);
  std::promise<void> is_over;
  auto over = is_over.get_future().share();
  const RawServer server({[&](Peer& peer) {
    peer.read_head();
    client.cancel();
    peer.wait_for_close();  // only then the part gets finished
    is_over.set_value();
  }});
  ClientOptions options;
  options.pool = &pool;
  client.make(test::clear_endpoint(server.port()), options);
  Request request = test::post("");
  request.stream = std::make_shared<WaitingBody>([over] { over.wait(); });
  check_sent(client.failure_of(request));
}

TEST_CASE("cancellation: the client goes on after it") {
  LateClient client;
  const RawServer server({cancelling(client), cancelling(client)});
  client.make(test::clear_endpoint(server.port()));
  check_sent(client.failure_of(test::post("{}")));
  check_sent(client.failure_of(test::post("{}")));
  CHECK(server.connections() == 2);
}

boost::asio::awaitable<void> note_the_end(boost::asio::awaitable<Result<Response>> exchange, bool& has_ended) {
  const auto answer = co_await std::move(exchange);
  has_ended = true;
}

/// Begins a request, runs the loop until somebody stops it, and takes away first the client and then the loop.
void abandon(std::unique_ptr<boost::asio::io_context> loop, Endpoint endpoint, ClientOptions options) {
  auto client = make_beast_client(loop->get_executor(), std::move(endpoint), std::move(options));
  REQUIRE(client);
  const SystemClock clock;
  bool has_ended = false;
  auto exchange = (*client)->send(test::post("{}"), clock.in(std::chrono::minutes(1)));
  boost::asio::co_spawn(*loop, note_the_end(std::move(exchange), has_ended), [](const std::exception_ptr&) {});
  loop->run();
  client->reset();
  loop.reset();
  CHECK_FALSE(has_ended);
}

TEST_CASE("cancellation: a loop that goes during an exchange leaves nothing behind") {
  const Authority authority;
  auto loop = std::make_unique<boost::asio::io_context>();
  const RawServer server({[&context = *loop](Peer& peer) {
                           peer.read_head();
                           context.stop();
                           peer.wait_for_close();
                         }},
                         authority.server());
  abandon(std::move(loop), test::tls_endpoint(server.port()), authority.trusting());
}

TEST_CASE("cancellation: a loop that goes while connecting leaves nothing behind") {
  const test::SilentPort silent("127.0.0.1");
  auto loop = std::make_unique<boost::asio::io_context>();
  boost::asio::post(*loop, [&context = *loop] { boost::asio::post(context, [&context] { context.stop(); }); });
  abandon(std::move(loop), test::clear_endpoint(silent.port()), {});
}

TEST_CASE("cancellation: a loop that goes while a name is looked up leaves nothing behind") {
  auto loop = std::make_unique<boost::asio::io_context>();
  // It is asked twice, for IPv4 and IPv6; the loop may be gone by the second time.
  const test::NameServer names([context = loop.get()](const std::string&) mutable {
    if (auto* running = std::exchange(context, nullptr)) running->stop();
    return std::nullopt;
  });
  ClientOptions options;
  options.name_servers = names.address();
  abandon(std::move(loop), {Endpoint::Scheme::http, "functiongraph.test", 80, ""}, options);
}

}  // namespace
}  // namespace fgsync::http

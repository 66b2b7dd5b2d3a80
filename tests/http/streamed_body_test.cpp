// Bodies that are made while they are sent.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "http/client.hpp"
#include "tests/http/client_under_test.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using std::chrono::milliseconds;
using test::answering;
using test::Authority;
using test::ClientUnderTest;
using test::ok;
using test::Peer;
using test::RawServer;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;

/// The byte at this place of every body here.
char byte_at(std::uint64_t offset) {
  return static_cast<char>('a' + offset % 23);
}

/// A body that says how much of it was read, and by whom.
class CountedBody final : public StreamedBody {
 public:
  /// What a reading at this offset does instead; nothing: what it should.
  using Mishap = std::function<std::optional<Result<std::size_t>>(std::uint64_t offset)>;

  explicit CountedBody(std::uint64_t size, Mishap mishap = {}) : size_(size), mishap_(std::move(mishap)) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::unique_ptr<BodyReader> open() const override { return std::make_unique<Reader>(*this); }

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] bool was_read_here() const { return was_read_here_; }

 private:
  class Reader final : public BodyReader {
   public:
    explicit Reader(const CountedBody& body) : body_(body) {}

    Result<std::size_t> read(std::span<char> into) override {
      if (std::this_thread::get_id() == body_.owner_) body_.was_read_here_ = true;
      if (body_.mishap_) {
        if (auto instead = body_.mishap_(offset_)) return std::move(*instead);
      }
      constexpr std::uint64_t kAtOnce = 50'000;  // in pieces that fit into nothing
      const auto size = std::min({static_cast<std::uint64_t>(into.size()), body_.size_ - offset_, kAtOnce});
      for (std::uint64_t i = 0; i < size; ++i) into[i] = byte_at(offset_ + i);
      offset_ += size;
      body_.bytes_read_ += size;
      return size;
    }

   private:
    const CountedBody& body_;
    std::uint64_t offset_ = 0;
  };

  std::uint64_t size_;
  Mishap mishap_;
  std::thread::id owner_ = std::this_thread::get_id();
  mutable std::atomic<std::uint64_t> bytes_read_{0};
  mutable std::atomic<bool> was_read_here_{false};
};

Request put(std::shared_ptr<const StreamedBody> body) {
  Request request;
  request.method = Method::put;
  request.target = "/code";
  request.stream = std::move(body);
  return request;
}

ClientOptions with_pool(WorkerPool& pool, ClientOptions options = {}) {
  options.pool = &pool;
  return options;
}

std::string whole_body(std::uint64_t size) {
  std::string body(size, '\0');
  for (std::uint64_t i = 0; i < size; ++i) body[i] = byte_at(i);
  return body;
}

/// Keeps the request that it answers.
RawServer::Script keeping(std::string& request) {
  return [&request](Peer& peer) {
    request = peer.read_request();
    peer.send(ok("taken"));
    peer.wait_for_close();
  };
}

TEST_CASE("streamed body: arrives whole, with its exact length, made off the loop") {
  WorkerPool pool(2);
  for (const std::uint64_t size : {std::uint64_t{1}, kMiB / 4 - 1, kMiB / 4, kMiB / 4 + 1, 3 * kMiB + 17}) {
    INFO(size);
    std::string request;
    const auto body = std::make_shared<CountedBody>(size);
    {
      const RawServer server({keeping(request)});
      ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
      const auto answer = client.send(put(body));
      REQUIRE(answer);
      CHECK(answer->body == "taken");
    }
    CHECK_THAT(request, Catch::Contains("\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n"));
    CHECK(request.substr(request.find("\r\n\r\n") + 4) == whole_body(size));
    CHECK_FALSE(body->was_read_here());
  }
}

TEST_CASE("streamed body: of nothing") {
  WorkerPool pool(1);
  std::string request;
  {
    const RawServer server({keeping(request)});
    ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
    CHECK(client.send(put(std::make_shared<CountedBody>(0))));
  }
  CHECK_THAT(request, Catch::EndsWith("\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("streamed body: without a pool it is made on the loop") {
  std::string request;
  const auto body = std::make_shared<CountedBody>(kMiB);
  {
    const RawServer server({keeping(request)});
    ClientUnderTest client(test::clear_endpoint(server.port()));
    REQUIRE(client.send(put(body)));
  }
  CHECK(request.substr(request.find("\r\n\r\n") + 4) == whole_body(kMiB));
  CHECK(body->was_read_here());
}

TEST_CASE("streamed body: over TLS, with session tickets coming meanwhile") {
  const Authority authority;
  WorkerPool pool(2);
  std::string request;
  {
    const RawServer server({keeping(request)}, authority.server());
    ClientUnderTest client(test::tls_endpoint(server.port()), with_pool(pool, authority.trusting()));
    REQUIRE(client.send(put(std::make_shared<CountedBody>(3 * kMiB))));
  }
  CHECK(request.substr(request.find("\r\n\r\n") + 4) == whole_body(3 * kMiB));
}

TEST_CASE("streamed body: the connection carries the next request") {
  WorkerPool pool(2);
  const RawServer server({answering({ok("1"), ok("2")})});
  ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
  REQUIRE(client.send(put(std::make_shared<CountedBody>(kMiB))));
  REQUIRE(client.send(put(std::make_shared<CountedBody>(kMiB))));
  CHECK(server.connections() == 1);
}

/// How many bytes of a request had been taken, by the message of its failure.
std::uint64_t bytes_taken(const Error& error) {
  const std::string before = " took only ";
  const auto at = error.message.find(before);
  REQUIRE(at != std::string::npos);
  return std::stoull(error.message.substr(at + before.size()));
}

TEST_CASE("streamed body: to a server that stops reading, no more than two chunks are made ahead") {
  WorkerPool pool(2);
  std::promise<void> is_over;
  const RawServer server({[&is_over](Peer& peer) {
    peer.read_head();
    is_over.get_future().wait();
  }});
  const auto body = std::make_shared<CountedBody>(256 * kMiB);
  ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
  const auto answer = client.send(put(body), milliseconds(300));
  is_over.set_value();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  CHECK_THAT(answer.error().message, Catch::EndsWith("bytes of the request within the deadline"));
  CHECK(answer.error().remote->request_sent);
  CHECK(body->bytes_read() <= bytes_taken(answer.error()) + kMiB / 2);
}

/// Sends a body of 1 MiB with a mishap. The server must see the connection end before the body has.
Error failure_of(CountedBody::Mishap mishap) {
  WorkerPool pool(1);
  std::string received = "not ended";
  std::optional<Error> error;
  {
    const RawServer server({[&received](Peer& peer) { received = peer.read_request(); }});
    ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
    const auto answer = client.send(put(std::make_shared<CountedBody>(kMiB, std::move(mishap))));
    REQUIRE_FALSE(answer);
    error = answer.error();
    server.wait_until_closed(1);
  }
  CHECK(received.empty());
  REQUIRE(error->remote);
  CHECK(error->remote->request_sent);
  return *error;
}

TEST_CASE("streamed body: a reader's failure ends the exchange with its own words") {
  for (const std::uint64_t where : {std::uint64_t{0}, std::uint64_t{500'000}, kMiB}) {
    INFO(where);
    const Error error = failure_of([where](std::uint64_t offset) -> std::optional<Result<std::size_t>> {
      if (offset < where) return std::nullopt;
      return fail(ErrorKind::invalid, "cannot read code.zip: it has gone");
    });
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.message == "cannot read code.zip: it has gone");
  }
}

TEST_CASE("streamed body: one that ends too early is not taken for whole") {
  const Error error = failure_of([](std::uint64_t offset) -> std::optional<Result<std::size_t>> {
    if (offset < 3 * kMiB / 4) return std::nullopt;
    return 0;
  });
  CHECK(error.kind == ErrorKind::internal);
  CHECK(error.message == "the request's body is 262144 bytes too short");
}

TEST_CASE("streamed body: one that goes on behind its end is not taken for whole") {
  const Error error = failure_of([](std::uint64_t offset) -> std::optional<Result<std::size_t>> {
    if (offset < kMiB) return std::nullopt;
    return 1;
  });
  CHECK(error.kind == ErrorKind::internal);
  CHECK(error.message == "the request's body is longer than 1048576 bytes");
}

TEST_CASE("streamed body: a reader that throws fails like one that says so") {
  const Error error = failure_of([](std::uint64_t) -> std::optional<Result<std::size_t>> { throw std::bad_alloc(); });
  CHECK(error.kind == ErrorKind::internal);
  CHECK(error.message == "the request's body cannot be made");
}

constexpr std::string_view kRefused = "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno";

TEST_CASE("streamed body: an early answer is heard, and the rest neither made nor sent") {
  const Authority authority;
  WorkerPool pool(2);
  const auto identity = authority.server();
  const RawServer::Script refusing = [](Peer& peer) {
    peer.read_head();
    peer.send(kRefused);
    peer.wait_for_close();
  };
  const RawServer clear({refusing, answering({ok("next")})});
  const RawServer secure({refusing, answering({ok("next")})}, identity);
  for (const auto& endpoint : {test::clear_endpoint(clear.port()), test::tls_endpoint(secure.port())}) {
    INFO(endpoint.to_string());
    ClientUnderTest client(endpoint, with_pool(pool, authority.trusting()));
    const auto body = std::make_shared<CountedBody>(512 * kMiB);
    const auto answer = client.send(put(body));
    REQUIRE(answer);
    CHECK(answer->status == 401);
    CHECK(answer->body == "no");
    CHECK(body->bytes_read() < 512 * kMiB);
    const auto next = client.send(test::get());
    REQUIRE(next);
    CHECK(next->body == "next");
  }
}

TEST_CASE("streamed body: an early answer is heard while a chunk is still being made") {
  WorkerPool pool(2);
  std::promise<void> is_over;
  auto over = is_over.get_future().share();
  const RawServer server({[&is_over](Peer& peer) {
    peer.read_head();
    peer.send(kRefused);
    peer.wait_for_close();  // only then the chunk gets finished
    is_over.set_value();
  }});
  ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
  const auto answer = client.send(put(std::make_shared<CountedBody>(kMiB, [over](std::uint64_t) {
    over.wait();
    return std::optional<Result<std::size_t>>();
  })));
  REQUIRE(answer);
  CHECK(answer->status == 401);
}

TEST_CASE("streamed body: an announcement stops nothing") {
  WorkerPool pool(2);
  std::string request;
  {
    const RawServer server({[&request](Peer& peer) {
      peer.send("HTTP/1.1 100 Continue\r\n\r\n");
      request = peer.read_request();
      peer.send(ok("taken"));
    }});
    ClientUnderTest client(test::clear_endpoint(server.port()), with_pool(pool));
    const auto answer = client.send(put(std::make_shared<CountedBody>(8 * kMiB)));
    REQUIRE(answer);
    CHECK(answer->body == "taken");
  }
  CHECK(request.size() > 8 * kMiB);
}

}  // namespace
}  // namespace fgsync::http

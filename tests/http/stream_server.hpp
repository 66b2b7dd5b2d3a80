#pragma once

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "http/server.hpp"

namespace fgsync::test {

/// What all streams of a test say, and what became of them. The queue belongs to the loop.
class Tap {
 public:
  explicit Tap(boost::asio::any_io_executor executor)
      : executor_(executor), news_(executor, boost::asio::steady_timer::time_point::max()) {}

  /// From any thread.
  void say(std::string piece) { put(Saying{std::move(piece)}); }
  void end() { put(Saying{}); }
  void fail() { put(Saying{"", true}); }

  /// Waits for it; ten seconds are enough for everything.
  [[nodiscard]] static bool soon(const std::function<bool()>& holds) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > latest) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  [[nodiscard]] bool all_gone_soon() const {
    return soon([this] { return open == 0; });
  }

  [[nodiscard]] boost::asio::awaitable<std::optional<std::string>> next() {
    ++asked;
    while (sayings_.empty()) co_await news_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    const Saying saying = std::move(sayings_.front());
    sayings_.pop_front();
    if (saying.is_failure) throw std::runtime_error("no more");
    co_return saying.piece;
  }

  /// May be looked at when the loop has gone.
  struct Counts {
    std::atomic<int> open{0};
    std::atomic<int> asked{0};
  };
  const std::shared_ptr<Counts> counts = std::make_shared<Counts>();
  std::atomic<int>& open = counts->open;
  std::atomic<int>& asked = counts->asked;

 private:
  struct Saying {
    std::optional<std::string> piece = {};
    bool is_failure = false;
  };

  void put(Saying saying) {
    boost::asio::post(executor_, [this, saying = std::move(saying)] {
      sayings_.push_back(saying);
      news_.cancel();
    });
  }

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer news_;
  std::deque<Saying> sayings_;
};

class TappedStream final : public http::BodyStream {
 public:
  explicit TappedStream(std::shared_ptr<Tap> tap) : tap_(std::move(tap)) { ++tap_->open; }
  TappedStream(const TappedStream&) = delete;
  TappedStream& operator=(const TappedStream&) = delete;
  ~TappedStream() override { --tap_->open; }

  boost::asio::awaitable<std::optional<std::string>> next() override { return tap_->next(); }

 private:
  std::shared_ptr<Tap> tap_;
};

/// Answers a request for `/events` with a stream, `/refused` with 403, and others with "here|".
inline boost::asio::awaitable<http::Reply> answer_with(std::shared_ptr<Tap> tap, std::string target) {
  http::Reply reply;
  reply.response.emplace();
  reply.response->status = target == "/refused" ? 403 : 200;
  reply.response->body = target == "/refused" ? "not you" : "here|";
  if (target == "/events") {
    reply.response->headers.emplace_back("Content-Type", "text/event-stream");
    reply.stream = std::make_shared<TappedStream>(std::move(tap));
  }
  co_return reply;
}

/// A server of streams, on a loop that the test turns.
struct StreamServer {
  explicit StreamServer(http::ServerOptions options = {}) : tap(std::make_shared<Tap>(loop.get_executor())) {
    http::AsyncHandler handler = [source = tap](const http::Request& request) {
      return answer_with(source, request.target);
    };
    auto started = http::start_beast_server(loop.get_executor(), std::move(options), std::move(handler));
    REQUIRE(started);
    server = std::move(*started);
  }
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;
  ~StreamServer() = default;

  [[nodiscard]] std::uint16_t port() const { return server->port(); }

  boost::asio::io_context loop;
  std::shared_ptr<Tap> tap;
  std::unique_ptr<http::HttpServer> server;
};

/// The same on a thread of its own.
struct RunningStreamServer : StreamServer {
  explicit RunningStreamServer(http::ServerOptions options = {}) : StreamServer(std::move(options)) {
    thread_ = std::thread([this] { loop.run(); });
  }
  RunningStreamServer(const RunningStreamServer&) = delete;
  RunningStreamServer& operator=(const RunningStreamServer&) = delete;
  ~RunningStreamServer() {
    loop.stop();
    if (thread_.joinable()) thread_.join();
  }

  /// Stops the server and waits until its loop has nothing left to do.
  void stop() {
    boost::asio::post(loop, [this] { server->stop(); });
    thread_.join();
  }

 private:
  std::thread thread_;
};

}  // namespace fgsync::test

#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/authentication.hpp"

/// Doubles with which a test decides in which order things happen: nothing goes on before it is told to.
namespace fgsync::test {

/// A value that somebody waits for until the test gives it.
template <class T>
class Awaited {
 public:
  explicit Awaited(boost::asio::io_context& loop) : signal_(loop, boost::asio::steady_timer::time_point::max()) {}

  void give(T value) {
    value_ = std::move(value);
    signal_.expires_at(boost::asio::steady_timer::time_point::min());
  }
  /// Throws when it is cancelled.
  boost::asio::awaitable<T> wait() {
    boost::system::error_code ended;
    co_await signal_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
    if (!value_) throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_return *value_;
  }

 private:
  std::optional<T> value_;
  boost::asio::steady_timer signal_;
};

/// A clock that stands still while others sleep on it, until the test moves it.
class PatientClock final : public Clock {
 public:
  explicit PatientClock(boost::asio::io_context& loop) : loop_(loop) {}

  [[nodiscard]] std::chrono::steady_clock::time_point now() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(24)) + elapsed_;
  }
  /// Starts at 2026-01-01T00:00:00Z.
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'767'225'600)) + elapsed_;
  }
  boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point when) override {
    auto sleep = std::make_shared<Awaited<bool>>(loop_);
    sleeps_.emplace_back(when, sleep);
    co_await sleep->wait();
  }

  void advance(std::chrono::milliseconds by) {
    elapsed_ += by;
    for (auto& [when, sleep] : sleeps_) {
      if (when <= now()) sleep->give(true);
    }
  }

 private:
  boost::asio::io_context& loop_;
  std::chrono::milliseconds elapsed_{};
  std::vector<std::pair<std::chrono::steady_clock::time_point, std::shared_ptr<Awaited<bool>>>> sleeps_;
};

/// A source that fetches when the test says what.
class FakeSource final : public functiongraph::CredentialSource {
 public:
  enum class Kind { fixed, renewable };

  FakeSource(boost::asio::io_context& loop, Kind kind) : loop_(loop), kind_(kind) {}

  boost::asio::awaitable<Result<functiongraph::Credential>> fetch(Deadline deadline) override {
    deadlines.push_back(deadline);
    if (!ready.empty()) {
      auto next = std::move(ready.front());
      ready.pop_front();
      co_return next;
    }
    fetches_.emplace_back(loop_);
    co_return co_await fetches_.back().wait();
  }
  [[nodiscard]] bool is_renewable() const override { return kind_ == Kind::renewable; }
  [[nodiscard]] std::string description() const override { return "the test's source"; }

  /// Brought without waiting, in order.
  std::deque<Result<functiongraph::Credential>> ready;
  /// Of all fetches so far.
  std::vector<Deadline> deadlines;

  /// For the fetch that began last.
  void bring(Result<functiongraph::Credential> credential) { fetches_.back().give(std::move(credential)); }
  [[nodiscard]] std::size_t count() const { return deadlines.size(); }

 private:
  boost::asio::io_context& loop_;
  Kind kind_;
  std::deque<Awaited<Result<functiongraph::Credential>>> fetches_;
};

/// What stands before the service: answers when the test says what, or at once by `automatic`.
class FakeGateway final : public http::HttpClient {
 public:
  explicit FakeGateway(boost::asio::io_context& loop) : loop_(loop) {}

  std::function<Result<http::Response>(const http::Request&)> automatic;

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline /*deadline*/) override {
    requests_.push_back(std::move(request));
    exchanges_.emplace_back(loop_);
    auto& exchange = exchanges_.back();
    if (automatic) exchange.give(automatic(requests_.back()));
    co_return co_await exchange.wait();
  }

  /// To the request of that number, from 0.
  void answer(std::size_t number, Result<http::Response> response) { exchanges_.at(number).give(std::move(response)); }
  [[nodiscard]] const std::deque<http::Request>& requests() const { return requests_; }
  [[nodiscard]] std::size_t count() const { return requests_.size(); }

 private:
  boost::asio::io_context& loop_;
  std::deque<http::Request> requests_;
  std::deque<Awaited<Result<http::Response>>> exchanges_;
};

/// A call that is under way, and what came of it.
struct Call {
  std::optional<Result<http::Response>> result;
  std::exception_ptr thrown;
  boost::asio::cancellation_signal cancellation;

  [[nodiscard]] bool has_ended() const { return result || thrown; }
  void cancel() { cancellation.emit(boost::asio::cancellation_type::terminal); }
};

/// An authenticated client between the doubles.
class AuthenticationBench {
 public:
  explicit AuthenticationBench(FakeSource::Kind kind = FakeSource::Kind::renewable, Logger log = {}) {
    auto made_source = std::make_unique<FakeSource>(loop, kind);
    source = made_source.get();
    auto made_large = std::make_unique<FakeSource>(loop, kind);
    for_large = made_large.get();
    http::Endpoint endpoint;
    endpoint.host = "functiongraph.example.com";
    client = functiongraph::make_authenticated_client({gateway, endpoint, clock, nullptr, std::move(log)},
                                                      std::move(made_source), std::move(made_large));
  }

  AuthenticationBench(const AuthenticationBench&) = delete;
  AuthenticationBench& operator=(const AuthenticationBench&) = delete;
  ~AuthenticationBench() {
    for (Call& call : calls) {
      if (!call.has_ended()) call.cancel();
    }
    settle();
  }

  /// Starts a call and lets everything happen that can.
  Call& start(http::Request request = {}, std::chrono::milliseconds within = std::chrono::minutes(1)) {
    auto& call = calls.emplace_back();
    auto boxed = [](http::HttpClient& inner, http::Request sent,
                    Deadline deadline) -> boost::asio::awaitable<std::optional<Result<http::Response>>> {
      co_return co_await inner.send(std::move(sent), deadline);
    };
    auto end = [&call](std::exception_ptr thrown, std::optional<Result<http::Response>> result) {
      call.thrown = thrown;
      call.result = std::move(result);
    };
    boost::asio::co_spawn(loop, boxed(*client, std::move(request), clock.in(within)),
                          boost::asio::bind_cancellation_slot(call.cancellation.slot(), end));
    settle();
    return call;
  }
  /// Lets everything happen that can.
  void settle() {
    loop.restart();
    loop.poll();
  }
  void advance(std::chrono::milliseconds by) {
    clock.advance(by);
    settle();
  }

  boost::asio::io_context loop;
  PatientClock clock{loop};
  FakeGateway gateway{loop};
  FakeSource* source = nullptr;
  FakeSource* for_large = nullptr;
  std::unique_ptr<http::HttpClient> client;
  std::deque<Call> calls;
};

inline functiongraph::Credential token(const std::string& text) {
  return functiongraph::Token{Secret(text), std::nullopt};
}
inline functiongraph::Credential token(const std::string& text, std::chrono::system_clock::time_point expires_at) {
  return functiongraph::Token{Secret(text), expires_at};
}
inline functiongraph::Credential signing_key(const std::string& id) {
  return functiongraph::SigningKey{{id, Secret("secret-of-" + id), {}}, std::nullopt};
}

inline http::Response answer(int status, std::string body = "{}") {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}
/// What the gateway answers to wrong credentials.
inline http::Response refusal(const std::string& words = "Incorrect IAM authentication information") {
  return answer(401, R"({"error_msg":")" + words + R"(","error_code":"APIGW.0301","request_id":"8080d3"})");
}

}  // namespace fgsync::test

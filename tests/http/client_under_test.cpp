#include "tests/http/client_under_test.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "base/fan_out.hpp"
#include "tests/support/run.hpp"

namespace fgsync::test {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> keep(asio::awaitable<Result<http::Response>> exchange,
                           std::optional<Result<http::Response>>& answer) {
  answer = co_await std::move(exchange);
}

}  // namespace

http::Endpoint clear_endpoint(std::uint16_t port) {
  return {http::Endpoint::Scheme::http, "127.0.0.1", port, ""};
}

http::Endpoint tls_endpoint(std::uint16_t port) {
  return {http::Endpoint::Scheme::https, "127.0.0.1", port, ""};
}

http::Request get(std::string target) {
  http::Request request;
  request.target = std::move(target);
  return request;
}

http::Request post(std::string body) {
  http::Request request;
  request.method = http::Method::post;
  request.target = "/";
  request.body = std::move(body);
  return request;
}

http::ClientOptions Authority::trusting() const {
  http::ClientOptions options;
  options.ca_file = directory_ / "ca.pem";
  return options;
}

ClientUnderTest::ClientUnderTest(http::Endpoint endpoint, http::ClientOptions options) {
  auto made = http::make_beast_client(loop_.get_executor(), std::move(endpoint), std::move(options));
  REQUIRE(made);
  client_ = std::move(*made);
}

Result<http::Response> ClientUnderTest::send(http::Request request, std::chrono::milliseconds within) {
  std::optional<Result<http::Response>> answer;
  auto on_end = asio::bind_cancellation_slot(cancelling_.slot(), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  asio::co_spawn(loop_, keep(client_->send(std::move(request), clock_.in(within)), answer), std::move(on_end));
  loop_.restart();
  loop_.run();
  REQUIRE(answer);
  return std::move(*answer);
}

void ClientUnderTest::send_in_parallel(std::size_t count) {
  const Deadline deadline = clock_.in(std::chrono::seconds(10));
  auto task = [this, deadline](std::size_t) -> asio::awaitable<void> {
    auto request = get();
    auto answer = co_await client_->send(std::move(request), deadline);
    CHECK(answer.has_value());
  };
  run(loop_, for_each_bounded(count, count, task));
}

void ClientUnderTest::cancel() {
  // Twice, so that what is begun meanwhile comes first.
  asio::post(loop_, [this] { asio::post(loop_, [this] { cancelling_.emit(asio::cancellation_type::terminal); }); });
}

}  // namespace fgsync::test

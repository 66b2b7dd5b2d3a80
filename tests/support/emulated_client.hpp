#pragma once

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "emulator/service.hpp"
#include "http/client.hpp"
#include "tests/support/all_bytes.hpp"
#include "tests/support/exchange_failures.hpp"

namespace fgsync::test {

/// An HttpClient whose server is an emulator::Service in the same process. Gives up the loop before and after the
/// service is asked, so that parallel callers interleave as they would over a network.
///
///     client.before = [](const http::Request&) { return lost(no_connection()); };  // the service never sees it
///     client.after = [](const http::Request&, http::Response) -> Result<http::Response> {
///       return fail(lost_answer());                                                // applied, and nobody knows
///     };
class EmulatedClient final : public http::HttpClient {
 public:
  using Answer = Result<http::Response>;

  EmulatedClient(emulator::Service& service, Clock& clock) : service_(service), clock_(clock) {}

  /// When it answers something, that is the answer, and the service does not see the request.
  std::function<std::optional<Answer>(const http::Request& request)> before;
  /// Makes of the service's answer what the caller gets.
  std::function<Answer(const http::Request& request, http::Response response)> after;

  boost::asio::awaitable<Answer> send(http::Request request, Deadline /*deadline*/) override {
    requests_.push_back(request);
    max_in_flight_ = std::max(max_in_flight_, ++in_flight_);
    auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    auto answer = exchange(request);
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    --in_flight_;
    co_return answer;
  }

  /// All requests so far, those that a hook answered included.
  [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }
  /// `PUT /v2/…/code` for each request that could have changed something.
  [[nodiscard]] std::vector<std::string> mutations() const {
    std::vector<std::string> lines;
    for (const auto& request : requests_) {
      if (request.method == http::Method::get) continue;
      lines.push_back(std::string(http::name_of(request.method)) + " " + request.target);
    }
    return lines;
  }
  void forget_requests() { requests_.clear(); }
  [[nodiscard]] int max_in_flight() const { return max_in_flight_; }

 private:
  Answer exchange(const http::Request& request) {
    if (before) {
      if (auto answer = before(request)) return std::move(*answer);
    }
    auto response = service_.handle(as_received(request), clock_.wall_now());
    if (after) return after(request, std::move(response));
    return response;
  }

  emulator::Service& service_;
  Clock& clock_;
  std::vector<http::Request> requests_;
  int in_flight_ = 0;
  int max_in_flight_ = 0;
};

/// For `EmulatedClient::before`: the exchange fails with this.
inline std::optional<EmulatedClient::Answer> lost(Error error) {
  return EmulatedClient::Answer(fail(std::move(error)));
}
/// For `EmulatedClient::before`: somebody else answers this.
inline std::optional<EmulatedClient::Answer> answered(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return EmulatedClient::Answer(std::move(response));
}

}  // namespace fgsync::test

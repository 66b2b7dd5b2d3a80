#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/client.hpp"

namespace fgsync::test {

/// An HttpClient that gives the answers it was told beforehand, in order, and remembers what it was asked.
class ScriptedClient final : public http::HttpClient {
 public:
  ScriptedClient& answer(int status, std::string body, http::Headers headers = {}) {
    http::Response response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    script_.emplace_back(std::move(response));
    return *this;
  }
  ScriptedClient& failure(Error error) {
    script_.emplace_back(fail(std::move(error)));
    return *this;
  }

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    requests_.push_back(std::move(request));
    deadlines_.push_back(deadline);
    if (script_.empty()) throw std::logic_error("a request more than the script has: " + requests_.back().target);
    auto next = std::move(script_.front());
    script_.pop_front();
    co_return next;
  }

  [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }
  [[nodiscard]] const std::vector<Deadline>& deadlines() const { return deadlines_; }
  [[nodiscard]] bool is_used_up() const { return script_.empty(); }

 private:
  std::deque<Result<http::Response>> script_;
  std::vector<http::Request> requests_;
  std::vector<Deadline> deadlines_;
};

}  // namespace fgsync::test

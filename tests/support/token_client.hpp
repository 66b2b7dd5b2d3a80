#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>

#include "http/client.hpp"

namespace fgsync::test {

/// `inner`, with a token in every request: the least that lets a caller in.
class TokenClient final : public http::HttpClient {
 public:
  TokenClient(http::HttpClient& inner, std::string token) : inner_(inner), token_(std::move(token)) {}

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    request.headers.emplace_back("X-Auth-Token", token_);
    co_return co_await inner_.send(std::move(request), deadline);
  }

 private:
  http::HttpClient& inner_;
  std::string token_;
};

}  // namespace fgsync::test

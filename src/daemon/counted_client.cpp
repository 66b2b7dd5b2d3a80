#include "daemon/counted_client.hpp"

#include <utility>

#include "daemon/operation_names.hpp"

namespace fgsync::daemon {
namespace {

class CountedClient final : public http::HttpClient {
 public:
  CountedClient(http::HttpClient& inner, Clock& clock, CountCall count)
      : inner_(inner), clock_(clock), count_(std::move(count)) {}

  boost::asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    const std::string_view operation = operation_of(request.method, request.target);
    const auto start = clock_.now();
    auto answer = co_await inner_.send(std::move(request), deadline);
    count_(operation, answer ? answer->status : 0, clock_.now() - start);
    co_return answer;
  }

 private:
  http::HttpClient& inner_;
  Clock& clock_;
  CountCall count_;
};

}  // namespace

std::unique_ptr<http::HttpClient> make_counted_client(http::HttpClient& inner, Clock& clock, CountCall count) {
  return std::make_unique<CountedClient>(inner, clock, std::move(count));
}

}  // namespace fgsync::daemon

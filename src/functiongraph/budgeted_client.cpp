#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "functiongraph/budget.hpp"
#include "functiongraph/error_map.hpp"

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;

class BudgetedClient final : public http::HttpClient {
 public:
  BudgetedClient(http::HttpClient& inner, Budget& budget, Priority priority)
      : inner_(inner), budget_(budget), priority_(priority) {}

  asio::awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    const auto body_bytes = static_cast<std::int64_t>(std::min(request.body_size(), most));
    const Deadline latest_start = leave_time_to_send(deadline);
    auto permit = co_await budget_.acquire(priority_, body_bytes, latest_start);
    if (!permit) co_return fail(std::move(permit).error());
    auto answer = co_await inner_.send(std::move(request), deadline);
    // Before the permit is given back, so that nobody starts in between.
    if (answer && answer->status >= 400) watch(*answer);
    co_return answer;
  }

 private:
  /// A permit at the last moment is of no use: the request itself takes time.
  [[nodiscard]] Deadline leave_time_to_send(Deadline deadline) const {
    constexpr std::chrono::steady_clock::duration most = std::chrono::seconds(2);
    return Deadline{deadline.at - std::min(most, (deadline.at - budget_.clock().now()) / 2)};
  }

  void watch(const http::Response& refusal) {
    // Whether it was a mutation makes no difference to throttling: it was not applied.
    const Error error = to_error(refusal, Effect::read, budget_.clock().wall_now());
    if (error.kind == ErrorKind::throttled) budget_.note_throttled(error.remote->retry_after);
  }

  http::HttpClient& inner_;
  Budget& budget_;
  Priority priority_;
};

}  // namespace

std::unique_ptr<http::HttpClient> make_budgeted_client(http::HttpClient& inner, Budget& budget, Priority priority) {
  return std::make_unique<BudgetedClient>(inner, budget, priority);
}

}  // namespace fgsync::functiongraph

#include "functiongraph/turn.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fgsync::functiongraph {
namespace {

namespace asio = boost::asio;
using asio::steady_timer;

}  // namespace

/// A timer that rings when it is told to. Once it has, a wait for it is over before it begins, so none comes too late.
struct Turn::Signal {
  explicit Signal(const asio::any_io_executor& loop) : timer(loop, steady_timer::time_point::max()) {}

  asio::awaitable<void> wait() {
    boost::system::error_code rung;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, rung));
  }

  steady_timer timer;
};

Turn::Turn(const asio::any_io_executor& loop, Deadline ends_by)
    : signal_(std::make_unique<Signal>(loop)), ends_by_(ends_by) {}

Turn::~Turn() = default;

asio::awaitable<void> Turn::wait_for_end(Clock& clock, Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace): for ||
  if (ends_by_.at <= deadline.at) {
    co_await signal_->wait();
  } else {
    co_await (signal_->wait() || clock.sleep_until(deadline.at));
  }
}

void Turn::end() {
  signal_->timer.expires_at(steady_timer::time_point::min());
}

bool Turn::has_ended() const {
  return signal_->timer.expiry() != steady_timer::time_point::max();
}

}  // namespace fgsync::functiongraph

#include "daemon/signal.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <set>

namespace fgsync::daemon {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> until_cancelled(asio::steady_timer& timer) {
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

struct Signal::Waiters {
  std::set<asio::steady_timer*> timers;
};

Signal::Signal() : waiters_(std::make_unique<Waiters>()) {}

Signal::~Signal() = default;

void Signal::raise() {
  is_raised_ = waiters_->timers.empty();
  for (asio::steady_timer* timer : waiters_->timers) timer->expires_at(asio::steady_timer::time_point::min());
}

asio::awaitable<void> Signal::wait(Clock& clock, std::optional<std::chrono::steady_clock::time_point> until) {
  using asio::experimental::awaitable_operators::operator||;
  if (is_raised_) {
    is_raised_ = false;
    co_return;
  }
  asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  /// Out of the set however the wait ends.
  struct Registration {
    std::set<asio::steady_timer*>& timers;
    asio::steady_timer* timer;
    Registration(std::set<asio::steady_timer*>& given, asio::steady_timer* own) : timers(given), timer(own) {
      timers.insert(timer);
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() { timers.erase(timer); }
  };
  const Registration registration(waiters_->timers, &timer);
  if (until) {
    co_await (until_cancelled(timer) || clock.sleep_until(*until));
  } else {
    co_await until_cancelled(timer);
  }
}

}  // namespace fgsync::daemon

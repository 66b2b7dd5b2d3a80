#include "daemon/events.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace fgsync::daemon {

/// A timer that never ends by itself: cancelling it wakes all who wait.
struct EventLog::Signal {
  explicit Signal(const boost::asio::any_io_executor& executor)
      : timer(executor, boost::asio::steady_timer::time_point::max()) {}
  boost::asio::steady_timer timer;
};

EventLog::EventLog(boost::asio::any_io_executor executor, std::size_t most)
    : signal_(std::make_unique<Signal>(executor)), most_(most) {}

EventLog::~EventLog() = default;

void EventLog::publish(Event event) {
  event.id = ++last_id_;
  for (const auto& listener : listeners_) listener(event);
  events_.push_back(std::move(event));
  if (events_.size() > most_) events_.pop_front();
  signal_->timer.cancel();
}

void EventLog::listen(std::function<void(const Event&)> listener) {
  listeners_.push_back(std::move(listener));
}

std::vector<Event> EventLog::after(std::uint64_t id) const {
  std::vector<Event> newer;
  for (const Event& event : events_) {
    if (event.id > id) newer.push_back(event);
  }
  return newer;
}

boost::asio::awaitable<void> EventLog::wait_after(std::uint64_t id) {
  if (last_id_ > id || is_closed_) co_return;
  boost::system::error_code woken;
  co_await signal_->timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
}

void EventLog::close() {
  is_closed_ = true;
  signal_->timer.cancel();
}

}  // namespace fgsync::daemon

// One timer does it all: it stands for the deadline, and ringing cancels it. So a wait costs the same whether it is for
// one thing or for several, and nothing is left behind in the loop when it ends.
#include "http/bell.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace fgsync::http {

namespace asio = boost::asio;

struct Bell::State {
  explicit State(const asio::any_io_executor& executor) : deadline(executor), alarm(executor) {}

  void ring() {
    has_rung = true;
    deadline.cancel();
  }

  asio::steady_timer deadline;
  asio::steady_timer alarm;
  bool has_rung = false;
};

Bell::Bell(const asio::any_io_executor& executor) : state_(std::make_shared<State>(executor)) {}

void Bell::ring() {
  state_->ring();
}

void Bell::ring_after(std::chrono::milliseconds time) {
  state_->alarm.expires_after(time);
  state_->alarm.async_wait([waiting = std::weak_ptr(state_)](boost::system::error_code cancelled) {
    const auto state = waiting.lock();
    if (state && !cancelled) state->ring();
  });
}

asio::awaitable<bool> Bell::wait(Deadline deadline) {
  const auto state = state_;
  if (!state->has_rung) {
    state->deadline.expires_at(deadline.at);
    auto [stopped] = co_await state->deadline.async_wait(asio::as_tuple(asio::use_awaitable));
    // The timer is looked at first: who rings all the time must not put off the deadline.
    if (!stopped) co_return false;
    // Whoever else stops it than a ring is the one who cancels the coroutine.
    if (!state->has_rung) throw boost::system::system_error(stopped);
  }
  state->has_rung = false;
  co_return true;
}

}  // namespace fgsync::http

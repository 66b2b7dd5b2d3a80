#include "cli/ticker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace fgsync::cli {

/// Outlives the ticker until a wait that was cancelled has been answered.
struct Ticker::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& loop, std::chrono::milliseconds every, std::function<void()> what)
      : timer(loop), period(every), call(std::move(what)) {}

  void wait() {
    timer.expires_after(period);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->is_over) return;
      self->call();
      self->wait();
    });
  }

  boost::asio::steady_timer timer;
  std::chrono::milliseconds period;
  std::function<void()> call;
  bool is_over = false;
};

Ticker::Ticker(boost::asio::io_context& loop, std::chrono::milliseconds period, std::function<void()> call)
    : state_(std::make_shared<State>(loop, period, std::move(call))) {
  state_->wait();
}

Ticker::~Ticker() {
  state_->is_over = true;
  state_->timer.cancel();
}

}  // namespace fgsync::cli

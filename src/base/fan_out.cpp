#include "base/fan_out.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace fgsync {
namespace {

namespace asio = boost::asio;

struct FanOut {
  std::function<asio::awaitable<void>(std::size_t)> task;
  std::size_t count = 0;
  std::size_t next = 0;
  std::size_t workers = 0;
  std::exception_ptr failure;
};

asio::awaitable<void> work_off(std::shared_ptr<FanOut> fan_out) {
  while (fan_out->next < fan_out->count && !fan_out->failure) co_await fan_out->task(fan_out->next++);
}

}  // namespace

asio::awaitable<void> for_each_bounded(std::size_t count, std::size_t width,
                                       std::function<asio::awaitable<void>(std::size_t)> task) {
  auto fan_out = std::make_shared<FanOut>();
  fan_out->task = std::move(task);
  fan_out->count = count;
  fan_out->workers = std::min(count, std::max<std::size_t>(width, 1));
  if (fan_out->workers == 0) co_return;

  auto executor = co_await asio::this_coro::executor;
  auto all_done = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  auto on_end = [fan_out, all_done](std::exception_ptr failure) {
    if (failure && !fan_out->failure) fan_out->failure = failure;
    if (--fan_out->workers == 0) all_done->cancel();
  };
  const std::size_t workers = fan_out->workers;
  for (std::size_t i = 0; i < workers; ++i) asio::co_spawn(executor, work_off(fan_out), on_end);

  while (fan_out->workers != 0) {
    boost::system::error_code cancelled;
    co_await all_done->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (fan_out->failure) std::rethrow_exception(fan_out->failure);
}

}  // namespace fgsync

#include "base/worker_pool.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

namespace fgsync {

namespace asio = boost::asio;

struct WorkerPool::Impl {
  explicit Impl(unsigned threads) : pool(threads) {}
  asio::thread_pool pool;
};

WorkerPool::WorkerPool(unsigned threads) : impl_(std::make_unique<Impl>(threads == 0 ? 1 : threads)) {}

WorkerPool::WorkerPool(InPlace /*in_place*/) {}

WorkerPool::~WorkerPool() {
  if (impl_) impl_->pool.join();
}

asio::awaitable<void> WorkerPool::run(std::function<void()> work) {
  if (!impl_) {
    work();
    co_return;
  }
  auto loop = co_await asio::this_coro::executor;
  auto initiate = [this, loop, &work](auto handler) {
    // The guard keeps the loop running while nothing but this work is under way.
    auto guard = asio::make_work_guard(loop);
    asio::post(impl_->pool,
               [loop, guard = std::move(guard), work = std::move(work), handler = std::move(handler)]() mutable {
                 std::exception_ptr failure;
                 try {
                   work();
                 } catch (...) {
                   failure = std::current_exception();
                 }
                 work = nullptr;  // what it captured is freed here, before the caller goes on
                 asio::post(loop, [failure, handler = std::move(handler)]() mutable { handler(failure); });
               });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(std::move(initiate),
                                                                                         asio::use_awaitable);
}

}  // namespace fgsync

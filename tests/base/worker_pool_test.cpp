#include "base/worker_pool.hpp"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/fan_out.hpp"
#include "base/result.hpp"
#include "tests/support/run.hpp"

namespace fgsync {
namespace {

namespace asio = boost::asio;

asio::awaitable<std::string> offloaded_text(WorkerPool& pool) {
  auto work = [text = std::string(1000, 'x')] { return text + "!"; };
  co_return co_await offload(pool, std::move(work));
}

TEST_CASE("offload: brings back the work's result") {
  WorkerPool pool(2);
  CHECK(test::run(offloaded_text(pool)) == std::string(1000, 'x') + "!");
}

asio::awaitable<Result<int>> offloaded_error(WorkerPool& pool) {
  auto work = []() -> Result<int> { return fail(ErrorKind::corrupt, "broken"); };
  co_return co_await offload(pool, std::move(work));
}

asio::awaitable<std::thread::id> thread_of_work(WorkerPool& pool) {
  auto work = [] { return std::this_thread::get_id(); };
  co_return co_await offload(pool, std::move(work));
}

TEST_CASE("offload: without threads the work is done where it is awaited") {
  WorkerPool pool{WorkerPool::InPlace()};
  CHECK(test::run(thread_of_work(pool)) == std::this_thread::get_id());
  CHECK(test::run(offloaded_text(pool)) == std::string(1000, 'x') + "!");
}

TEST_CASE("offload: an error is a result like any other") {
  WorkerPool pool(1);
  const auto result = test::run(offloaded_error(pool));
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "broken");
}

asio::awaitable<int> offloaded_exception(WorkerPool& pool) {
  auto work = []() -> int { throw std::runtime_error("out of luck"); };
  co_return co_await offload(pool, std::move(work));
}

TEST_CASE("offload: an exception of the work is rethrown to the caller") {
  WorkerPool pool(1);
  CHECK_THROWS_WITH(test::run(offloaded_exception(pool)), "out of luck");
}

struct Threads {
  std::thread::id before;
  std::thread::id within;
  std::thread::id after;
};

asio::awaitable<Threads> observed_threads(WorkerPool& pool) {
  Threads threads;
  threads.before = std::this_thread::get_id();
  auto work = [] { return std::this_thread::get_id(); };
  threads.within = co_await offload(pool, std::move(work));
  threads.after = std::this_thread::get_id();
  co_return threads;
}

TEST_CASE("offload: works on a thread of the pool and resumes on the loop") {
  WorkerPool pool(2);
  const auto threads = test::run(observed_threads(pool));
  CHECK(threads.before == std::this_thread::get_id());
  CHECK(threads.within != threads.before);
  CHECK(threads.after == threads.before);
}

/// Lets threads pass only when `count` of them have come.
class Barrier {
 public:
  explicit Barrier(int count) : missing_(count) {}
  void arrive_and_wait() {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0) all_there_.notify_all();
    all_there_.wait(lock, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_there_;
  int missing_;
};

TEST_CASE("offload: as many jobs run at once as the pool has threads") {
  WorkerPool pool(4);
  auto barrier = std::make_shared<Barrier>(4);
  auto task = [&pool, barrier](std::size_t) -> asio::awaitable<void> {
    // Each of the four only ends once all four have begun.
    std::function<void()> meet = [barrier] { barrier->arrive_and_wait(); };
    co_await pool.run(std::move(meet));
  };
  test::run(for_each_bounded(4, 4, task));
}

TEST_CASE("offload: many jobs each get their own result") {
  WorkerPool pool(3);
  std::array<std::size_t, 500> squares{};
  auto task = [&pool, &squares](std::size_t i) -> asio::awaitable<void> {
    auto work = [i] { return i * i; };
    squares[i] = co_await offload(pool, std::move(work));
  };
  test::run(for_each_bounded(squares.size(), 50, task));
  for (std::size_t i = 0; i < squares.size(); ++i) REQUIRE(squares[i] == i * i);
}

asio::awaitable<bool> is_closure_freed_before_resuming(WorkerPool& pool) {
  auto resource = std::make_shared<int>(1);
  std::weak_ptr<int> watch = resource;
  std::function<void()> work = [resource] {};
  resource.reset();
  co_await pool.run(std::move(work));
  co_return watch.expired();
}

TEST_CASE("worker pool: what the work captured is freed before the caller goes on") {
  WorkerPool pool(1);
  CHECK(test::run(is_closure_freed_before_resuming(pool)));
}

TEST_CASE("worker pool: a pool of no threads has one") {
  WorkerPool pool(0);
  CHECK(test::run(offloaded_text(pool)).size() == 1001);
}

}  // namespace
}  // namespace fgsync

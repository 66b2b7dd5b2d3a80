#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace fgsync {

/// Threads for what would block the event loop: hashing, zipping, disk, the database.
class WorkerPool {
 public:
  /// Has no threads: the work is done where it is awaited. For what must run the same way every time.
  struct InPlace {};

  explicit WorkerPool(unsigned threads);
  explicit WorkerPool(InPlace in_place);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Waits for the work that has started.
  ~WorkerPool();

  /// Runs `work` on a thread of the pool and resumes on the caller's executor. An exception is rethrown there.
  boost::asio::awaitable<void> run(std::function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;  ///< null: in place
};

/// Runs `work` on the pool: arguments by value (in the closure), result by value, resumes on the loop.
/// Name the closure before awaiting (g++ 12 frees temporaries in a co_await expression twice):
///
///     auto hash = [path] { return digest_of(path); };
///     auto digest = co_await offload(pool, std::move(hash));
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> offload(WorkerPool& pool, Work work) {
  using Value = std::invoke_result_t<Work&>;
  auto shared_work = std::make_shared<Work>(std::move(work));
  auto value = std::make_shared<std::optional<Value>>();
  std::function<void()> job = [shared_work, value] { value->emplace((*shared_work)()); };
  co_await pool.run(std::move(job));
  co_return std::move(**value);
}

}  // namespace fgsync

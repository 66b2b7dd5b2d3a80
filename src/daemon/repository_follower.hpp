#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/worker_pool.hpp"
#include "daemon/signal.hpp"
#include "daemon/view.hpp"
#include "source/git_repository.hpp"

namespace fgsync::daemon {

struct FollowSettings {
  std::string where;  ///< the URL, for people
  bool is_verified = false;
  std::chrono::milliseconds interval{std::chrono::minutes(1)};
  std::chrono::milliseconds longest_wait{
      std::chrono::minutes(15)};  ///< after failures, or the interval if that is more
  std::uint64_t random_seed = 0;
};

/// Follows one reference of one repository: asks where it is once an interval, whatever the number of functions, and
/// checks out what is new. After a failure it waits longer each time, and what was checked out last stays.
class RepositoryFollower {
 public:
  /// All borrowed. `on_change` is called on the loop when there is another checkout, or another problem.
  RepositoryFollower(source::Repository& repository, FollowSettings settings, Clock& clock, WorkerPool& pool,
                     Logger log, std::function<void()> on_change);

  /// Until `stop`, and then until what is under way has ended.
  boost::asio::awaitable<void> run();
  void stop();
  /// Asks now instead of at the end of the interval.
  void hurry();

  /// The commit in use; nothing before the first was checked out.
  [[nodiscard]] const std::optional<source::Checkout>& checkout() const { return checkout_; }
  /// Whether the first try has ended, one way or the other.
  [[nodiscard]] bool has_tried() const { return has_tried_; }
  [[nodiscard]] SourceView view() const;

 private:
  boost::asio::awaitable<void> try_once();
  boost::asio::awaitable<Result<bool>> bring_up_to_date();
  std::chrono::milliseconds next_wait();

  source::Repository& repository_;
  FollowSettings settings_;
  Clock& clock_;
  WorkerPool& pool_;
  Logger log_;
  std::function<void()> on_change_;
  Signal woken_;
  std::mt19937_64 random_;
  std::optional<source::Checkout> checkout_;
  std::string problem_;
  int failures_ = 0;
  std::uint64_t requests_ = 0;
  std::optional<WallTime> checked_at_;
  std::optional<WallTime> next_check_;
  bool has_tried_ = false;
  bool is_stopping_ = false;
};

}  // namespace fgsync::daemon

// When is a batch complete? What is ready runs before what is posted, and after each turn the loop looks for what has
// arrived. So a turn in which no request joined means that nobody else is there, and waiting longer would only make
// those wait who are.
#include "emulator/group_commit.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>
#include <optional>
#include <utility>

namespace fgsync::emulator {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

/// The requests of one batch.
struct GroupCommit::Round {
  explicit Round(const asio::any_io_executor& executor) : end(executor, Clock::time_point::max()) {}

  asio::steady_timer end;  ///< never fires: the commit cancels it, which wakes all who wait
  Clock::time_point begun = Clock::now();
  int requests = 0;
  std::optional<bool> is_kept;
};

GroupCommit::GroupCommit(asio::any_io_executor executor, Service& service, GroupCommitLimits limits)
    : executor_(std::move(executor)), service_(service), limits_(limits) {}

GroupCommit::~GroupCommit() = default;

asio::awaitable<bool> GroupCommit::settled() {
  if (!service_.has_open_batch()) co_return true;
  if (!round_) {
    round_ = std::make_shared<Round>(executor_);
    asio::post(executor_, [this, begun = round_] { look_around(begun, 0); });
  }
  const auto round = round_;
  if (++round->requests >= limits_.requests) commit();
  if (!round->is_kept) co_await round->end.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return round->is_kept.value_or(false);
}

void GroupCommit::settle_now() {
  if (round_) commit();
}

void GroupCommit::look_around(const std::shared_ptr<Round>& round, int known_requests) {
  if (round != round_) return;
  const bool is_quiet = round->requests == known_requests;
  if (is_quiet || Clock::now() - round->begun >= limits_.time) return commit();
  asio::post(executor_, [this, round, known = round->requests] { look_around(round, known); });
}

void GroupCommit::commit() {
  const auto round = std::exchange(round_, nullptr);
  const auto committed = service_.commit_batch();
  round->is_kept = committed.has_value();
  // Once, not for every batch until there is room again.
  const bool was_failing = std::exchange(is_failing_, !committed);
  if (!committed && !was_failing) std::cerr << "fgsync-emulator: " << committed.error().describe() << std::endl;
  round->end.cancel();
}

}  // namespace fgsync::emulator

#include "daemon/repository_follower.hpp"

#include <algorithm>
#include <utility>

namespace fgsync::daemon {

using boost::asio::awaitable;
using std::chrono::milliseconds;

RepositoryFollower::RepositoryFollower(source::Repository& repository, FollowSettings settings, Clock& clock,
                                       WorkerPool& pool, Logger log, std::function<void()> on_change)
    : repository_(repository),
      settings_(std::move(settings)),
      clock_(clock),
      pool_(pool),
      log_(std::move(log)),
      on_change_(std::move(on_change)),
      random_(settings_.random_seed) {}

awaitable<void> RepositoryFollower::run() {
  while (!is_stopping_) {
    co_await try_once();
    if (is_stopping_) co_return;
    const milliseconds wait = next_wait();
    next_check_ = clock_.wall_now() + wait;
    co_await woken_.wait(clock_, clock_.now() + wait);
  }
}

void RepositoryFollower::stop() {
  is_stopping_ = true;
  woken_.raise();
}

void RepositoryFollower::hurry() {
  woken_.raise();
}

awaitable<void> RepositoryFollower::try_once() {
  auto is_new = co_await bring_up_to_date();
  const bool is_first = !std::exchange(has_tried_, true);
  checked_at_ = clock_.wall_now();
  if (!is_new) {
    ++failures_;
    std::string problem = is_new.error().describe();
    const bool is_news = problem != problem_;
    problem_ = std::move(problem);
    if (is_news) log_.warn("repository cannot be used", {kv("repository", settings_.where), kv("error", problem_)});
    if (is_news || is_first) on_change_();
    co_return;
  }
  const bool was_failing = !problem_.empty();
  failures_ = 0;
  problem_.clear();
  if (*is_new) {
    log_.info("new commit", {kv("repository", settings_.where), kv("revision", checkout_->commit.id),
                             kv("author", checkout_->commit.author), kv("subject", checkout_->commit.subject)});
    if (checkout_->is_rewound) {
      log_.warn("history was rewritten, nothing is deleted because of this commit",
                {kv("repository", settings_.where), kv("revision", checkout_->commit.id)});
    }
  }
  if (*is_new || was_failing || is_first) on_change_();
}

/// Answers whether there is another commit than before.
awaitable<Result<bool>> RepositoryFollower::bring_up_to_date() {
  ++requests_;
  auto look = [this] { return repository_.look(); };
  auto head = co_await offload(pool_, std::move(look));
  if (!head) co_return fail(std::move(head).error());
  if (is_stopping_ || (checkout_ && checkout_->commit.id == *head)) co_return false;
  ++requests_;
  auto check_out = [this, id = *head] { return repository_.check_out(id); };
  auto checkout = co_await offload(pool_, std::move(check_out));
  if (!checkout) co_return fail(std::move(checkout).error());
  checkout_ = std::move(*checkout);
  co_return true;
}

/// ±5 %, and twice as long after each failure.
milliseconds RepositoryFollower::next_wait() {
  constexpr int kMostDoublings = 10;
  const milliseconds longest = std::max(settings_.longest_wait, settings_.interval);
  const milliseconds wait =
      std::min(settings_.interval * (std::int64_t{1} << std::min(failures_, kMostDoublings)), longest);
  std::uniform_real_distribution<double> jitter(0.95, 1.05);
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * jitter(random_)));
}

SourceView RepositoryFollower::view() const {
  SourceView view;
  view.kind = "git";
  view.where = settings_.where;
  view.problem = problem_;
  view.checked_at = checked_at_;
  view.next_check = next_check_;
  view.failures = failures_;
  view.requests = requests_;
  if (checkout_) {
    view.revision = checkout_->commit.id;
    view.author = checkout_->commit.author;
    view.is_verified = settings_.is_verified;
  }
  return view;
}

}  // namespace fgsync::daemon

// All work is done by whoever waits in next(): it reads events, goes through new directories a few at a time, and waits
// until nothing more comes. Meanwhile, and when nobody waits, the kernel keeps the events, up to its own limit.

#include "source/inotify_watcher.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "source/watched_trees.hpp"

namespace fgsync::source {
namespace {

namespace asio = boost::asio;
using TimePoint = std::chrono::steady_clock::time_point;

/// Directories per turn on the loop: about a millisecond.
constexpr int kUnitsPerTurn = 64;
/// Directories that watch() goes through at once; only larger trees need a second look at everything.
constexpr int kUnitsAtOnce = 512;
constexpr int kReadsPerTurn = 4;

class InotifyWatcher final : public Watcher {
 public:
  InotifyWatcher(std::unique_ptr<Inotify> inotify, const asio::any_io_executor& executor, Clock& clock,
                 WatcherSettings settings)
      : inotify_(std::move(inotify)),
        clock_(clock),
        settings_(settings),
        trees_(*inotify_, settings.max_paths),
        wake_(executor, TimePoint::max()),
        readable_(executor, inotify_->descriptor()) {}
  InotifyWatcher(const InotifyWatcher&) = delete;
  InotifyWatcher& operator=(const InotifyWatcher&) = delete;
  ~InotifyWatcher() override { readable_.release(); }

  void watch(std::vector<std::string> roots) override {
    trees_.set_roots(roots, kUnitsAtOnce);
    wake();
  }
  asio::awaitable<Changes> next() override;
  [[nodiscard]] std::string problem() const override;
  void stop() override {
    is_stopped_ = true;
    wake();
  }

 private:
  /// A timer that is set to the past rings for those who wait, and for those who come late.
  void wake() { wake_.expires_at(TimePoint::min()); }

  bool read_events();
  void note_time_of_changes();
  [[nodiscard]] TimePoint due() const;
  [[nodiscard]] bool is_due(bool has_more) const;
  asio::awaitable<void> wait();
  asio::awaitable<void> until_readable();
  asio::awaitable<void> until_woken();

  const std::unique_ptr<Inotify> inotify_;
  Clock& clock_;
  const WatcherSettings settings_;
  WatchedTrees trees_;
  std::array<char, std::size_t{16} << 10U> buffer_{};
  int read_error_ = 0;
  std::uint64_t changes_seen_ = 0;
  std::optional<TimePoint> first_change_;
  TimePoint last_change_;
  bool is_stopped_ = false;
  asio::steady_timer wake_;
  asio::posix::stream_descriptor readable_;  ///< borrows the descriptor: released before inotify_ closes it
};

asio::awaitable<Changes> InotifyWatcher::next() {
  while (!is_stopped_) {
    wake_.expires_at(TimePoint::max());
    const bool has_more_events = read_events();
    const bool has_more = trees_.work(kUnitsPerTurn) || has_more_events;
    note_time_of_changes();
    if (is_due(has_more)) {
      first_change_.reset();
      if (trees_.has_changes()) co_return trees_.take();
    }
    if (has_more) {
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    } else {
      co_await wait();
    }
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
  co_return Changes{};
}

/// True: there may be more.
bool InotifyWatcher::read_events() {
  for (int reads = 0; reads < kReadsPerTurn && read_error_ == 0; ++reads) {
    const auto size = inotify_->read(buffer_);
    if (!size) {
      read_error_ = size.error();
      trees_.begin_again();
      return false;
    }
    if (*size == 0) return false;
    for (const WatchEvent& event : parse_events(std::span<const char>(buffer_.data(), *size))) trees_.handle(event);
  }
  return read_error_ == 0;
}

void InotifyWatcher::note_time_of_changes() {
  if (std::exchange(changes_seen_, trees_.changes_seen()) == trees_.changes_seen()) return;
  last_change_ = clock_.now();
  if (!first_change_) first_change_ = last_change_;
}

TimePoint InotifyWatcher::due() const {
  return std::min(last_change_ + settings_.debounce, *first_change_ + settings_.max_delay);
}

bool InotifyWatcher::is_due(bool has_more) const {
  if (!first_change_) return false;
  const TimePoint now = clock_.now();
  return now >= *first_change_ + settings_.max_delay || (!has_more && now >= due());
}

/// Until there may be something to do. Not one of these throws: `||` would wait for another one then.
asio::awaitable<void> InotifyWatcher::wait() {
  using asio::experimental::awaitable_operators::operator||;
  if (first_change_) {
    co_await (until_readable() || until_woken() || clock_.sleep_until(due()));
  } else {
    co_await (until_readable() || until_woken());
  }
}

asio::awaitable<void> InotifyWatcher::until_readable() {
  if (read_error_ != 0) {
    // It would be readable for ever.
    co_await until_woken();
    co_return;
  }
  boost::system::error_code ended;
  co_await readable_.async_wait(asio::posix::stream_descriptor::wait_read,
                                asio::redirect_error(asio::use_awaitable, ended));
}

asio::awaitable<void> InotifyWatcher::until_woken() {
  boost::system::error_code ended;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

std::string InotifyWatcher::problem() const {
  if (read_error_ == 0) return trees_.problem();
  return "changes are noticed by periodic scans only: events cannot be read: " +
         std::generic_category().message(read_error_);
}

}  // namespace

std::unique_ptr<Watcher> make_watcher_on(std::unique_ptr<Inotify> inotify, const asio::any_io_executor& executor,
                                         Clock& clock, WatcherSettings settings) {
  return std::make_unique<InotifyWatcher>(std::move(inotify), executor, clock, settings);
}

Result<std::unique_ptr<Watcher>> make_inotify_watcher(asio::any_io_executor executor, Clock& clock,
                                                      WatcherSettings settings) {
  auto inotify = open_inotify();
  if (!inotify) return fail(std::move(inotify).error());
  try {
    return make_watcher_on(std::move(*inotify), executor, clock, settings);
  } catch (const boost::system::system_error& error) {
    return fail(ErrorKind::invalid, "directories cannot be watched: " + error.code().message());
  }
}

}  // namespace fgsync::source

#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "source/inotify_watcher.hpp"
#include "tests/source/temp_tree.hpp"
#include "tests/support/simulated_clock.hpp"

namespace fgsync::source::test {

/// The kernel's inotify, except for what a test wants otherwise.
class FaultyInotify final : public Inotify {
 public:
  FaultyInotify();
  [[nodiscard]] int descriptor() const override { return kernel_->descriptor(); }
  tl::expected<int, int> add(const std::string& path, std::uint32_t mask) override;
  void remove(int watch) override;
  tl::expected<std::size_t, int> read(std::span<char> buffer) override;

  int watches_left = 1'000'000;
  std::string refused_path;   ///< EACCES
  bool loses_events = false;  ///< the next read tells of an overflow instead of what there is
  int read_error = 0;
  std::vector<int> removed;

 private:
  std::unique_ptr<Inotify> kernel_;
  std::vector<int> watches_;
};

/// A tree, a watcher, and somebody who asks it again and again. Time stands still, but in tell_all().
class Watching {
 public:
  explicit Watching(WatcherSettings settings = {});
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
  ~Watching();

  /// Watches paths of the tree.
  void watch(const std::vector<std::string>& paths) const;
  /// Lets everything happen that happens without time moving on.
  void settle();
  /// Lets time pass until nobody waits for it. What was told since the last time, a string for each batch: the paths in
  /// the tree with blanks between, or `everything`.
  std::vector<std::string> tell_all();
  /// What was told without time moving on.
  std::vector<std::string> told();
  void cancel();
  /// Somebody asks, after the one before has ended.
  void ask_again();

  boost::asio::io_context loop;
  fgsync::test::SimulatedClock clock;
  TempTree tree;
  FaultyInotify* inotify = nullptr;
  std::unique_ptr<Watcher> watcher;
  bool has_ended = false;
  std::exception_ptr failure;

 private:
  boost::asio::awaitable<void> listen();
  std::string show(const Changes& changes) const;

  std::vector<std::string> told_;
  boost::asio::cancellation_signal cancellation_;
};

}  // namespace fgsync::source::test

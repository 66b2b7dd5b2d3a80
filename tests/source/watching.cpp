#include "tests/source/watching.hpp"

#include <sys/inotify.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace fgsync::source::test {

FaultyInotify::FaultyInotify() : kernel_(open_inotify().value()) {}

tl::expected<int, int> FaultyInotify::add(const std::string& path, std::uint32_t mask) {
  if (!refused_path.empty() && path == refused_path) return tl::unexpected<int>(EACCES);
  const auto watch = kernel_->add(path, mask);
  if (!watch || std::count(watches_.begin(), watches_.end(), *watch) > 0) return watch;
  if (watches_left == 0) {
    kernel_->remove(*watch);
    return tl::unexpected<int>(ENOSPC);
  }
  --watches_left;
  watches_.push_back(*watch);
  return watch;
}

void FaultyInotify::remove(int watch) {
  removed.push_back(watch);
  kernel_->remove(watch);
}

tl::expected<std::size_t, int> FaultyInotify::read(std::span<char> buffer) {
  if (read_error != 0) return tl::unexpected<int>(read_error);
  if (!std::exchange(loses_events, false)) return kernel_->read(buffer);
  for (auto lost = kernel_->read(buffer); lost.value() > 0;) lost = kernel_->read(buffer);
  inotify_event overflow{};
  overflow.wd = -1;
  overflow.mask = IN_Q_OVERFLOW;
  std::memcpy(buffer.data(), &overflow, sizeof overflow);
  return sizeof overflow;
}

Watching::Watching(WatcherSettings settings) {
  auto faulty = std::make_unique<FaultyInotify>();
  inotify = faulty.get();
  watcher = make_watcher_on(std::move(faulty), loop.get_executor(), clock, settings);
  ask_again();
}

void Watching::ask_again() {
  auto on_end = [this](std::exception_ptr why) {
    has_ended = true;
    failure = std::move(why);
  };
  boost::asio::co_spawn(loop, listen(), boost::asio::bind_cancellation_slot(cancellation_.slot(), std::move(on_end)));
}

Watching::~Watching() {
  watcher->stop();
  settle();
}

boost::asio::awaitable<void> Watching::listen() {
  for (;;) {
    const Changes changes = co_await watcher->next();
    if (changes.is_empty()) break;
    told_.push_back(show(changes));
  }
}

void Watching::watch(const std::vector<std::string>& paths) const {
  std::vector<std::string> roots;
  for (const std::string& path : paths) roots.push_back(tree.absolute(path));
  watcher->watch(roots);
}

void Watching::settle() {
  do loop.restart();
  while (loop.poll() > 0);
}

std::vector<std::string> Watching::tell_all() {
  do settle();
  while (clock.advance_to_next_sleeper());
  return std::exchange(told_, {});
}

std::vector<std::string> Watching::told() {
  settle();
  return std::exchange(told_, {});
}

void Watching::cancel() {
  cancellation_.emit(boost::asio::cancellation_type::terminal);
}

std::string Watching::show(const Changes& changes) const {
  if (changes.is_everything && !changes.paths.empty()) throw std::logic_error("everything, and paths");
  if (changes.is_everything) return "everything";
  std::string text;
  const std::string root = tree.absolute() + '/';
  for (const std::string& path : changes.paths) {
    if (!path.starts_with(root)) throw std::logic_error("told a path outside of the tree: " + path);
    text += (text.empty() ? "" : " ") + path.substr(root.size());
  }
  return text;
}

}  // namespace fgsync::source::test

#include "source/watch_table.hpp"

#include <sys/inotify.h>

#include <utility>

#include "source/path_walk.hpp"

namespace fgsync::source {
namespace {

constexpr std::uint32_t kPlaceMask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE |
                                     IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK;

}  // namespace

tl::expected<bool, int> WatchTable::place(const std::string& path, Links links) {
  // IN_MASK_ADD: the directory may be listened to as well.
  const std::uint32_t mask = kPlaceMask | IN_MASK_ADD | (links == Links::not_followed ? IN_DONT_FOLLOW : 0U);
  const auto watch = inotify_.add(path, mask);
  if (!watch) {
    drop_tree(path);
    return tl::unexpected<int>(watch.error());
  }
  if (const auto known = places_.find(path); known != places_.end() && known->second.watch == *watch) {
    return std::exchange(known->second.generation, generation_) != generation_;
  }
  drop_tree(path);
  const auto [added, is_new] = places_.emplace(path, Place{*watch, generation_});
  watches_[*watch].places.push_back(&added->first);
  return true;
}

std::vector<std::string> WatchTable::places() const {
  std::vector<std::string> paths;
  for (const auto& [path, place] : places_) paths.push_back(path);
  return paths;
}

void WatchTable::drop(const std::string& path) {
  if (const auto place = places_.find(path); place != places_.end()) remove_place(place);
}

void WatchTable::drop_tree(const std::string& path) {
  drop(path);
  const std::string prefix = join(path, "");
  for (auto place = places_.lower_bound(prefix); place != places_.end() && place->first.starts_with(prefix);) {
    remove_place(place++);
  }
}

void WatchTable::remove_place(Places::iterator place) {
  const int watch = place->second.watch;
  if (const auto uses = watches_.find(watch); uses != watches_.end()) std::erase(uses->second.places, &place->first);
  places_.erase(place);
  remove_if_unused(watch);
}

void WatchTable::remove_if_unused(int watch) {
  const auto uses = watches_.find(watch);
  if (uses == watches_.end() || !uses->second.places.empty() || uses->second.listeners > 0) return;
  watches_.erase(uses);
  inotify_.remove(watch);
}

tl::expected<int, int> WatchTable::listen(const std::string& directory, const std::string& name, std::uint32_t mask,
                                          WatchedRoot& root) {
  const auto watch = inotify_.add(directory, mask | IN_ONLYDIR | IN_EXCL_UNLINK | IN_MASK_ADD);
  if (watch && listeners_.emplace(*watch, name, &root).second) ++watches_[*watch].listeners;
  return watch;
}

void WatchTable::unlisten(const Step& step, WatchedRoot& root) {
  if (listeners_.erase({step.watch, step.name, &root}) == 0) return;
  --watches_[step.watch].listeners;
  remove_if_unused(step.watch);
}

std::vector<std::string> WatchTable::places_of(int watch) const {
  std::vector<std::string> paths;
  if (const auto uses = watches_.find(watch); uses != watches_.end()) {
    for (const std::string* path : uses->second.places) paths.push_back(*path);
  }
  return paths;
}

std::vector<WatchedRoot*> WatchTable::listeners(int watch, const std::string& name) const {
  std::vector<WatchedRoot*> roots;
  for (auto listener = listeners_.lower_bound({watch, name, nullptr}); listener != listeners_.end(); ++listener) {
    const auto& [of_watch, of_name, root] = *listener;
    if (of_watch != watch || of_name != name) break;
    roots.push_back(root);
  }
  return roots;
}

std::vector<WatchedRoot*> WatchTable::forget(int watch) {
  std::vector<WatchedRoot*> roots;
  auto listener = listeners_.lower_bound({watch, std::string(), nullptr});
  while (listener != listeners_.end() && std::get<int>(*listener) == watch) {
    roots.push_back(std::get<WatchedRoot*>(*listener));
    listener = listeners_.erase(listener);
  }
  for (const std::string& path : places_of(watch)) places_.erase(path);
  watches_.erase(watch);
  return roots;
}

void WatchTable::drop_stale() {
  for (auto place = places_.begin(); place != places_.end();) {
    const auto current = place++;
    if (current->second.generation != generation_) remove_place(current);
  }
}

}  // namespace fgsync::source

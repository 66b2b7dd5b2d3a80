#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "source/inotify.hpp"

namespace fgsync::source {

struct WatchedRoot;

/// The watches of the kernel and what each is for. A directory has one watch, which serves
/// - places: paths that lead to it; everything in the directory is of interest below each of them;
/// - roots that listen for single names in it: the steps of the way that leads to the root.
/// A watch that serves nobody is removed. Errors are errnos.
class WatchTable {
 public:
  enum class Links { followed, not_followed };
  /// A name that a root listens for.
  struct Step {
    int watch;
    std::string name;
  };

  explicit WatchTable(Inotify& inotify) : inotify_(inotify) {}

  /// Makes `path` a place. True: it is new, or another directory than before, whose places below are dropped then, or
  /// this is the first time since begin_again().
  tl::expected<bool, int> place(const std::string& path, Links links);
  [[nodiscard]] bool is_placed(const std::string& path) const { return places_.contains(path); }
  [[nodiscard]] std::vector<std::string> places() const;
  void drop(const std::string& path);
  /// Drops the place and all below it.
  void drop_tree(const std::string& path);

  tl::expected<int, int> listen(const std::string& directory, const std::string& name, std::uint32_t mask,
                                WatchedRoot& root);
  void unlisten(const Step& step, WatchedRoot& root);

  /// The places that a watch serves.
  [[nodiscard]] std::vector<std::string> places_of(int watch) const;
  [[nodiscard]] std::vector<WatchedRoot*> listeners(int watch, const std::string& name) const;

  /// The kernel has removed the watch. Answers who listened.
  std::vector<WatchedRoot*> forget(int watch);

  /// Events were lost, so places may have moved: those that are not placed again before drop_stale() are dropped there.
  void begin_again() { ++generation_; }
  void drop_stale();

 private:
  struct Place {
    int watch;
    unsigned generation;
  };
  struct Uses {
    std::vector<const std::string*> places;  ///< keys of places_
    int listeners = 0;
  };
  using Places = std::map<std::string, Place>;

  void remove_place(Places::iterator place);
  void remove_if_unused(int watch);

  Inotify& inotify_;
  Places places_;
  std::unordered_map<int, Uses> watches_;
  std::set<std::tuple<int, std::string, WatchedRoot*>> listeners_;
  unsigned generation_ = 0;
};

}  // namespace fgsync::source

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "source/inotify.hpp"
#include "source/path_walk.hpp"
#include "source/watch_table.hpp"
#include "source/watcher.hpp"

namespace fgsync::source {

/// A path that is to be watched, and what is known of it.
struct WatchedRoot {
  enum class State { unknown, missing, file, directory };
  std::string path;
  State state = State::unknown;
  std::vector<WatchTable::Step> way;  ///< the names that lead there, where they were looked up
  bool is_due = false;                ///< stands in line to be looked up again
};

/// Makes changes of the kernel's events and keeps watches on all directories of the trees. Neither waits nor knows
/// time.
class WatchedTrees {
 public:
  WatchedTrees(Inotify& inotify, std::size_t max_paths) : table_(inotify), max_paths_(max_paths) {}

  /// Replaces the roots and does `units` of work. When that was not all, everything is told once it is.
  void set_roots(const std::vector<std::string>& paths, int units);

  void handle(const WatchEvent& event);
  /// Looks roots up and goes through directories, so many at most. True: there are more.
  bool work(int units);
  /// Events were lost: looks at all directories again.
  void begin_again();

  /// How many changes there were, ever; the same one counts again.
  [[nodiscard]] std::uint64_t changes_seen() const { return changes_seen_; }
  [[nodiscard]] bool has_changes() const { return is_everything_ || !changed_.empty(); }
  /// What changed since the last time. A file that came and went meanwhile did not.
  Changes take();
  /// See Watcher.
  [[nodiscard]] std::string problem() const;

 private:
  enum class Telling { nothing, all };
  /// A directory to go through.
  struct Job {
    std::string path;
    Telling telling;
    bool is_placed;
  };
  /// Where the way to a root ends, and the errno of watching its last step.
  struct WayEnd {
    PathEnd::Kind kind;
    int error;
  };

  void add_root(const std::string& path);
  void remove_roots_not_in(const std::set<std::string>& wanted);
  [[nodiscard]] bool is_below_a_root(const std::string& path) const;
  void retry_failures();
  void make_due(WatchedRoot& root);

  void handle_entry(const std::string& path, const WatchEvent& event);
  void handle_directory(const std::string& path, std::uint32_t mask);

  bool work_on_one();
  void look_up(WatchedRoot& root);
  WayEnd follow(WatchedRoot& root);
  int settle_directory(WatchedRoot& root, const WayEnd& end);
  int settle_other(WatchedRoot& root, const WayEnd& end);
  void go_through(const Job& job);
  void list(const Job& job);

  void drop_tree(const std::string& path);
  void tell(const std::string& path, std::uint32_t mask = 0);
  void tell_everything();
  void note_failure(const std::string& path, int error);
  [[nodiscard]] bool lacks_watches() const;

  WatchTable table_;
  const std::size_t max_paths_;
  std::map<std::string, WatchedRoot> roots_;
  std::deque<WatchedRoot*> due_;
  std::vector<Job> jobs_;
  std::map<std::string, int> failures_;  ///< path → errno: roots and directories that are not watched
  bool is_blind_ = false;                ///< changes may have been missed until all work is done
  bool has_stale_places_ = false;
  std::uint64_t changes_seen_ = 0;
  bool is_everything_ = false;
  std::map<std::string, bool> changed_;  ///< path → it was not there before
};

}  // namespace fgsync::source

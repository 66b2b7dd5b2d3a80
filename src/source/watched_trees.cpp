// Keeps a watch on each directory of the trees, and on each directory in which a name on the way to a root is looked
// up.
//
// The order is always: watch first, look then. What happens before the look is seen by looking; what happens after it
// raises an event; what happens in between is told twice, which does no harm. Events are behind the times: the path
// that one names may be something else by now. So they only say where to look, and what is found there is what counts.

#include "source/watched_trees.hpp"

#include <dirent.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "source/temporary_names.hpp"

namespace fgsync::source {
namespace {

constexpr std::uint32_t kArrived = IN_CREATE | IN_MOVED_TO;
constexpr std::uint32_t kLeft = IN_DELETE | IN_MOVED_FROM;
/// For a name on the way. IN_ATTRIB: it may become accessible.
constexpr std::uint32_t kWayMask = kArrived | kLeft | IN_ATTRIB;
constexpr std::uint32_t kFileMask = kWayMask | IN_MODIFY | IN_CLOSE_WRITE;
constexpr std::string_view kGit = ".git";
/// Failures are kept for a person and for trying again; of a million, these do.
constexpr std::size_t kMaxFailures = 1000;

/// `/a/b/` as `/a/b`.
std::string without_end(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool has_gone(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

bool is_directory(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_link_to_directory(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) == 0 &&
         S_ISDIR(status.st_mode);
}

/// An open directory that closes itself.
class Listing {
 public:
  explicit Listing(const std::string& path) : directory_(::opendir(path.c_str())) {}
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;
  ~Listing() {
    if (directory_ != nullptr) ::closedir(directory_);
  }
  [[nodiscard]] bool is_open() const { return directory_ != nullptr; }
  /// The next entry; null at the end.
  [[nodiscard]] const dirent* next() const {
    return ::readdir(directory_);  // NOLINT(concurrency-mt-unsafe): a stream of our own
  }

 private:
  DIR* directory_;
};

}  // namespace

void WatchedTrees::set_roots(const std::vector<std::string>& paths, int units) {
  const bool was_blind = is_blind_;
  std::set<std::string> wanted;
  for (const std::string& path : paths) wanted.insert(without_end(path));
  remove_roots_not_in(wanted);
  retry_failures();
  for (const std::string& path : wanted) add_root(path);
  for (int done = 0; done < units && work_on_one(); ++done) continue;
  // The caller reads after this, and so sees what happened until here.
  if (due_.empty() && jobs_.empty()) is_blind_ = was_blind;
}

void WatchedTrees::add_root(const std::string& path) {
  const auto [root, is_new] = roots_.try_emplace(path);
  if (!is_new) return;
  root->second.path = path;
  is_blind_ = true;
  make_due(root->second);
}

void WatchedTrees::remove_roots_not_in(const std::set<std::string>& wanted) {
  bool has_removed = false;
  for (auto root = roots_.begin(); root != roots_.end();) {
    const auto current = root++;
    if (wanted.contains(current->first)) continue;
    for (const auto& step : current->second.way) table_.unlisten(step, current->second);
    std::erase(due_, &current->second);
    failures_.erase(current->first);
    roots_.erase(current);
    has_removed = true;
  }
  if (!has_removed) return;
  for (const std::string& place : table_.places()) {
    if (!is_below_a_root(place)) table_.drop(place);
  }
  std::erase_if(failures_, [this](const auto& failure) { return !is_below_a_root(failure.first); });
}

bool WatchedTrees::is_below_a_root(const std::string& path) const {
  for (std::string above = path;; above = parent_of(above)) {
    if (roots_.contains(above)) return true;
    if (above.size() <= 1) return false;
  }
}

void WatchedTrees::retry_failures() {
  for (const auto& [path, error] : failures_) {
    if (const auto root = roots_.find(path); root != roots_.end()) {
      make_due(root->second);
    } else {
      jobs_.push_back({path, Telling::all, false});
    }
  }
}

void WatchedTrees::make_due(WatchedRoot& root) {
  if (!std::exchange(root.is_due, true)) due_.push_back(&root);
}

void WatchedTrees::handle(const WatchEvent& event) {
  if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) begin_again();
  if ((event.mask & IN_IGNORED) != 0) {
    for (WatchedRoot* root : table_.forget(event.watch)) make_due(*root);
  }
  if (event.name.empty()) return;
  for (WatchedRoot* root : table_.listeners(event.watch, std::string(event.name))) make_due(*root);
  if (event.name == kGit) return;
  for (const std::string& place : table_.places_of(event.watch)) handle_entry(join(place, event.name), event);
}

void WatchedTrees::handle_entry(const std::string& path, const WatchEvent& event) {
  if ((event.mask & IN_ISDIR) != 0) {
    handle_directory(path, event.mask);
  } else if (!is_temporary_name(event.name)) {
    tell(path, event.mask);
    // What is read through the link has other paths, which are not known here.
    if ((event.mask & kArrived) != 0 && is_link_to_directory(path)) tell_everything();
  }
}

void WatchedTrees::handle_directory(const std::string& path, std::uint32_t mask) {
  tell(path, mask);
  if ((mask & kLeft) != 0) drop_tree(path);
  // IN_ATTRIB: it may have become readable.
  const bool may_be_new = (mask & kArrived) != 0 || ((mask & IN_ATTRIB) != 0 && !table_.is_placed(path));
  if (may_be_new) jobs_.push_back({path, Telling::all, false});
}

void WatchedTrees::begin_again() {
  table_.begin_again();
  has_stale_places_ = true;
  is_blind_ = true;
  jobs_.clear();
  failures_.clear();
  for (auto& [path, root] : roots_) make_due(root);
  tell_everything();
}

bool WatchedTrees::work(int units) {
  for (int done = 0; done < units && work_on_one(); ++done) continue;
  if (!due_.empty() || !jobs_.empty()) return true;
  if (std::exchange(has_stale_places_, false)) table_.drop_stale();
  if (std::exchange(is_blind_, false)) tell_everything();
  return false;
}

bool WatchedTrees::work_on_one() {
  if (!due_.empty()) {
    WatchedRoot& root = *due_.front();
    due_.pop_front();
    root.is_due = false;
    look_up(root);
    return true;
  }
  if (jobs_.empty()) return false;
  const Job job = std::move(jobs_.back());
  jobs_.pop_back();
  go_through(job);
  return true;
}

void WatchedTrees::look_up(WatchedRoot& root) {
  const auto way_before = std::exchange(root.way, {});
  const WayEnd end = follow(root);
  for (const auto& step : way_before) {
    const auto is_same = [&step](const auto& other) { return other.watch == step.watch && other.name == step.name; };
    if (std::none_of(root.way.begin(), root.way.end(), is_same)) table_.unlisten(step, root);
  }
  const int error = end.kind == PathEnd::Kind::directory ? settle_directory(root, end) : settle_other(root, end);
  if (error != 0) {
    note_failure(root.path, error);
  } else {
    failures_.erase(root.path);
  }
}

WatchedTrees::WayEnd WatchedTrees::follow(WatchedRoot& root) {
  int error = 0;
  const auto listen = [&](const std::string& directory, const std::string& name, std::uint32_t mask) {
    const auto watch = table_.listen(directory, name, mask, root);
    if (watch) root.way.push_back({*watch, name});
    if (!watch) {
      error = watch.error();
    } else if (error != ENOSPC) {
      error = 0;  // above, only what is there already was to be seen
    }
  };
  const PathEnd end = walk_path(root.path, [&listen](const std::string& directory, const std::string& name) {
    listen(directory, name, kWayMask);
  });
  if (end.kind == PathEnd::Kind::file) listen(end.directory, end.name, kFileMask);
  return {end.kind, error};
}

/// Answers the errno of watching it, or 0; so does settle_other().
int WatchedTrees::settle_directory(WatchedRoot& root, const WayEnd& end) {
  const auto before = std::exchange(root.state, WatchedRoot::State::directory);
  const auto is_new = table_.place(root.path, WatchTable::Links::followed);
  if (!is_new) return is_new.error();
  if (*is_new) jobs_.push_back({root.path, Telling::nothing, true});
  if (*is_new && before != WatchedRoot::State::unknown) {
    // Now, and again when all of it is watched.
    tell_everything();
    is_blind_ = true;
  }
  // Who may not look into a directory on the way hears of its changes from the root's own watch, mostly.
  return end.error == ENOSPC ? ENOSPC : 0;
}

int WatchedTrees::settle_other(WatchedRoot& root, const WayEnd& end) {
  using State = WatchedRoot::State;
  const State now = end.kind == PathEnd::Kind::file ? State::file : State::missing;
  const State before = std::exchange(root.state, now);
  if (before == State::directory) {
    drop_tree(root.path);
    tell_everything();
  } else if (before == State::file || (before == State::missing && now == State::file)) {
    tell(root.path);
  }
  return end.error;
}

void WatchedTrees::go_through(const Job& job) {
  // Dropped since: then the path may lead anywhere.
  if (!table_.is_placed(job.is_placed ? job.path : parent_of(job.path))) return;
  if (!job.is_placed) {
    const auto is_new = table_.place(job.path, WatchTable::Links::not_followed);
    if (!is_new) {
      note_failure(job.path, is_new.error());
      return;
    }
    failures_.erase(job.path);
    if (!*is_new) return;
  }
  list(job);
}

void WatchedTrees::list(const Job& job) {
  const Listing listing(job.path);
  if (!listing.is_open()) {
    note_failure(job.path, errno);
    table_.drop_tree(job.path);
    return;
  }
  while (const dirent* const entry = listing.next()) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == ".." || name == kGit) continue;
    const std::string path = join(job.path, name);
    const bool is_unsure = entry->d_type == DT_UNKNOWN;
    const bool is_directory_entry = entry->d_type == DT_DIR || (is_unsure && is_directory(path));
    if (job.telling == Telling::all && (is_directory_entry || !is_temporary_name(name))) tell(path, IN_CREATE);
    if (is_directory_entry) jobs_.push_back({path, job.telling, false});
  }
}

void WatchedTrees::drop_tree(const std::string& path) {
  table_.drop_tree(path);
  const std::string prefix = join(path, "");
  failures_.erase(path);
  auto failure = failures_.lower_bound(prefix);
  while (failure != failures_.end() && failure->first.starts_with(prefix)) failure = failures_.erase(failure);
}

void WatchedTrees::tell(const std::string& path, std::uint32_t mask) {
  ++changes_seen_;
  if (is_everything_) return;
  // IN_CREATE, unlike IN_MOVED_TO, is said of what was not there.
  const auto [change, is_first] = changed_.try_emplace(path, (mask & IN_CREATE) != 0);
  if (change->second && (mask & kLeft) != 0) changed_.erase(change);
  if (changed_.size() > max_paths_) tell_everything();
}

void WatchedTrees::tell_everything() {
  ++changes_seen_;
  is_everything_ = true;
  changed_.clear();
}

void WatchedTrees::note_failure(const std::string& path, int error) {
  if (has_gone(error)) {
    failures_.erase(path);
    return;
  }
  // Once: whoever looks at everything may call watch() then, which tries again and fails again.
  if (error == ENOSPC && !lacks_watches()) tell_everything();
  if (failures_.size() < kMaxFailures) failures_.insert_or_assign(path, error);
}

bool WatchedTrees::lacks_watches() const {
  return std::any_of(failures_.begin(), failures_.end(), [](const auto& failure) { return failure.second == ENOSPC; });
}

Changes WatchedTrees::take() {
  Changes changes;
  changes.is_everything = std::exchange(is_everything_, false);
  for (const auto& [path, is_new] : std::exchange(changed_, {})) changes.paths.push_back(path);
  return changes;
}

std::string WatchedTrees::problem() const {
  if (failures_.empty()) return {};
  const auto& [path, error] = *failures_.begin();
  std::string text = "changes in " + path;
  if (failures_.size() > 1) text += " and in " + std::to_string(failures_.size() - 1) + " more places";
  text += " are noticed by periodic scans only: ";
  if (lacks_watches()) {
    return text + "there are not enough inotify watches; raise the sysctl fs.inotify.max_user_watches";
  }
  return text + "it cannot be watched: " + std::generic_category().message(error);
}

}  // namespace fgsync::source

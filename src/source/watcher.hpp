#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace fgsync::source {

/// What changed since the last time.
struct Changes {
  /// Events were lost, a root came, went or leads elsewhere, a link to a directory changed, or there are too many
  /// paths: look at everything. `paths` is empty then.
  bool is_everything = false;
  /// Files and directories that came, went or changed: sorted, each once, spelled as below the roots that were given.
  /// What has come back to what it was may be among them.
  std::vector<std::string> paths;

  [[nodiscard]] bool is_empty() const { return !is_everything && paths.empty(); }
};

struct WatcherSettings {
  std::chrono::milliseconds debounce{200};
  std::chrono::milliseconds max_delay{5000};  ///< changes that never end are told after this
  std::size_t max_paths = 10'000;             ///< that one batch names; more are `is_everything`
};

/// Port: tells when files change. Only what happens after watch() is told: read the files after it, not before. Not
/// told are temporary files of editors (is_temporary_name()) and anything in `.git`. Not noticed are changes behind
/// links to other trees, and those that other machines make on a network file system: whoever must not miss anything
/// looks at everything from time to time.
///
/// For one thread. Must live until next() has returned.
class Watcher {
 public:
  virtual ~Watcher() = default;

  /// Replaces what is watched: directories, with all below them, and single files. Absolute paths, which need not exist
  /// yet. Roots that stay are watched without a gap; what could not be watched is tried again. Large trees are gone
  /// through bit by bit while next() waits, which then tells `is_everything` once.
  virtual void watch(std::vector<std::string> roots) = 0;

  /// Resumes when something changed and then nothing for `debounce`, or `max_delay` is over. One at a time. Cancelled,
  /// it throws `operation_aborted`, and the next call tells what was gathered. Do not race it against something else
  /// (`||`): when both end, the changes are lost. Use stop().
  virtual boost::asio::awaitable<Changes> next() = 0;

  /// What keeps changes from being noticed, in words that tell a person what to do; empty: nothing.
  [[nodiscard]] virtual std::string problem() const = 0;

  /// Ends next(), this one and all later ones, with empty Changes.
  virtual void stop() = 0;
};

/// Watches through inotify. Waiting costs nothing: no timer runs while nothing changes. Error `invalid`: there can be
/// no inotify instance.
Result<std::unique_ptr<Watcher>> make_inotify_watcher(boost::asio::any_io_executor executor, Clock& clock,
                                                      WatcherSettings settings);

}  // namespace fgsync::source

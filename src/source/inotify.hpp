#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/result.hpp"

namespace fgsync::source {

/// One event as the kernel tells it, see inotify(7).
struct WatchEvent {
  int watch = -1;          ///< -1: about all of them (`IN_Q_OVERFLOW`)
  std::uint32_t mask = 0;  ///< `IN_…`
  std::string_view name;   ///< in the watched directory; empty: about the directory itself
};

/// The events in what was read. The names are views into `bytes`. A record that is cut short ends the list.
std::vector<WatchEvent> parse_events(std::span<const char> bytes);

/// The kernel's side of watching, so that tests can lose events and refuse watches.
class Inotify {
 public:
  virtual ~Inotify() = default;
  /// Readable when there are events. Stays this object's.
  [[nodiscard]] virtual int descriptor() const = 0;
  /// The number of the watch, or the errno. A directory has one number, whatever path leads to it, that is not used
  /// again when the directory has gone.
  virtual tl::expected<int, int> add(const std::string& path, std::uint32_t mask) = 0;
  virtual void remove(int watch) = 0;
  /// Reads whole records, without waiting; 0: there are none. Error: the errno.
  virtual tl::expected<std::size_t, int> read(std::span<char> buffer) = 0;
};

/// Error `invalid`: the user has too many instances, or the process too many open files.
Result<std::unique_ptr<Inotify>> open_inotify();

}  // namespace fgsync::source

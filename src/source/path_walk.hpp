#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace fgsync::source {

/// Where a path ends, all links followed.
struct PathEnd {
  enum class Kind {
    missing,    ///< a name on the way is not there, cannot be looked up, or is a link in a circle
    file,       ///< anything but a directory
    directory,  ///< the path itself leads there
  };
  Kind kind = Kind::missing;
  std::string directory;  ///< where the last name was looked up, without links
  std::string name;       ///< the last name that was looked up; empty: none, the path is `/`
};

/// Called before a name is looked up in a directory, which is without links.
using BeforeLookup = std::function<void(const std::string& directory, const std::string& name)>;

/// Follows an absolute path name by name, as the kernel does. What changes a name behind `before` is seen by whoever
/// began to watch the directory there.
PathEnd walk_path(const std::string& path, const BeforeLookup& before);

/// `/a` and `b` as `/a/b`.
std::string join(const std::string& directory, std::string_view name);
/// `/a/b` as `/a`, and `/` as `/`.
std::string parent_of(const std::string& path);

}  // namespace fgsync::source

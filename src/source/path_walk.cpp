#include "source/path_walk.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace fgsync::source {
namespace {

/// As many as the kernel follows.
constexpr int kMaxLinks = 40;

/// The names that are left to look up, the next one at the end.
using Names = std::vector<std::string>;

void put_before(Names& names, std::string_view path) {
  Names more;
  while (!path.empty()) {
    const auto length = std::min(path.find('/'), path.size());
    if (length > 0 && path.substr(0, length) != ".") more.emplace_back(path.substr(0, length));
    path.remove_prefix(std::min(length + 1, path.size()));
  }
  names.insert(names.end(), std::make_move_iterator(more.rbegin()), std::make_move_iterator(more.rend()));
}

}  // namespace

std::string join(const std::string& directory, std::string_view name) {
  std::string path = directory;
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

PathEnd walk_path(const std::string& path, const BeforeLookup& before) {
  Names names;
  put_before(names, path);
  std::string here = "/";
  PathEnd end;
  int links = 0;
  while (!names.empty()) {
    const std::string name = std::exchange(names.back(), {});
    names.pop_back();
    if (name == "..") {
      here = parent_of(here);
      continue;
    }
    end.directory = here;
    end.name = name;
    before(here, name);
    const std::string found = join(here, name);
    struct stat status{};
    if (::lstat(found.c_str(), &status) != 0) return end;
    if (S_ISDIR(status.st_mode)) {
      here = found;
    } else if (S_ISLNK(status.st_mode)) {
      std::error_code error;
      const std::string target = std::filesystem::read_symlink(found, error).string();
      if (error || ++links > kMaxLinks) return end;
      if (target.starts_with('/')) here = "/";
      put_before(names, target);
    } else {
      if (names.empty()) end.kind = PathEnd::Kind::file;
      return end;
    }
  }
  end.kind = PathEnd::Kind::directory;
  return end;
}

}  // namespace fgsync::source

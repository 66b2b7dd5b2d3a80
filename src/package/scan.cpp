// Walks the code directory by descriptors, one open directory per level, so that a directory exchanged for a link on
// the way cannot lead outside. Links to files are resolved by the kernel (O_PATH) and judged by where they ended.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "package/contents.hpp"
#include "package/descriptor.hpp"
#include "package/ignore_rules.hpp"
#include "package/limits.hpp"
#include "package/names.hpp"
#include "package/text.hpp"

namespace fgsync::package {
namespace {

constexpr std::size_t kMaxDepth = 100;
constexpr std::size_t kMaxIgnoreFileBytes = 64ULL * 1024;
constexpr const char* kIgnoreFile = ".fgsyncignore";

/// What editors leave beside the files they edit: `x~`, `.x.swp`, `#x#`, `.#x`.
bool is_backup(std::string_view name) {
  if (name.size() > 1 && name.ends_with('~')) return true;
  if (name.size() > 2 && name.starts_with('#') && name.ends_with('#')) return true;
  if (name.starts_with(".#")) return true;
  return name.size() > 5 && name.starts_with('.') && name.substr(name.size() - 4, 3) == ".sw" && name.back() >= 'a' &&
         name.back() <= 'p';
}

constexpr mode_t kReadableByAll = S_IRUSR | S_IRGRP | S_IROTH;

class Scanner {
 public:
  Scanner(std::string directory, const std::vector<std::string>& ignore, std::optional<std::string> limit)
      : directory_(std::move(directory)), ignore_(ignore), limit_(std::move(limit)) {}

  Result<FileList> run() {
    const Descriptor root(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.is_open()) return fail(cannot_open(errno));
    real_root_ = real_path_of(root);
    if (limit_ && !lies_within(*limit_)) return fail(outside_of(*limit_));
    if (auto read = read_ignore_file(root); !read) return fail(std::move(read).error());
    for (const std::string& line : ignore_) rules_.add_line(line);
    if (auto walked = walk(root, "", 0); !walked) return fail(std::move(walked).error());
    std::sort(files_.begin(), files_.end(),
              [](const FileStamp& left, const FileStamp& right) { return left.path < right.path; });
    if (auto checked = check_all(); !checked) return fail(std::move(checked).error());
    return FileList{directory_, std::move(files_), Packing::directory};
  }

 private:
  [[nodiscard]] std::string quoted(const std::string& path) const { return quoted_path(directory_ + '/' + path); }

  [[nodiscard]] Error cannot_open(int error) const {
    const std::string what = "code directory " + quoted_path(directory_);
    if (error == ENOENT) return {ErrorKind::invalid, what + " does not exist: correct spec.code in the manifest"};
    if (error == ENOTDIR)
      return {ErrorKind::invalid, what + " is not a directory: name one, or use code.file for a single file"};
    return {ErrorKind::invalid, what + " cannot be read: " + reason(error) + "; give fgsync the right to"};
  }

  [[nodiscard]] bool lies_within(const std::string& root) const {
    const Descriptor top(::open(root.empty() ? "." : root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return top.is_open() && !real_root_.empty() && is_inside(real_root_, real_path_of(top));
  }

  [[nodiscard]] Error outside_of(const std::string& root) const {
    return {ErrorKind::invalid, "the code " + directory_ + " lies outside of the root " + root +
                                    "; move it inside, or name a wider root with --root"};
  }

  Result<void> read_ignore_file(const Descriptor& root) {
    const std::string name = quoted(kIgnoreFile);
    const Descriptor file(::openat(root.number(), kIgnoreFile, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) {
      const int error = errno;
      if (error == ENOENT) return {};
      if (error == ELOOP) return fail(ErrorKind::invalid, name + " is a link: it must be a file of its own");
      if (error == ENXIO) return fail(ErrorKind::invalid, name + " is a socket: it must be a file with patterns");
      return fail(unreadable(kIgnoreFile, error));
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return fail(ErrorKind::invalid,
                  name + " is " + std::string(kind_of(status.st_mode)) + ": it must be a file with patterns");
    }
    std::string text(kMaxIgnoreFileBytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
      const ssize_t count = ::read(file.number(), text.data() + size, text.size() - size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(unreadable(kIgnoreFile));
      if (count == 0) break;
      size += static_cast<std::size_t>(count);
    }
    if (size > kMaxIgnoreFileBytes)
      return fail(ErrorKind::invalid, name + " is larger than 64 KiB: use fewer or wider patterns");
    rules_.add_text(std::string_view(text).substr(0, size));
    return {};
  }

  /// Lists what is in the open directory at `prefix` (empty, or ending in `/`).
  // NOLINTNEXTLINE(misc-no-recursion): bounded by kMaxDepth
  Result<void> walk(const Descriptor& directory, const std::string& prefix, std::size_t depth) {
    auto names = names_in(directory, prefix);
    if (!names) return fail(std::move(names).error());
    for (const std::string& name : *names) {
      if (auto taken = take(directory, prefix, name, depth); !taken) return taken;
    }
    return {};
  }

  /// The names in a directory, ordered, so that which error is reported first does not depend on the file system.
  [[nodiscard]] Result<std::vector<std::string>> names_in(const Descriptor& directory,
                                                          const std::string& prefix) const {
    // fdopendir takes the descriptor over, so it gets one of its own.
    const int own = ::fcntl(directory.number(), F_DUPFD_CLOEXEC, 0);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(own < 0 ? nullptr : ::fdopendir(own), &::closedir);
    if (!stream) return fail(unreadable(prefix));
    std::vector<std::string> names;
    errno = 0;
    // readdir is safe here: the stream belongs to this call alone.
    while (const dirent* entry = ::readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe)
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    if (errno != 0) return fail(unreadable(prefix));
    std::sort(names.begin(), names.end());
    return names;
  }

  // NOLINTNEXTLINE(misc-no-recursion): see walk
  Result<void> take(const Descriptor& parent, const std::string& prefix, const std::string& name, std::size_t depth) {
    if (name == ".git" || (prefix.empty() && name == kIgnoreFile) || is_backup(name)) return {};
    const std::string path = prefix + name;
    struct stat status{};
    if (::fstatat(parent.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return fail(unreadable(path));
    const bool is_directory = S_ISDIR(status.st_mode);
    if (rules_.excludes_entry(path, is_directory ? EntryKind::directory : EntryKind::file)) return {};
    if (const auto fault = fault_of_name(name)) {
      return fail(ErrorKind::invalid,
                  "the name of " + quoted(path) + " " + std::string(*fault) + ": rename it or ignore it");
    }
    if (is_directory) return enter(parent, path, name, depth);
    if (S_ISLNK(status.st_mode)) return take_link(parent, path, name);
    if (!S_ISREG(status.st_mode)) return fail(special(path, status.st_mode));
    return add(parent, path, name, status);
  }

  // NOLINTNEXTLINE(misc-no-recursion): see walk
  Result<void> enter(const Descriptor& parent, const std::string& path, const std::string& name, std::size_t depth) {
    if (depth == kMaxDepth) {
      return fail(ErrorKind::invalid,
                  quoted(path.substr(0, path.find('/'))) + " is nested deeper than 100 directories: ignore it");
    }
    const Descriptor directory(
        ::openat(parent.number(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.is_open()) return fail(unreadable(path));
    return walk(directory, path + '/', depth + 1);
  }

  Result<void> take_link(const Descriptor& parent, const std::string& path, const std::string& name) {
    std::array<char, 4096> target{};
    const ssize_t size = ::readlinkat(parent.number(), name.c_str(), target.data(), target.size());
    if (size < 0) return fail(unreadable(path));
    const std::string what =
        quoted(path) + " is a link to " + quoted_path({target.data(), static_cast<std::size_t>(size)});
    const Descriptor file(::openat(parent.number(), name.c_str(), O_PATH | O_CLOEXEC));
    if (!file.is_open()) {
      const int error = errno;
      if (error == ENOENT || error == ENOTDIR)
        return fail(ErrorKind::invalid, what + ", which does not exist: mend, remove or ignore it");
      return fail(ErrorKind::invalid,
                  what + ", which cannot be followed: " + reason(error) + "; mend, remove or ignore it");
    }
    const std::string real_path = real_path_of(file);
    if (real_root_.empty() || real_path.empty()) return fail(unreadable(path));
    if (!is_inside(real_path, real_root_)) {
      return fail(ErrorKind::invalid,
                  what + ", which is outside the code directory: put a copy in its place or ignore it");
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return fail(unreadable(path));
    if (S_ISDIR(status.st_mode)) {
      return fail(ErrorKind::invalid, what + ", a directory: link its files one by one, or ignore it");
    }
    if (!S_ISREG(status.st_mode)) return fail(special(path, status.st_mode));
    return add(parent, path, name, status);
  }

  Result<void> add(const Descriptor& parent, const std::string& path, const std::string& name,
                   const struct stat& status) {
    // Nearly every file may be read by all: no need to ask. Where an access list says otherwise, reading will tell.
    const bool is_for_all = (status.st_mode & kReadableByAll) == kReadableByAll;
    if (!is_for_all && ::faccessat(parent.number(), name.c_str(), R_OK, AT_EACCESS) != 0) {
      return fail(unreadable(path));
    }
    files_.push_back(stamp_of(path, status));
    if (files_.size() > kMaxFiles) return fail(too_much(kFilesLimit));
    total_bytes_ += files_.back().size;
    if (total_bytes_ > kMaxUnpackedBytes) return fail(too_much(kUnpackedLimit));
    return {};
  }

  /// What only the whole list shows.
  [[nodiscard]] Result<void> check_all() const {
    if (files_.empty()) {
      return fail(ErrorKind::invalid,
                  "code directory " + quoted_path(directory_) +
                      " has no files, or all of them are ignored: add code, or change the ignore rules");
    }
    if (const auto clash = find_clash(files_)) return fail(same_name(*clash));
    return {};
  }

  [[nodiscard]] Error same_name(const NameClash& clash) const {
    const std::string first = directory_ + '/' + clash.first;
    const std::string second = directory_ + '/' + clash.second;
    constexpr std::string_view kWayOut = ": rename or ignore one";
    if (clash.difference == NameDifference::letter_case) {
      return {ErrorKind::invalid, quoted_path(first) + " and " + quoted_path(second) + " differ only by letter case" +
                                      std::string(kWayOut)};
    }
    // Shown as text the two could not be told apart.
    const std::string_view how = clash.difference == NameDifference::unicode_form
                                     ? " differ only by Unicode form (composed or decomposed)"
                                     : " differ only by letter case and Unicode form (composed or decomposed)";
    return {ErrorKind::invalid,
            quoted_bytes(first) + " and " + quoted_bytes(second) + std::string(how) + std::string(kWayOut)};
  }

  [[nodiscard]] Error too_much(std::string_view limit) const {
    return {ErrorKind::invalid, "code directory " + quoted_path(directory_) + " has more than " + std::string(limit) +
                                    ": ignore what the function does not need"};
  }

  // The default argument takes errno before the message is built, which may change it.
  [[nodiscard]] Error unreadable(const std::string& path, int error = errno) const {
    return {ErrorKind::invalid,
            "cannot read " + quoted(path) + ": " + reason(error) + "; make it readable or ignore it"};
  }

  [[nodiscard]] Error special(const std::string& path, mode_t mode) const {
    return {ErrorKind::invalid,
            quoted(path) + " is " + std::string(kind_of(mode)) + ": only files can be packaged; remove or ignore it"};
  }

  std::string directory_;
  const std::vector<std::string>& ignore_;
  std::optional<std::string> limit_;
  std::string real_root_;
  IgnoreRules rules_;
  std::vector<FileStamp> files_;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace

Result<FileList> scan(const std::string& directory, const std::vector<std::string>& ignore) {
  return Scanner(directory, ignore, std::nullopt).run();
}

Result<FileList> scan_within(const std::string& root, const std::string& directory,
                             const std::vector<std::string>& ignore) {
  return Scanner(directory, ignore, root).run();
}

}  // namespace fgsync::package

// Reads manifests from directories and single files. Every file is resolved to its real path before it is opened, and
// that path must lie in the root: a link cannot bring in what the checkout does not hold. A file that is reached twice
// (named and scanned, or through a link) is taken once. A directory below the root with a configuration of its own is
// not entered: what it says, such as `mode: observe`, would be ignored.
#include "source/directory_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "source/descriptor.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxFiles = 20'000;
constexpr int kMaxDepth = 64;
constexpr std::string_view kConfigName = "fgsync.yaml";
constexpr std::string_view kEnvironments = "environments";

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

Error invalid(std::string message) {
  return Error(ErrorKind::invalid, std::move(message));
}

/// Reads a regular file whose path holds no links.
Result<std::string> read_regular_file(const fs::path& path) {
  // Non-blocking: opening a FIFO must not wait for a writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0) return fail(invalid("cannot be read: " + reason(errno)));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(invalid("cannot be read: " + reason(errno)));
  if (!S_ISREG(status.st_mode)) return fail(invalid("is not a regular file"));

  std::string text;
  char buffer[65536];
  while (text.size() <= kMaxFileBytes) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(invalid("cannot be read: " + reason(errno)));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return fail(invalid("is larger than 1 MiB: manifests are small"));
}

bool is_manifest_name(const fs::path& name) {
  return name.extension() == ".yaml" || name.extension() == ".yml";
}

/// `directory/name` as a person would type it.
std::string typed(const std::string& directory, const std::string& name) {
  if (directory.empty() || directory == ".") return name;
  return directory.ends_with('/') ? directory + name : directory + "/" + name;
}

/// Both without links.
bool is_at_or_below(const std::string& path, const std::string& directory) {
  if (!path.starts_with(directory)) return false;
  return path.size() == directory.size() || directory == "/" || path[directory.size()] == '/';
}

/// `./a//b/` as `a/b`. `..` stays: what it leaves may be a link.
std::string tidy(const std::string& path) {
  fs::path tidied;
  for (const fs::path& part : fs::path(path)) {
    if (part != "." && !part.empty()) tidied /= part;
  }
  return tidied.empty() ? "." : tidied.string();
}

class Scan {
 public:
  explicit Scan(fs::path root) : root_(std::move(root)) { snapshot_.root = root_.string(); }

  void take(const std::string& path);
  Result<Snapshot> finish();

 private:
  void take_directory(const std::string& path, const std::optional<fs::path>& real, int depth);
  void take_entry(const fs::directory_entry& entry, const std::string& path, int depth);
  void take_file(const std::string& path, const std::optional<fs::path>& real, bool is_named);
  /// Whether the directory is another source, with a configuration of its own; then a failure was noted.
  bool is_another_source(const std::string& path, const fs::path& real);
  /// The real path, when it exists and lies in the root; else a failure was noted.
  std::optional<fs::path> resolve(const std::string& path);
  /// The same for an entry of a resolved directory: only links lead elsewhere.
  std::optional<fs::path> resolve(const fs::directory_entry& entry, const std::string& path);
  void note(const std::string& path, Error error);

  fs::path root_;
  Snapshot snapshot_;
  std::map<std::string, std::size_t> taken_;  // real path → place in snapshot_.files
  std::set<std::string> scanned_;             // real paths of directories
};

void Scan::note(const std::string& path, Error error) {
  const auto same = [&path](const Failure& failure) { return failure.path == path; };
  if (std::any_of(snapshot_.failures.begin(), snapshot_.failures.end(), same)) return;
  snapshot_.failures.push_back(Failure{.path = path, .error = with_context(std::move(error), path)});
}

std::optional<fs::path> Scan::resolve(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) {
    std::error_code ignored;
    const bool is_link = fs::is_symlink(fs::symlink_status(path, ignored));
    const std::string what =
        is_link ? "is a link to " + fs::read_symlink(path, ignored).string() + ", which cannot be read: "
                : "cannot be read: ";
    note(path, invalid(what + error.message()));
    return std::nullopt;
  }
  if (is_at_or_below(real.string(), root_.string())) return real;
  note(path, invalid("leads to " + real.string() + ", outside of the root " + root_.string()));
  return std::nullopt;
}

std::optional<fs::path> Scan::resolve(const fs::directory_entry& entry, const std::string& path) {
  std::error_code error;
  const bool is_link = entry.is_symlink(error);
  return is_link || error ? resolve(path) : entry.path();
}

void Scan::take(const std::string& path) {
  const std::string shown = tidy(path);
  std::error_code ignored;
  if (fs::is_directory(shown, ignored)) {
    take_directory(shown, resolve(shown), 0);
  } else if (fs::path(shown).filename() == kConfigName) {
    note(shown, invalid("is the configuration, not a manifest: give it with --config"));
  } else {
    take_file(shown, resolve(shown), true);
  }
}

bool Scan::is_another_source(const std::string& path, const fs::path& real) {
  std::error_code ignored;
  const fs::file_status config = fs::symlink_status(real / kConfigName, ignored);
  if (real == root_ || !fs::exists(config) || fs::is_directory(config)) return false;
  note(typed(path, std::string(kConfigName)),
       invalid("makes this directory a source of its own: run fgsync with --root " + path +
               ", or keep it out of the directories that are read"));
  return true;
}

void Scan::take_directory(const std::string& path, const std::optional<fs::path>& real, int depth) {
  // Links may lead to a directory twice, or in a circle.
  if (!real || !scanned_.insert(real->string()).second) return;
  if (depth > kMaxDepth) {
    note(path, invalid("lies more than 64 directories deep"));
    return;
  }
  if (is_another_source(path, *real)) return;
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator next(*real, error), end; !error && next != end; next.increment(error)) {
    entries.push_back(*next);
  }
  if (error) {
    note(path, invalid("cannot be read: " + error.message()));
    return;
  }
  std::sort(entries.begin(), entries.end(), [](const fs::directory_entry& left, const fs::directory_entry& right) {
    return left.path().native() < right.path().native();  // one directory: only the names differ
  });
  for (const fs::directory_entry& entry : entries) take_entry(entry, path, depth);
}

void Scan::take_entry(const fs::directory_entry& entry, const std::string& path, int depth) {
  const std::string name = entry.path().filename().string();
  if (name.starts_with('.')) return;
  const std::string shown = typed(path, name);
  std::error_code error;
  const bool is_directory = entry.is_directory(error);  // follows links
  if (is_directory) {
    if (name != kEnvironments) take_directory(shown, resolve(entry, shown), depth + 1);
  } else if (is_manifest_name(entry.path()) && name != kConfigName) {
    take_file(shown, resolve(entry, shown), false);
  }
}

void Scan::take_file(const std::string& path, const std::optional<fs::path>& real, bool is_named) {
  if (!real) return;
  if (const auto taken = taken_.find(real->string()); taken != taken_.end()) {
    snapshot_.files[taken->second].is_named |= is_named;
    return;
  }
  if (snapshot_.files.size() >= kMaxFiles) {
    note(path, invalid("is not read: there are more than 20000 manifests"));
    return;
  }
  auto text = read_regular_file(*real);
  if (!text) {
    note(path, std::move(text).error());
    return;
  }
  taken_.emplace(real->string(), snapshot_.files.size());
  snapshot_.files.push_back(File{.path = path, .text = *std::move(text), .is_named = is_named});
}

Result<Snapshot> Scan::finish() {
  const bool is_nothing_read = snapshot_.files.empty() && scanned_.empty() && !snapshot_.failures.empty();
  if (is_nothing_read) return fail(std::move(snapshot_.failures.front().error));
  snapshot_.kind = "directory";
  std::sort(snapshot_.files.begin(), snapshot_.files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return std::move(snapshot_);
}

class DirectorySource final : public Source {
 public:
  DirectorySource(std::string root, std::vector<std::string> paths)
      : root_(std::move(root)), paths_(std::move(paths)) {}

  Result<Snapshot> read() override {
    std::error_code error;
    const fs::path root = fs::canonical(root_.empty() ? "." : root_, error);
    if (error) return fail(invalid("the root " + root_ + " cannot be read: " + error.message()));
    if (!fs::is_directory(root, error)) return fail(invalid("the root " + root_ + " is not a directory"));
    Scan scan(root);
    for (const std::string& path : paths_) scan.take(path);
    return scan.finish();
  }

 private:
  std::string root_;
  std::vector<std::string> paths_;
};

}  // namespace

std::unique_ptr<Source> make_directory_source(std::string root, std::vector<std::string> paths) {
  return std::make_unique<DirectorySource>(std::move(root), std::move(paths));
}

}  // namespace fgsync::source

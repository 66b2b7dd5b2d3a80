// The files are written by git itself, which guards against paths that lead elsewhere, with attributes of ours that
// outrank those in the tree, so that it converts nothing. `git archive` would not do: it obeys export-subst. They are
// not synced to the disk, which can take long: after a power failure they might be there and empty, which must not be
// taken for the commit, so folders are not used beyond the boot of the machine in which they were made.
#include "source/git_checkouts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "source/descriptor.hpp"
#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAttributes = "* -text !eol !filter -ident !working-tree-encoding\n";
constexpr const char* kNew = ".new";
constexpr const char* kIndex = ".new-index";
constexpr const char* kOld = ".old-";
constexpr const char* kBoot = ".boot";
constexpr const char* kBootId = "/proc/sys/kernel/random/boot_id";

Error cannot(const std::string& what, const std::string& path, const std::error_code& reason) {
  return Error(ErrorKind::transient, path + " cannot be " + what + ": " + reason.message());
}

/// Empty when it cannot be read.
std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

void remove_folder(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

/// What a commit holds.
struct Content {
  std::uint64_t bytes = 0;
  std::size_t files = 0;
};

/// Lines of `git ls-tree -r -l -z`: `MODE TYPE ID SIZE<TAB>PATH`.
Content measure(std::string_view listed) {
  Content content;
  while (!listed.empty()) {
    const std::size_t end = std::min(listed.find('\0'), listed.size());
    const std::string_view head = listed.substr(0, std::min(listed.find('\t'), end));
    const std::string_view size = head.substr(head.rfind(' ') + 1);
    std::uint64_t bytes = 0;
    std::from_chars(size.data(), size.data() + size.size(), bytes);  // `-` for submodules
    content.bytes += bytes;
    ++content.files;
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
  return content;
}

Result<void> check_content(const std::string& commit_id, const RepositorySettings& settings, const GitClone& clone) {
  const auto listed = clone.run({"ls-tree", "-r", "-l", "-z", "--full-tree", commit_id});
  const std::string who = "the commit " + commit_id + " ";
  if (!listed && listed.error().kind == ErrorKind::invalid) {
    return fail(ErrorKind::invalid, who + "cannot be listed: " + listed.error().message);
  }
  if (!listed) return fail(listed.error());
  const Content content = measure(*listed);
  if (content.files > settings.max_files) {
    return fail(ErrorKind::invalid, who + "has " + std::to_string(content.files) + " files, more than the " +
                                        std::to_string(settings.max_files) + " that are allowed");
  }
  if (content.bytes > settings.max_bytes) {
    return fail(ErrorKind::invalid, who + "has files of " + std::to_string(content.bytes) + " bytes together, more " +
                                        "than the " + std::to_string(settings.max_bytes) + " that are allowed");
  }
  return {};
}

Result<void> write_files(const std::string& commit_id, const fs::path& folder, const fs::path& index,
                         const GitClone& clone) {
  for (const auto& arguments : {std::vector<std::string>{"read-tree", commit_id},
                                std::vector<std::string>{"checkout-index", "--all", "--force", "--quiet"}}) {
    auto done = clone.run_in(folder.string(), index.string(), arguments);
    if (!done) return done;
  }
  return {};
}

/// Nobody is to change what plans are made from, by mistake. Folders stay as they are: otherwise not even their owner
/// could remove them with `rm -r`.
Result<void> seal(const fs::path& folder) {
  constexpr auto kWrite = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  std::error_code failed;
  for (fs::recursive_directory_iterator next(folder, failed), end; !failed && next != end; next.increment(failed)) {
    if (next->symlink_status(failed).type() == fs::file_type::regular) {
      fs::permissions(next->path(), kWrite, fs::perm_options::remove, failed);
    }
    if (failed) break;
  }
  if (failed) return fail(cannot("made read-only", folder.string(), failed));
  return {};
}

Result<void> write_attributes(const GitClone& clone) {
  const fs::path info = fs::path(clone.directory()) / "info";
  std::error_code failed;
  fs::create_directories(info, failed);
  std::ofstream file(info / "attributes", std::ios::binary);
  file << kAttributes;
  file.close();
  if (failed || !file) return fail(ErrorKind::transient, info.string() + " cannot be written; is the disk full?");
  return {};
}

}  // namespace

void GitCheckouts::remove_leftovers() const {
  const std::string now = text_of(kBootId);
  const fs::path made = fs::path(directory_) / kBoot;
  if (now.empty() || text_of(made) != now) {
    remove_unused();
    // Half a name is another one.
    std::ofstream(made, std::ios::binary) << now;
  }
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator next(directory_, failed), end; !failed && next != end; next.increment(failed)) {
    const std::string name = next->path().filename().string();
    if (name.starts_with('.') && name != kBoot) found.push_back(next->path());
  }
  for (const fs::path& path : found) remove_folder(path);
}

Result<void> GitCheckouts::make(const std::string& commit_id, const RepositorySettings& settings,
                                const GitClone& clone) const {
  std::error_code failed;
  if (fs::is_directory(path_of(commit_id), failed)) return {};
  auto done = check_content(commit_id, settings, clone);
  if (!done) return done;
  const fs::path folder = fs::path(directory_) / kNew;
  const fs::path index = fs::path(directory_) / kIndex;
  fs::create_directories(folder, failed);
  if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
  if (failed) return fail(cannot("made", folder.string(), failed));
  done = write_attributes(clone);
  if (done) done = write_files(commit_id, folder, index, clone);
  if (done) done = seal(folder);
  if (done) {
    fs::rename(folder, path_of(commit_id), failed);
    if (failed) done = fail(cannot("named", folder.string(), failed));
  }
  if (!done) remove_folder(folder);
  fs::remove(index, failed);
  return done;
}

Result<std::shared_ptr<void>> GitCheckouts::hold(const std::string& commit_id) const {
  const std::string path = path_of(commit_id);
  auto directory = std::make_shared<Descriptor>(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory->get() < 0 || ::flock(directory->get(), LOCK_SH | LOCK_NB) != 0) {
    return fail(cannot("used", path, last_error()));
  }
  return std::shared_ptr<void>(std::move(directory));
}

void GitCheckouts::remove_unused() const {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator next(directory_, failed), end; !failed && next != end; next.increment(failed)) {
    if (is_object_name(next->path().filename().string())) found.push_back(next->path());
  }
  for (const fs::path& path : found) {
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // First the name, so that nobody finds half of it.
    const fs::path old = path.parent_path() / (kOld + path.filename().string());
    fs::rename(path, old, failed);
    if (!failed) remove_folder(old);
  }
}

}  // namespace fgsync::source

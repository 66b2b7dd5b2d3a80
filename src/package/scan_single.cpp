// A single source file, or a ready archive. The file is opened once, without reading (O_PATH), and judged by that
// descriptor, so that what is judged is what is there.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "package/contents.hpp"
#include "package/descriptor.hpp"
#include "package/limits.hpp"
#include "package/names.hpp"
#include "package/ready_archive.hpp"
#include "package/text.hpp"

namespace fgsync::package {
namespace {

namespace fs = std::filesystem;

class SingleFile {
 public:
  SingleFile(const std::string& path, Packing packing)
      : path_(path),
        what_((packing == Packing::archive ? "archive " : "code file ") + quoted_path(path)),
        packing_(packing),
        file_(::open(path.c_str(), O_PATH | O_CLOEXEC)),
        open_error_(errno) {}

  [[nodiscard]] Result<FileList> take(const std::string& root) const {
    if (!file_.is_open()) return fail(cannot_open());
    if (auto inside = check_inside(root); !inside) return fail(std::move(inside).error());
    struct stat status{};
    if (::fstat(file_.number(), &status) != 0) return fail(refused("cannot be read: " + reason(errno)));
    if (!S_ISREG(status.st_mode)) return fail(wrong_kind(status.st_mode));
    const std::string name = fs::path(path_).filename().string();
    if (const auto fault = fault_of_name(name)) {
      return fail(refused("has a name that " + std::string(*fault) + ": rename it"));
    }
    const Descriptor opened(::open(own_link().c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.is_open()) return fail(refused("cannot be read: " + reason(errno) + "; make it readable"));
    FileStamp stamp = stamp_of(name, status);
    auto fits = packing_ == Packing::archive ? check_archive(opened, stamp.size) : check_size(stamp.size);
    if (!fits) return fail(std::move(fits).error());
    const std::string directory = fs::path(path_).parent_path().string();
    return FileList{directory.empty() ? "." : directory, {std::move(stamp)}, packing_};
  }

 private:
  [[nodiscard]] Error refused(const std::string& why) const { return {ErrorKind::invalid, what_ + " " + why}; }

  [[nodiscard]] std::string own_link() const { return "/proc/self/fd/" + std::to_string(file_.number()); }

  [[nodiscard]] Error cannot_open() const {
    const bool is_missing = open_error_ == ENOENT || open_error_ == ENOTDIR;
    if (!is_missing) return refused("cannot be read: " + reason(open_error_) + "; correct or replace it");
    std::error_code ignored;
    const fs::path target = fs::read_symlink(path_, ignored);
    if (target.empty()) return refused("does not exist: correct spec.code in the manifest");
    return refused("is a link to " + quoted_path(target.string()) + ", which does not exist: mend it");
  }

  [[nodiscard]] Result<void> check_inside(const std::string& root) const {
    const Descriptor top(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const std::string real_path = real_path_of(file_);
    if (top.is_open() && is_inside(real_path, real_path_of(top))) return {};
    return fail(refused("is at " + quoted_path(real_path) + ", outside of the root " + quoted_path(root) +
                        ": move it inside, or name a wider root with --root"));
  }

  [[nodiscard]] Error wrong_kind(mode_t mode) const {
    const std::string way_out = S_ISDIR(mode) ? ": name a file, or use code.directory" : ": name a file";
    return refused("is " + std::string(kind_of(mode)) + way_out);
  }

  [[nodiscard]] Result<void> check_size(std::uint64_t size) const {
    if (size <= kMaxUnpackedBytes) return {};
    return fail(refused("is larger than " + std::string(kUnpackedLimit) + ": make it smaller"));
  }

  [[nodiscard]] Result<void> check_archive(const Descriptor& opened, std::uint64_t size) const {
    if (size > kMaxArchiveBytes) {
      return fail(refused("is larger than " + std::string(kArchiveLimit) + ": upload it to OBS and use code.obs"));
    }
    return check_ready_archive(opened, quoted_path(path_));
  }

  std::string path_;
  std::string what_;
  Packing packing_;
  Descriptor file_;
  int open_error_;
};

}  // namespace

Result<FileList> scan_file(const std::string& path, const std::string& root) {
  return SingleFile(path, Packing::file).take(root);
}

Result<FileList> scan_archive(const std::string& path, const std::string& root) {
  return SingleFile(path, Packing::archive).take(root);
}

}  // namespace fgsync::package

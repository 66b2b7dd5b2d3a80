#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "emulator/model.hpp"

namespace fgsync::emulator {

/// A folder that goes away with its last user.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Folders below a private one: unpacked code, kept for later runs, and new ones for each run. For one thread; folders
/// may be used and freed on any.
class CodeFolders {
 public:
  /// Error `invalid`: there is no place for temporary files below `parent`.
  static Result<std::unique_ptr<CodeFolders>> create(const std::filesystem::path& parent);

  /// The private folder itself.
  [[nodiscard]] const std::filesystem::path& root() const { return root_->path(); }
  /// Of a name that nobody has had; it does not exist yet.
  std::shared_ptr<const TemporaryDirectory> next(const std::string& prefix);
  /// Null when the code is not there.
  std::shared_ptr<const TemporaryDirectory> find(const CodeFacts& code);
  /// Forgets the one that was not used for longest when there are many.
  void keep(const CodeFacts& code, std::shared_ptr<const TemporaryDirectory> folder);

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const TemporaryDirectory> folder;
  };

  explicit CodeFolders(std::filesystem::path root) : root_(std::make_unique<TemporaryDirectory>(std::move(root))) {}

  std::unique_ptr<TemporaryDirectory> root_;
  std::list<Kept> kept_;  ///< newest use first; gone before the folder that they are in
  std::uint64_t made_ = 0;
};

}  // namespace fgsync::emulator

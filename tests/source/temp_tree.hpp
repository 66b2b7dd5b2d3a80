#pragma once

#include <filesystem>
#include <string>

namespace fgsync::source::test {

/// A directory of its own, removed at the end, that is the working directory meanwhile.
class TempTree {
 public:
  TempTree();
  TempTree(const TempTree&) = delete;
  TempTree& operator=(const TempTree&) = delete;
  ~TempTree();

  /// Writes a file and the directories above it.
  void write(const std::string& path, const std::string& text = "a: b\n") const;
  void link(const std::string& target, const std::string& path) const;
  [[nodiscard]] std::string absolute(const std::string& path = {}) const;

 private:
  std::filesystem::path before_;
  std::filesystem::path directory_;
};

}  // namespace fgsync::source::test

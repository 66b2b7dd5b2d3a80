#pragma once

#include <string>
#include <string_view>

namespace fgsync::test {

/// A directory of the test's own, removed with everything in it at the end.
class TempDirectory {
 public:
  TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }

  /// Writes a file with mode 0644, making its parent directories.
  void write(std::string_view name, std::string_view text) const;
  void make_directory(std::string_view name) const;
  void make_executable(std::string_view name) const;
  void link(std::string_view name, std::string_view target) const;

 private:
  std::string path_;
};

/// What a shell command wrote to its standard output; the test fails when the command does.
std::string output_of(const std::string& command);

}  // namespace fgsync::test

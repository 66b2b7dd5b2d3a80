#include "tests/package/temp_directory.hpp"

#include <stdlib.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace fgsync::test {
namespace fs = std::filesystem;

TempDirectory::TempDirectory() : path_((fs::temp_directory_path() / "fgsync-test-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempDirectory::write(std::string_view name, std::string_view text) const {
  const fs::path file = fs::path(path_) / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  fs::permissions(file, static_cast<fs::perms>(0644));
}

void TempDirectory::make_directory(std::string_view name) const {
  fs::create_directories(fs::path(path_) / name);
}

void TempDirectory::make_executable(std::string_view name) const {
  fs::permissions(fs::path(path_) / name, fs::perms::owner_exec, fs::perm_options::add);
}

void TempDirectory::link(std::string_view name, std::string_view target) const {
  fs::create_symlink(target, fs::path(path_) / name);
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  INFO(command);
  REQUIRE(status == 0);
  return output;
}

}  // namespace fgsync::test

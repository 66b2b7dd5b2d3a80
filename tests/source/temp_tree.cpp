#include "tests/source/temp_tree.hpp"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace fgsync::source::test {

namespace fs = std::filesystem;

TempTree::TempTree() : before_(fs::current_path()) {
  std::string name = (fs::temp_directory_path() / "fgsync-source-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = fs::canonical(name);
  fs::current_path(directory_);
}

TempTree::~TempTree() {
  std::error_code ignored;
  fs::current_path(before_, ignored);
  fs::remove_all(directory_, ignored);
}

void TempTree::write(const std::string& path, const std::string& text) const {
  const fs::path file = directory_ / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

void TempTree::link(const std::string& target, const std::string& path) const {
  const fs::path file = directory_ / path;
  fs::create_directories(file.parent_path());
  fs::create_symlink(target, file);
}

std::string TempTree::absolute(const std::string& path) const {
  return path.empty() ? directory_.string() : (directory_ / path).string();
}

}  // namespace fgsync::source::test

#include "emulator/code_folders.hpp"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers) mkdtemp is not in <cstdlib>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "emulator/unpacked_code.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxKept = 64;

/// The same bytes can be kept under another name, as an archive or as a source.
std::string key_of(const CodeFacts& code) {
  return code.digest + "/" + code.type + "/" + code.filename;
}

}  // namespace

TemporaryDirectory::~TemporaryDirectory() {
  remove_folder(path_);
}

Result<std::unique_ptr<CodeFolders>> CodeFolders::create(const std::filesystem::path& parent) {
  std::string pattern = (parent / "fgsync-emulator-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorKind::invalid, pattern + ": cannot be made: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<CodeFolders>(new CodeFolders(pattern));
}

std::shared_ptr<const TemporaryDirectory> CodeFolders::next(const std::string& prefix) {
  return std::make_shared<const TemporaryDirectory>(root() / (prefix + "-" + std::to_string(++made_)));
}

std::shared_ptr<const TemporaryDirectory> CodeFolders::find(const CodeFacts& code) {
  const auto key = key_of(code);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.key == key; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return kept_.front().folder;
}

void CodeFolders::keep(const CodeFacts& code, std::shared_ptr<const TemporaryDirectory> folder) {
  if (find(code)) return;  // somebody else unpacked it meanwhile
  kept_.push_front(Kept{key_of(code), std::move(folder)});
  if (kept_.size() > kMaxKept) kept_.pop_back();
}

}  // namespace fgsync::emulator

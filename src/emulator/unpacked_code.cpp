#include "emulator/unpacked_code.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "emulator/text.hpp"
#include "emulator/zip_reader.hpp"

namespace fgsync::emulator {
namespace {

namespace fs = std::filesystem;

// The service's limit is 1.5 GB; an entry is read into memory as a whole.
constexpr std::uint64_t kMaxUnpackedBytes = std::uint64_t{1500} << 20U;
constexpr std::uint64_t kMaxEntryBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kMaxEntries = 50'000;
constexpr auto kReadable = fs::perms::owner_read;
constexpr auto kSearchable = fs::perms::owner_read | fs::perms::owner_exec;

bool looks_like_zip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04");
}

/// Relative, and below the folder that it is relative to.
bool is_confined(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos || name.find('\\') != std::string_view::npos) {
    return false;
  }
  const auto parts = split(name.ends_with('/') ? name.substr(0, name.size() - 1) : name, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

tl::unexpected<Error> unusable(const std::string& what) {
  return fail(ErrorKind::invalid, "the code cannot be unpacked: " + what);
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return unusable(path.filename().string() + " cannot be written");
  fs::permissions(path, kReadable);
  return {};
}

Result<void> unpack_archive(std::string_view bytes, const fs::path& folder) {
  const auto archive = ZipReader::open(bytes);
  if (!archive) return unusable("it is no zip file");
  const auto names = archive->names();
  if (names.size() > kMaxEntries) return unusable("more than " + std::to_string(kMaxEntries) + " entries");
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!is_confined(names[i])) return unusable("an entry's name leaves its folder: " + names[i]);
    if (names[i].ends_with('/')) {
      fs::create_directories(folder / names[i]);
      continue;
    }
    const auto size = archive->size_of(i);
    if (!size || *size > kMaxEntryBytes) return unusable(names[i] + " is larger than 256 MB");
    total += *size;
    if (total > kMaxUnpackedBytes) return unusable("it is larger than 1.5 GB");
    const auto content = archive->read(i);
    if (!content) return unusable(names[i] + " is damaged");
    if (auto written = write_file(folder / names[i], *content); !written) return written;
  }
  return {};
}

/// From the leaves up: a folder that is read-only takes no more entries.
void protect(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory()) fs::permissions(entry.path(), kSearchable);
  }
  fs::permissions(folder, kSearchable);
}

}  // namespace

Result<void> unpack_code(const CodeFacts& code, std::string_view bytes, const fs::path& folder) {
  try {
    fs::create_directory(folder);
    const bool is_archive = code.type != "inline" || looks_like_zip(bytes);
    if (!is_archive && !is_confined(code.filename)) return unusable("the file name leaves its folder");
    auto written = is_archive ? unpack_archive(bytes, folder) : write_file(folder / code.filename, bytes);
    if (written) protect(folder);
    return written;
  } catch (const std::exception& failure) {
    return unusable(failure.what());
  }
}

void remove_folder(const fs::path& folder) noexcept {
  try {
    std::error_code ignored;
    fs::permissions(folder, fs::perms::owner_all, ignored);
    for (auto entry = fs::recursive_directory_iterator(folder, ignored); entry != fs::recursive_directory_iterator();
         entry.increment(ignored)) {
      // Before it is entered, which needs the permission.
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
        fs::permissions(entry->path(), fs::perms::owner_all, ignored);
      }
    }
    fs::remove_all(folder, ignored);
  } catch (...) {  // NOLINT(bugprone-empty-catch) out of memory: it stays
  }
}

}  // namespace fgsync::emulator

// A zip from the service is a stranger's: whoever could upload it chose its names. So all entries are judged first, by
// their names and kinds; files are then made anew, never opened; and what they take is counted while it is written,
// since a zip may lie about its sizes.
#include "package/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "package/descriptor.hpp"
#include "package/limits.hpp"
#include "package/names.hpp"
#include "package/text.hpp"
#include "package/zip_open.hpp"

namespace fgsync::package {
namespace {

namespace fs = std::filesystem;

using ZipHandle = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using EntryHandle = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

constexpr std::size_t kMaxName = 4096;
constexpr std::ptrdiff_t kMaxDepth = 100;
constexpr std::size_t kMaxPart = 255;  // of a path, on most file systems

struct Entry {
  zip_uint64_t index = 0;
  std::string path;
  bool executable = false;
  std::uint64_t size = 0;  ///< bytes, as the archive says
};

Error corrupt(const std::string& why) {
  return {ErrorKind::corrupt, "the archive " + why};
}

Error unshowable(std::string_view name, const std::string& why) {
  return {ErrorKind::invalid, "its entry " + quoted_path(name) + " " + why};
}

/// The bytes are borrowed.
Result<ZipHandle> open_zip(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  ZipHandle zip(nullptr, &zip_discard);
  if (source != nullptr) zip.reset(open_zip_source(source, ZIP_RDONLY, &error));
  if (zip == nullptr && source != nullptr) zip_source_free(source);
  const std::string words = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (zip == nullptr) return fail(corrupt("cannot be opened as a zip: " + words));
  return zip;
}

/// Calls `part` for each part of a path.
template <class Part>
void for_each_part(std::string_view path, Part part) {
  while (true) {
    const std::size_t slash = path.find('/');
    part(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

bool leads_out(std::string_view path) {
  bool goes_up = path.starts_with('/');
  for_each_part(path, [&goes_up](std::string_view part) { goes_up = goes_up || part == ".."; });
  return goes_up;
}

/// Whether a file here can have the name and still be the same file for everybody.
bool is_plain_name(std::string_view path) {
  if (!is_entry_name(path) || path.size() > kMaxName || path.find('\\') != std::string_view::npos) return false;
  if (std::count(path.begin(), path.end(), '/') > kMaxDepth) return false;
  bool fits = true;
  for_each_part(path, [&fits](std::string_view part) { fits = fits && part.size() <= kMaxPart; });
  return fits;
}

/// The mode that UNIX gave the entry; 0 where another system made it.
mode_t mode_of(zip_t* zip, zip_uint64_t index) {
  zip_uint8_t system = ZIP_OPSYS_DOS;
  zip_uint32_t attributes = 0;
  constexpr unsigned kModeShift = 16;
  if (zip_file_get_external_attributes(zip, index, 0, &system, &attributes) != 0) return 0;
  return system == ZIP_OPSYS_UNIX ? static_cast<mode_t>(attributes >> kModeShift) : 0;
}

/// Nothing for a directory.
Result<std::optional<Entry>> judge_entry(zip_t* zip, zip_uint64_t index) {
  const char* raw = zip_get_name(zip, index, ZIP_FL_ENC_RAW);
  if (raw == nullptr) return fail(corrupt("has an entry without a name"));
  std::string_view name = raw;
  if (leads_out(name)) {
    return fail(corrupt("has an entry " + quoted_path(name) + ", which leads out of where it is unpacked"));
  }
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_stat_index(zip, index, 0, &status) != 0) return fail(corrupt("is damaged at " + quoted_path(name)));
  const mode_t mode = mode_of(zip, index);
  const mode_t kind = mode & static_cast<mode_t>(S_IFMT);
  const bool is_directory = name.ends_with('/');
  if (kind != 0 && kind != S_IFREG && !(is_directory && kind == S_IFDIR)) {
    return fail(unshowable(name, S_ISLNK(mode) ? "is a link" : "is no plain file"));
  }
  if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && status.encryption_method != ZIP_EM_NONE) {
    return fail(unshowable(name, "is encrypted"));
  }
  if (is_directory) name.remove_suffix(1);
  if (!is_plain_name(name)) return fail(unshowable(name, "has a name that no file can have everywhere"));
  if (is_directory) return std::optional<Entry>();
  const bool is_executable = (mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  return std::optional(Entry{index, std::string(name), is_executable, status.size});
}

/// Twice the same file, or a file that is a folder, too.
Result<void> check_paths(const std::vector<Entry>& entries) {
  std::set<std::string_view> files;
  for (const Entry& entry : entries) {
    if (!files.insert(entry.path).second) return fail(unshowable(entry.path, "is there twice"));
  }
  for (const Entry& entry : entries) {
    const std::string_view path = entry.path;
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      if (files.contains(path.substr(0, slash))) {
        return fail(unshowable(path.substr(0, slash), "is a file and a folder"));
      }
    }
  }
  return {};
}

Result<std::vector<Entry>> judge(zip_t* zip) {
  const zip_int64_t count = zip_get_num_entries(zip, 0);
  std::vector<Entry> entries;
  std::uint64_t total = 0;
  std::optional<Error> obstacle;  // told only when nothing worse is found
  for (zip_int64_t i = 0; i < count; ++i) {
    auto entry = judge_entry(zip, static_cast<zip_uint64_t>(i));
    if (!entry && entry.error().kind == ErrorKind::corrupt) return fail(std::move(entry).error());
    if (!entry) {
      if (!obstacle) obstacle = std::move(entry).error();
      continue;
    }
    if (!*entry) continue;
    // What a zip says of itself is the least that it does.
    total += std::min((*entry)->size, kMaxUnpackedBytes + 1);
    if (total > kMaxUnpackedBytes) return fail(corrupt("has more than " + std::string(kUnpackedLimit)));
    entries.push_back(std::move(**entry));
    if (entries.size() > kMaxFiles) return fail(corrupt("has more than " + std::string(kFilesLimit)));
  }
  if (obstacle) return fail(std::move(*obstacle));
  if (entries.empty()) return fail(ErrorKind::invalid, "it has no files");
  if (auto checked = check_paths(entries); !checked) return fail(std::move(checked).error());
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;
}

Error disk_error(const std::string& path, int error) {
  return {ErrorKind::internal, "cannot write " + quoted_path(path) + ": " + reason(error)};
}

Result<void> write_all(const Descriptor& file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(disk_error(path, errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

/// Reads an entry piece by piece; `take` gets each.
template <class Take>
Result<void> read_entry(zip_t* zip, zip_uint64_t index, const std::string& path, Take take) {
  const EntryHandle entry(zip_fopen_index(zip, index, 0), &zip_fclose);
  if (!entry) return fail(corrupt("is damaged at " + quoted_path(path) + ": " + zip_strerror(zip)));
  std::array<char, 64ULL * 1024> buffer{};
  while (true) {
    const zip_int64_t count = zip_fread(entry.get(), buffer.data(), buffer.size());
    if (count < 0) return fail(corrupt("is damaged at " + quoted_path(path)));
    if (count == 0) return {};
    Result<void> taken = take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    if (!taken) return taken;
  }
}

Result<FileDigest> write_file(zip_t* zip, const Entry& entry, const std::string& directory, std::uint64_t& total) {
  const std::string path = directory + "/" + entry.path;
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);
  if (failed) return fail(disk_error(path, failed.value()));
  const mode_t mode = entry.executable ? 0755 : 0644;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.is_open()) return fail(disk_error(path, errno));
  Hasher hasher(Hasher::Function::sha256);
  FileDigest digest{entry.path, entry.executable, 0, ""};
  auto take = [&](std::string_view bytes) -> Result<void> {
    total += bytes.size();
    if (total > kMaxUnpackedBytes) return fail(corrupt("has more than " + std::string(kUnpackedLimit)));
    hasher.update(bytes);
    digest.size += bytes.size();
    return write_all(file, bytes, path);
  };
  if (auto read = read_entry(zip, entry.index, entry.path, take); !read) return fail(std::move(read).error());
  // The mode is part of the content: whoever unpacks, with whatever umask, gets the same.
  if (::fchmod(file.number(), mode) != 0 || ::fsync(file.number()) != 0) return fail(disk_error(path, errno));
  digest.sha256 = hasher.hex();
  return digest;
}

}  // namespace

Result<std::vector<FileDigest>> unpack(std::string_view zip, const std::string& directory) {
  auto opened = open_zip(zip);
  if (!opened) return fail(std::move(opened).error());
  auto entries = judge(opened->get());
  if (!entries) return fail(std::move(entries).error());
  std::vector<FileDigest> files;
  std::uint64_t total = 0;
  for (const Entry& entry : *entries) {
    auto file = write_file(opened->get(), entry, directory, total);
    if (!file) return fail(std::move(file).error());
    files.push_back(std::move(*file));
  }
  return files;
}

Result<std::string> find_entry(std::string_view zip, const RemoteDigest& digest) {
  constexpr zip_int64_t kMaxEntries = 64;
  constexpr std::size_t kMaxBytes = 512ULL * 1024 * 1024;
  auto opened = open_zip(zip);
  if (!opened) return fail(std::move(opened).error());
  const zip_int64_t count = zip_get_num_entries(opened->get(), 0);
  if (count > kMaxEntries) return fail(corrupt("has too many entries for an export package"));
  std::size_t total = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    std::string bytes;
    auto take = [&bytes, &total](std::string_view piece) -> Result<void> {
      total += piece.size();
      if (total > kMaxBytes) return fail(corrupt("is larger than an export package can be"));
      bytes += piece;
      return {};
    };
    auto read = read_entry(opened->get(), static_cast<zip_uint64_t>(i), "entry " + std::to_string(i + 1), take);
    if (!read) return fail(std::move(read).error());
    if (sha512_hex(bytes) == digest.hex) return bytes;
  }
  return fail(ErrorKind::not_found, "none of its entries has the digest of the function's code");
}

}  // namespace fgsync::package

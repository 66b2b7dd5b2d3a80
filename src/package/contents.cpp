// Digests over a scanned code directory. All formats are documented in docs/packages.md: a change of one changes what
// every stored digest means.
#include "package/contents.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "package/file_reader.hpp"
#include "package/text.hpp"

namespace fgsync::package {
namespace {

constexpr std::size_t kChunkBytes = 256ULL * 1024;
constexpr std::int64_t kYoungestNs = 2'000'000'000;
constexpr std::size_t kSha256HexSize = 64;

Result<FileDigest> hash_file(FileReader& reader, std::span<char> buffer) {
  if (auto opened = reader.open(); !opened) return fail(std::move(opened).error());
  while (true) {
    auto count = reader.read(buffer);
    if (!count) return fail(std::move(count).error());
    if (*count == 0) return reader.finish();
  }
}

/// `<sha256> <size> <x|-> `, the part of a line that needs no escaping.
std::string line_start(const FileDigest& file) {
  return file.sha256 + ' ' + std::to_string(file.size) + (file.executable ? " x " : " - ");
}

template <class Integer>
void append(std::string& text, Integer value, char end) {
  std::array<char, 24> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text.append(digits.data(), written.ptr);
  text += end;
}

std::string escaped(std::string_view path) {
  std::string text;
  for (const char c : path) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      default: text += c;
    }
  }
  return text;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      path += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case '\\': path += '\\'; break;
      case 'n': path += '\n'; break;
      case 'r': path += '\r'; break;
      default: return std::nullopt;
    }
  }
  return path;
}

/// Cuts the text before the next `end` off `rest`, with it; nothing when there is none.
std::optional<std::string_view> cut(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return part;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256HexSize && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<FileDigest> parse_line(std::string_view line) {
  const auto sha256 = cut(line, ' ');
  const auto size = cut(line, ' ');
  const auto executable = cut(line, ' ');
  auto path = unescaped(line);
  if (!sha256 || !size || !executable || !path || path->empty() || !is_sha256(*sha256)) return std::nullopt;
  if (*executable != "x" && *executable != "-") return std::nullopt;
  FileDigest file{std::move(*path), *executable == "x", 0, std::string(*sha256)};
  const char* const end = size->data() + size->size();
  const auto parsed = std::from_chars(size->data(), end, file.size);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return file;
}

}  // namespace

std::string stamp_signature(const FileList& list) {
  // An archive's digest is another one than that of the same file zipped.
  const bool is_archive = list.packing == Packing::archive;
  std::string text = is_archive ? "fgsync-stamps/1 archive" : "fgsync-stamps/1";
  text += '\0';
  for (const FileStamp& file : list.files) {
    append(text, file.size, ' ');
    append(text, file.mtime_ns, ' ');
    append(text, file.ctime_ns, ' ');
    append(text, file.inode, ' ');
    text += file.executable ? "x " : "- ";
    text += file.path;
    text += '\0';
  }
  return sha256_hex(text);
}

bool is_too_young(const FileList& list, std::int64_t now_ns) {
  // A time in the future counts as young, too: the clock that wrote it may come by again.
  return std::any_of(list.files.begin(), list.files.end(), [now_ns](const FileStamp& file) {
    return std::max(file.mtime_ns, file.ctime_ns) > now_ns - kYoungestNs;
  });
}

std::optional<std::string> lasting_signature(const FileList& list, std::int64_t now_ns) {
  if (is_too_young(list, now_ns)) return std::nullopt;
  return stamp_signature(list);
}

Result<Contents> hash_contents(const FileList& list) {
  std::string buffer(kChunkBytes, '\0');
  Contents contents;
  contents.files.reserve(list.files.size());
  for (const FileStamp& stamp : list.files) {
    FileReader reader(list.directory, stamp);
    auto file = hash_file(reader, buffer);
    if (!file) return fail(std::move(file).error());
    // An archive is sent, not run.
    if (list.packing == Packing::archive) file->executable = false;
    contents.files.push_back(std::move(*file));
  }
  contents.digest = content_digest(contents.files, list.packing);
  return contents;
}

ContentDigest content_digest(const std::vector<FileDigest>& files, Packing packing) {
  const bool is_archive = packing == Packing::archive;
  Hasher hasher(Hasher::Function::sha256);
  hasher.update(std::string_view(is_archive ? "fgsync-archive/1\0" : "fgsync-content/1\0", 17));
  for (const FileDigest& file : files) {
    std::string line = is_archive ? file.sha256 + ' ' + std::to_string(file.size) : line_start(file) + file.path;
    line += '\0';
    hasher.update(line);
  }
  return ContentDigest{hasher.hex()};
}

ContentsDiff compare(const std::vector<FileDigest>& before, const std::vector<FileDigest>& after) {
  ContentsDiff diff;
  auto old_file = before.begin();
  auto new_file = after.begin();
  while (old_file != before.end() || new_file != after.end()) {
    const bool is_removed = new_file == after.end() || (old_file != before.end() && old_file->path < new_file->path);
    const bool is_added = !is_removed && (old_file == before.end() || new_file->path < old_file->path);
    if (is_removed) {
      diff.removed.push_back(old_file->path);
    } else if (is_added) {
      diff.added.push_back(new_file->path);
    } else if (old_file->sha256 != new_file->sha256 || old_file->executable != new_file->executable) {
      diff.changed.push_back(new_file->path);
    }
    if (!is_added) diff.size_change -= static_cast<std::int64_t>((old_file++)->size);
    if (!is_removed) diff.size_change += static_cast<std::int64_t>((new_file++)->size);
  }
  return diff;
}

std::string to_text(const std::vector<FileDigest>& files) {
  std::string text;
  for (const FileDigest& file : files) text += line_start(file) + escaped(file.path) + '\n';
  return text;
}

Result<std::vector<FileDigest>> files_from_text(const std::string& text) {
  std::vector<FileDigest> files;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = cut(rest, '\n');
    auto file = line ? parse_line(*line) : std::nullopt;
    if (!file) {
      return fail(ErrorKind::corrupt, "line " + std::to_string(files.size() + 1) + " of a stored file list is damaged");
    }
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace fgsync::package

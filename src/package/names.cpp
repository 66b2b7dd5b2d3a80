// Names that only some file systems tell apart. Each part of a path is folded by itself, as a file system does; plain
// ASCII, which nearly all names are, does not go through the Unicode tables.
#include "package/names.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <unordered_map>
#include <utility>

#include "package/text.hpp"

namespace fgsync::package {
namespace {

constexpr std::size_t kMaxNameBytes = 65'535;  // the name's length has 16 bits

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// The text through utf8proc; as it is where that cannot read it.
std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &out, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

constexpr int kDecompose = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;

std::string case_folded(std::string_view text) {
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_CASEFOLD);
}

NameDifference difference_of(std::string_view left, std::string_view right) {
  if (mapped(left, kDecompose) == mapped(right, kDecompose)) return NameDifference::unicode_form;
  return case_folded(left) == case_folded(right) ? NameDifference::letter_case : NameDifference::case_and_form;
}

bool is_entry_part(std::string_view part) {
  return !part.empty() && part != "." && part != "..";
}

/// Whether `path` begins with the directory that ends before `end`, so that it was seen with the path before.
bool shares_directory(std::string_view before, std::string_view path, std::size_t end) {
  return before.size() > end && before[end] == '/' && before.substr(0, end) == path.substr(0, end);
}

}  // namespace

std::optional<std::string_view> fault_of_name(std::string_view name) {
  if (!is_utf8(name)) return "is not UTF-8";
  // The same ones as libzip: without them a name would not count as UTF-8.
  const bool has_control = std::any_of(name.begin(), name.end(),
                                       [](char c) { return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r'; });
  if (has_control) return "has a control character";
  return std::nullopt;
}

bool is_entry_name(std::string_view name) {
  if (name.size() > kMaxNameBytes || fault_of_name(name)) return false;
  while (true) {
    const std::size_t slash = name.find('/');
    if (!is_entry_part(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

std::string folding_key(std::string_view name) {
  if (is_ascii(name)) return to_lower_ascii(name);
  // Decomposed before folding, too: some letters only meet their folding then (U+0345, definition D145).
  return mapped(mapped(name, kDecompose), kDecompose | UTF8PROC_CASEFOLD);
}

std::optional<NameClash> find_clash(std::span<const FileStamp> files) {
  std::unordered_map<std::string, std::string_view> seen;
  seen.reserve(files.size() * 2);
  std::string_view before;
  for (const FileStamp& file : files) {
    const std::string_view path = file.path;
    std::string key;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      key += folding_key(path.substr(begin, end - begin));
      if (!shares_directory(before, path, end)) {
        const auto [other, is_new] = seen.emplace(key, path.substr(0, end));
        if (!is_new && other->second != path.substr(0, end)) {
          return NameClash{std::string(other->second), std::string(path.substr(0, end)),
                           difference_of(other->second, path.substr(0, end))};
        }
      }
      key += '/';
      begin = end + 1;
    }
    before = path;
  }
  return std::nullopt;
}

}  // namespace fgsync::package

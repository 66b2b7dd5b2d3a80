// Ignore rules: any text as rules, any text as paths. Input: rules, a zero byte, paths by lines.
//
// What must hold: nothing crashes or hangs; rules behind the others decide; an excluded directory excludes what is in
// it; and a plain pattern matches what the C library's fnmatch says it does.
#include <fnmatch.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "package/ignore_rules.hpp"
#include "tests/fuzz/fuzz.hpp"

using fgsync::fuzz::require;
using fgsync::fuzz::split;
using fgsync::package::EntryKind;
using fgsync::package::IgnoreRules;

namespace {

constexpr std::size_t kMaxPaths = 16;

/// Whether the line is a pattern that fnmatch reads as we do: no sets, no `**`, nothing that is special to gitignore,
/// and few stars, because fnmatch tries them all.
bool is_plain_pattern(std::string_view line) {
  if (line.empty() || std::string_view("#!/").find(line.front()) != std::string_view::npos) return false;
  if (std::string_view("/ \\\r").find(line.back()) != std::string_view::npos) return false;
  if (line.find('[') != std::string_view::npos || line.find("**") != std::string_view::npos) return false;
  return std::count(line.begin(), line.end(), '*') <= 5 && line.size() <= 64;
}

void compare_with_fnmatch(std::string_view line, std::string_view path) {
  IgnoreRules rules;
  rules.add_line(line);
  const bool is_for_names = line.find('/') == std::string_view::npos;
  const std::size_t slash = path.rfind('/');
  const std::string_view text = is_for_names && slash != std::string_view::npos ? path.substr(slash + 1) : path;
  const bool expected = ::fnmatch(std::string(line).c_str(), std::string(text).c_str(), FNM_PATHNAME) == 0;
  require(rules.excludes_entry(path, EntryKind::file) == expected, "fnmatch says the same");
}

void check_path(std::string_view text, std::string_view path) {
  IgnoreRules rules;
  rules.add_text(text);
  const bool is_excluded = rules.excludes(path, EntryKind::file);
  const std::size_t slash = path.rfind('/');
  const bool is_in_excluded =
      slash != std::string_view::npos && rules.excludes(path.substr(0, slash), EntryKind::directory);
  require(is_excluded == (is_in_excluded || rules.excludes_entry(path, EntryKind::file)),
          "a file is excluded by itself or by its directory");
  if (path.empty() || path.back() == '/') return;
  rules.add_line("*");
  require(rules.excludes_entry(path, EntryKind::file), "the last rule decides: all out");
  rules.add_line("!*");
  require(!rules.excludes_entry(path, EntryKind::directory), "the last rule decides: all in");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  if (end == std::string_view::npos) return 0;
  const std::string_view text = input.substr(0, end);
  auto paths = split(input.substr(end + 1), '\n');
  paths.resize(std::min(paths.size(), kMaxPaths));
  for (const std::string_view path : paths) {
    if (path.find('\0') != std::string_view::npos) continue;
    check_path(text, path);
    for (const std::string_view line : split(text, '\n')) {
      if (is_plain_pattern(line) && path.size() <= 64) compare_with_fnmatch(line, path);
    }
  }
  return 0;
}

#include "emulator/ini.hpp"

#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

tl::unexpected<Error> wrong_line(int number, const std::string& what) {
  return fail(ErrorKind::invalid, "line " + std::to_string(number) + ": " + what);
}

}  // namespace

Result<std::vector<IniSection>> parse_ini(std::string_view text) {
  std::vector<IniSection> sections;
  int number = 0;
  for (const auto raw : split(text, '\n')) {
    ++number;
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      sections.push_back(IniSection{std::string(trimmed(line.substr(1, line.size() - 2))), number, {}});
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) return wrong_line(number, "expected key = value");
    if (sections.empty()) return wrong_line(number, "expected a [section] first");
    const auto key = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    const bool is_new = sections.back().values.emplace(key, value).second;
    if (!is_new) return wrong_line(number, "the key stands in this section already");
  }
  return sections;
}

}  // namespace fgsync::emulator

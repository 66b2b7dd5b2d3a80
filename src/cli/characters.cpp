#include "cli/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace fgsync::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& range) { return range.first <= code && code <= range.last; });
}

/// What would act instead of being seen: controls, marks and overrides of direction, separators of lines.
constexpr std::array kActing{Range{0x00, 0x1f},     Range{0x7f, 0x9f},     Range{0x61c, 0x61c},  Range{0x200e, 0x200f},
                             Range{0x2028, 0x202e}, Range{0x2066, 0x2069}, Range{0xfeff, 0xfeff}};

/// East Asian wide characters and emoji.
constexpr std::array kWide{Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},  Range{0x3041, 0xa4cf},
                           Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},  Range{0xfe30, 0xfe6f},
                           Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},  Range{0x1f300, 0x1f64f},
                           Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};
constexpr std::array kCombining{Range{0x300, 0x36f}, Range{0x200b, 0x200d}, Range{0x20d0, 0x20ff},
                                Range{0xfe00, 0xfe0f}};

constexpr std::array<std::pair<char32_t, const char*>, 4> kInAscii{
    {{0x2192, "->"}, {0x2026, "..."}, {0xd7, "x"}, {kReplacement, "?"}}};

std::size_t width_of(char32_t code) {
  if (is_in(kCombining, code)) return 0;
  return is_in(kWide, code) ? 2 : 1;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

void append_escaped(std::string& out, char32_t code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), code > 0xffff ? "\\U%08x" : "\\u%04x", static_cast<unsigned>(code));
  out += text.data();
}

void append_ascii(std::string& out, char32_t code) {
  const auto* const known =
      std::find_if(kInAscii.begin(), kInAscii.end(), [code](const auto& entry) { return entry.first == code; });
  if (known != kInAscii.end()) {
    out += known->second;
  } else {
    append_escaped(out, code);
  }
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + size > text.size()) return {kReplacement, 1};
  char32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xc0U) != 0x80U) return {kReplacement, 1};
    code = (code << 6U) | (byte & 0x3fU);
  }
  const char32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < least || code > 0x10ffff || is_surrogate ? Character{kReplacement, 1} : Character{code, size};
}

std::string shown(std::string_view text, Charset charset) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (is_in(kActing, character.code)) {
      out += '?';
    } else if (character.code < 0x80) {
      out += text[at];
    } else if (charset == Charset::ascii) {
      append_ascii(out, character.code);
    } else {
      out += character.code == kReplacement ? kReplacementUtf8 : text.substr(at, character.size);
    }
    at += character.size;
  }
  return out;
}

std::string shown_lines(std::string_view text, Charset charset) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += shown(text.substr(at, end - at), charset);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  if (is_plain(text)) return text.size();
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    columns += width_of(character.code);
    at += character.size;
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t used = 0; at < text.size();) {
    const Character character = character_at(text, at);
    used += width_of(character.code);
    if (used > columns) break;
    at += character.size;
  }
  return std::string(text.substr(0, at));
}

}  // namespace fgsync::cli

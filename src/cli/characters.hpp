#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fgsync::cli {

/// What the reader of the output can show.
enum class Charset { utf8, ascii };

/// One character of a text that should be UTF-8. A byte that belongs to none is U+FFFD, of size 1.
struct Character {
  char32_t code;
  std::size_t size;  ///< bytes in the text
};
Character character_at(std::string_view text, std::size_t at);

inline constexpr char32_t kReplacement = 0xfffd;
inline constexpr std::string_view kReplacementUtf8 = "\xef\xbf\xbd";

/// Text from anywhere as part of a line: what controls a terminal or turns the direction of writing becomes `?`, and
/// what is no UTF-8 the replacement character. In ASCII `→` and `…` become `->` and `...`, all else `\u00e9`.
std::string shown(std::string_view text, Charset charset);

/// The same of a text that may have several lines.
std::string shown_lines(std::string_view text, Charset charset);

/// How many columns of a terminal a text takes.
std::size_t columns_of(std::string_view text);

/// As many whole characters of a text as so many columns hold.
std::string cut_to_columns(std::string_view text, std::size_t columns);

}  // namespace fgsync::cli

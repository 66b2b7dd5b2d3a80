#include "cli/screen_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kMaxLine = 4000;

/// Marks such as those of files stay with the word that they are about.
std::size_t end_of_word(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find(' ', begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  const bool is_mark = word.find_first_not_of("(+~-") == std::string_view::npos;
  return is_mark && end + 1 < text.size() && text[end + 1] != ' ' ? std::min(text.find(' ', end + 1), text.size())
                                                                  : end;
}

}  // namespace

std::string shown_line(std::string_view text, Charset charset) {
  return shown(printable(text, kMaxLine), charset);
}

std::string broken(const std::string& prefix, std::size_t column, std::string_view text, std::size_t indent,
                   const std::optional<std::size_t>& columns) {
  std::string out = prefix;
  if (!columns || column + columns_of(text) <= *columns) return out + std::string(text) + "\n";
  bool is_empty = true;  // nothing but an indent, or a label that the text may follow
  while (!text.empty()) {
    const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = end_of_word(text, spaces);
    const std::string_view word = text.substr(spaces, end - spaces);
    const std::size_t width = columns_of(word);
    const bool fits = column + spaces + width <= *columns;
    if (!fits && (!is_empty || column > indent)) {
      out.erase(out.find_last_not_of(' ') + 1);
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else {
      out.append(spaces, ' ');
      column += spaces;
    }
    out += word;
    column += width;
    is_empty = false;
    text.remove_prefix(end);
  }
  return out + "\n";
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t taken = columns_of(text);
  if (taken < columns) text.append(columns - taken, ' ');
  return text;
}

std::string on_screen(std::string_view text, const Screen& screen) {
  return broken("", 0, shown_line(text, screen.charset), 2, screen.columns);
}

void say(std::string_view text) {
  std::cout << on_screen(text, screen_of(STDOUT_FILENO)) << std::flush;
}

void tell(std::string_view text) {
  std::cerr << on_screen(text, screen_of(STDERR_FILENO));
}

}  // namespace fgsync::cli

#include "cli/shell_word.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <string_view>

#include "cli/characters.hpp"

namespace fgsync::cli {
namespace {

/// Every byte but the plainest by its number, in three digits, so that no digit that follows belongs to it.
std::string escaped(const std::string& word) {
  std::string text = "$'";
  for (const char c : word) {
    if (c >= ' ' && c < 0x7f && c != '\'' && c != '\\') {
      text += c;
      continue;
    }
    std::array<char, 8> number{};
    std::snprintf(number.data(), number.size(), "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += number.data();
  }
  return text + "'";
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-_./:=@,+").find(c) != std::string_view::npos;
  });
  if (is_plain) return word;
  if (shown(word, Charset::utf8) != word) return escaped(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace fgsync::cli

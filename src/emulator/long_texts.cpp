// Strings are found by their quotes alone. In valid JSON that finds all of them. In what is not, a parser stops at the
// first mistake, and up to there both agree where strings are.
#include "emulator/long_texts.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kLongBytes = std::size_t{16} * 1024;

/// Where the string that begins after a quote ends: at its closing quote, or at the end of the document.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  std::size_t end = json.find('"', begin);
  while (end != std::string_view::npos) {
    const std::string_view content = json.substr(begin, end - begin);
    const std::size_t other = content.find_last_not_of('\\');
    const std::size_t backslashes = other == std::string_view::npos ? content.size() : content.size() - 1 - other;
    if (backslashes % 2 == 0) return end;
    end = json.find('"', end + 1);
  }
  return json.size();
}

/// No loop that ends early: so the compiler takes many bytes at a time.
bool is_plain(std::string_view text) {
  bool has_other = false;
  for (const char c : text) has_other |= c < ' ' || c > '~' || c == '\\';
  return !has_other;
}

bool is_name(std::string_view behind) {
  const std::size_t next = behind.find_first_not_of(" \t\r\n");
  return next != std::string_view::npos && behind[next] == ':';
}

}  // namespace

ShortDocument without_long_texts(std::string_view json) {
  ShortDocument document;
  std::size_t copied = 0;
  std::size_t quote = json.find('"');
  for (std::size_t number = 0; quote != std::string_view::npos; ++number) {
    const std::size_t end = end_of_string(json, quote + 1);
    if (end == json.size()) break;
    const std::string_view text = json.substr(quote + 1, end - quote - 1);
    if (text.size() >= kLongBytes && is_plain(text) && !is_name(json.substr(end + 1))) {
      document.json += json.substr(copied, quote + 1 - copied);
      document.texts.emplace(number, text);
      copied = end;
    }
    quote = json.find('"', end + 1);
  }
  document.json += json.substr(copied);
  return document;
}

}  // namespace fgsync::emulator

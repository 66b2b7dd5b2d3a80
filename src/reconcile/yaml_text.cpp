#include "reconcile/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace fgsync::reconcile {
namespace {

bool is_word(std::string_view text) {
  const auto is_fine = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
  };
  const bool begins_well = !text.empty() && (std::isalpha(static_cast<unsigned char>(text.front())) != 0);
  return begins_well && std::all_of(text.begin(), text.end(), is_fine);
}

/// What YAML 1.1 or 1.2 takes for something else than a text.
bool is_reserved(std::string_view text) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"true", "false", "yes", "no", "on", "off", "null", "y", "n"});
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < ' ' || byte == 0x7F) {
      out += std::string("\\x") + kHex[byte >> 4U] + kHex[byte & 0xfU];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string key_text(std::string_view key) {
  return is_word(key) && !is_reserved(key) ? std::string(key) : quoted(key);
}

std::string value_text(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value.substr(i, 2) == "${") text += '$';
    text += value[i];
  }
  return key_text(text);
}

}  // namespace fgsync::reconcile

#include "package/text.hpp"

#include <cstdint>

namespace fgsync::package {
namespace {

/// How many bytes the character at the start of `bytes` has; 0 when it is not UTF-8.
std::size_t length_of_character(std::string_view bytes) {
  const auto byte = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  std::uint32_t value = 0;
  std::uint32_t smallest = 0;
  if (first >> 5U == 0x6) {
    length = 2, value = first & 0x1fU, smallest = 0x80;
  } else if (first >> 4U == 0xe) {
    length = 3, value = first & 0x0fU, smallest = 0x800;
  } else if (first >> 3U == 0x1e) {
    length = 4, value = first & 0x07U, smallest = 0x10000;
  } else {
    return 0;
  }
  if (bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(i) >> 6U != 2) return 0;
    value = value << 6U | (byte(i) & 0x3fU);
  }
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  return value < smallest || value > 0x10ffff || is_surrogate ? 0 : length;
}

std::string escaped(unsigned char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  return {'\\', 'x', kHex[byte >> 4U], kHex[byte & 0xfU]};
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = length_of_character(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string quoted_path(std::string_view path) {
  std::string text = "\"";
  while (!path.empty()) {
    const std::size_t length = length_of_character(path);
    const auto byte = static_cast<unsigned char>(path[0]);
    if (length == 0 || byte < ' ' || byte == 0x7f) {
      text += escaped(byte);
      path.remove_prefix(1);
      continue;
    }
    text += path.substr(0, length);
    path.remove_prefix(length);
  }
  return text + '"';
}

std::string quoted_bytes(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < ' ' || byte >= 0x7f ? escaped(byte) : std::string(1, c);
  }
  return text + '"';
}

}  // namespace fgsync::package

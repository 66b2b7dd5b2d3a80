#include "base/base64.hpp"

#include <catch2/catch.hpp>

namespace fgsync {
namespace {

TEST_CASE("base64: the vectors of RFC 4648") {
  const std::vector<std::pair<std::string, std::string>> vectors{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : vectors) CHECK(base64_encode(bytes) == text);
}

TEST_CASE("base64: bytes that are no text") {
  CHECK(base64_encode(std::string_view("\0\xff\xfb\xef", 4)) == "AP/77w==");
}

/// By the definition, three bytes at a time.
std::string slow_base64(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = bytes.substr(i, 3);
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8U | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= group.size() ? kAlphabet[bits >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

TEST_CASE("base64: the seams between pieces do not show") {
  constexpr std::size_t kPiece = std::size_t{3} << 20U;
  std::string bytes(2 * kPiece + 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13U);
  for (const std::size_t size : {kPiece - 1, kPiece, kPiece + 1, kPiece + 2, 2 * kPiece, 2 * kPiece + 2}) {
    const auto part = std::string_view(bytes).substr(0, size);
    const bool is_equal = base64_encode(part) == slow_base64(part);  // not CHECK(a == b): it would print megabytes
    INFO(size);
    CHECK(is_equal);
  }
}

}  // namespace
}  // namespace fgsync

#include "emulator/base64_decode.hpp"

#include <array>
#include <cstdint>

namespace fgsync::emulator {
namespace {

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto kDigits = make_digits();

tl::unexpected<Fault> illegal_at(std::size_t offset) {
  return refuse(kInvalidCode, "illegal base64 data at input byte " + std::to_string(offset));
}

}  // namespace

Valid<std::string> base64_decode(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() % 4 != 0) return illegal_at(text.size());
  const std::size_t padding = text.back() != '=' ? 0U : (text[text.size() - 2] == '=' ? 2U : 1U);
  const std::size_t digit_count = text.size() - padding;

  std::string bytes(text.size() / 4 * 3, '\0');
  auto digit = [&](std::size_t i) {
    return i < digit_count ? kDigits[static_cast<unsigned char>(text[i])] : std::uint8_t{0};
  };
  std::size_t written = 0;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::uint8_t a = digit(i);
    const std::uint8_t b = digit(i + 1);
    const std::uint8_t c = digit(i + 2);
    const std::uint8_t d = digit(i + 3);
    if ((a | b | c | d) == kNoDigit) {
      for (std::size_t at = i; at < i + 4; ++at) {
        if (digit(at) == kNoDigit) return illegal_at(at);
      }
    }
    const std::uint32_t group = (std::uint32_t{a} << 18U) | (std::uint32_t{b} << 12U) | (std::uint32_t{c} << 6U) | d;
    bytes[written++] = static_cast<char>(group >> 16U);
    bytes[written++] = static_cast<char>((group >> 8U) & 0xffU);
    bytes[written++] = static_cast<char>(group & 0xffU);
  }
  bytes.resize(written - padding);
  return bytes;
}

}  // namespace fgsync::emulator

#include "emulator/md5.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace fgsync::emulator {

std::string md5_hex(std::string_view bytes) {
  std::array<unsigned char, 16> digest{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no MD5");
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kHex[byte >> 4U];
    hex += kHex[byte & 0x0fU];
  }
  return hex;
}

}  // namespace fgsync::emulator

#include "base/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace fgsync {

std::string base64_encode(std::string_view bytes) {
  // EVP_EncodeBlock takes an int and writes a final NUL; whole groups of 3 bytes concatenate.
  constexpr std::size_t kChunk = std::size_t{3} << 20U;
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  std::size_t written = 0;
  for (std::size_t offset = 0; offset < bytes.size(); offset += kChunk) {
    const auto part = bytes.substr(offset, kChunk);
    written += static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + written),
                                                        reinterpret_cast<const unsigned char*>(part.data()),
                                                        static_cast<int>(part.size())));
  }
  text.resize(written);
  return text;
}

}  // namespace fgsync

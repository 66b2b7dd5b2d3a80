#include "base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>
#include <stdexcept>

namespace fgsync {
namespace {

EVP_MD_CTX* context_of(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

std::string to_hex(const unsigned char* bytes, unsigned int size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string hash_once(Hasher::Function function, std::string_view bytes) {
  Hasher hasher(function);
  hasher.update(bytes);
  return hasher.hex();
}

}  // namespace

Hasher::Hasher(Function function) : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  const EVP_MD* kind = function == Function::sha256 ? EVP_sha256() : EVP_sha512();
  if (EVP_DigestInit_ex(context_of(context_), kind, nullptr) != 1) throw std::runtime_error("OpenSSL has no SHA-2");
}

Hasher::~Hasher() {
  EVP_MD_CTX_free(context_of(context_));
}

void Hasher::update(std::string_view bytes) {
  EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size());
}

std::string Hasher::hex() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_of(context_), out, &size);
  return to_hex(out, size);
}

std::string sha256_hex(std::string_view bytes) {
  return hash_once(Hasher::Function::sha256, bytes);
}

std::string sha512_hex(std::string_view bytes) {
  return hash_once(Hasher::Function::sha512, bytes);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL wants unsigned bytes
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, message.size(),
                          static_cast<unsigned char*>(out), &size);
  if (made == nullptr) throw std::runtime_error("OpenSSL has no HMAC");
  return to_hex(out, size);
}

}  // namespace fgsync

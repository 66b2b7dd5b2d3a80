// What OpenSSL 3 has to look up by name (algorithms, and HMAC's choice of one) is looked up once: doing so for each of
// the small texts that a signature is made of took as long as hashing them.
#include "base/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <new>
#include <stdexcept>

namespace fgsync {
namespace {

EVP_MD_CTX* context_of(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

struct FreesMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreesMac>;

/// Never freed: threads may still hash while the program ends.
const EVP_MD* function_named(const char* name) {
  const EVP_MD* function = EVP_MD_fetch(nullptr, name, nullptr);
  if (function == nullptr) throw std::runtime_error(std::string("OpenSSL has no ") + name);
  return function;
}

const EVP_MD* implementation_of(Hasher::Function function) {
  static const EVP_MD* const sha256 = function_named("SHA256");
  static const EVP_MD* const sha512 = function_named("SHA512");
  return function == Hasher::Function::sha256 ? sha256 : sha512;
}

/// An HMAC with SHA-256 that lacks only its key. To be copied; never freed, as above.
const EVP_MAC_CTX* keyless_hmac() {
  static const EVP_MAC_CTX* const keyless = [] {
    EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(hmac);
    std::string digest = "SHA256";
    const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
                                OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_CTX_set_params(context, parameters.data()) != 1) {
      throw std::runtime_error("OpenSSL has no HMAC with SHA-256");
    }
    return context;
  }();
  return keyless;
}

const unsigned char* unsigned_bytes(std::string_view bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL wants unsigned bytes
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string to_hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
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
  if (EVP_DigestInit_ex(context_of(context_), implementation_of(function), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot begin a hash");
  }
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
  const MacContext context(EVP_MAC_CTX_dup(keyless_hmac()));
  if (context == nullptr) throw std::bad_alloc();
  // Without an address OpenSSL takes an empty key for "the key as before", of which there is none.
  const std::string_view given_key = key.data() == nullptr ? std::string_view("") : key;
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  const bool is_made = EVP_MAC_init(context.get(), unsigned_bytes(given_key), given_key.size(), nullptr) == 1 &&
                       EVP_MAC_update(context.get(), unsigned_bytes(message), message.size()) == 1 &&
                       EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1;
  if (!is_made) throw std::runtime_error("OpenSSL cannot make an HMAC");
  return to_hex(out.data(), size);
}

}  // namespace fgsync

#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace fgsync::test {

/// A certificate and its key.
struct Identity {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, &EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate{nullptr, &X509_free};

  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem() const;
};

enum class Validity { now, yesterday };

/// A certificate authority that nobody knows.
Identity make_authority();
/// A server's certificate for these names, written as OpenSSL does: `DNS:localhost,IP:127.0.0.1`.
Identity make_server_identity(const Identity& authority, const std::string& names, Validity validity = Validity::now);

}  // namespace fgsync::test

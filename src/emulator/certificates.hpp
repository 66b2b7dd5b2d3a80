#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

struct evp_pkey_st;
struct x509_st;

namespace fgsync::emulator {

/// A certificate with its key, as self_signed.cpp makes them. In PEM they are two texts.
class Certificate {
 public:
  using Time = std::chrono::system_clock::time_point;

  /// An authority of its own, good for ten years.
  static Certificate make_authority(Time now);
  /// One for a server, signed by the authority and good for a year. `names` are written as OpenSSL does:
  /// `DNS:localhost,IP:127.0.0.1`.
  static Certificate make_server(const Certificate& authority, const std::string& names, Time now);
  /// Nothing when the texts are no certificate and the key that belongs to it.
  static std::optional<Certificate> parse(const std::string& certificate_pem, const std::string& key_pem);
  /// Whether this is a certificate that one of the functions above has made, whoever has its key.
  static bool is_ours(const std::string& certificate_pem);

  Certificate(Certificate&&) noexcept = default;
  Certificate& operator=(Certificate&&) noexcept = default;
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() = default;

  [[nodiscard]] bool is_good_at(Time time) const;
  [[nodiscard]] bool is_signed_by(const Certificate& authority) const;
  /// An IP address or a name.
  [[nodiscard]] bool is_for(const std::string& host) const;
  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem() const;

 private:
  struct Free {
    void operator()(x509_st* certificate) const;
    void operator()(evp_pkey_st* key) const;
  };

  Certificate() = default;
  /// With a new key and all that does not depend on its purpose.
  static Certificate make_blank();

  std::unique_ptr<x509_st, Free> certificate_;
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace fgsync::emulator

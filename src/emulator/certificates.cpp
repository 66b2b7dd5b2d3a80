// The extensions are those that strict clients ask for: key identifiers on both sides, usages, and names as
// subjectAltName. A call of OpenSSL that fails here means that memory or randomness has run out.
#include "emulator/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <new>
#include <string_view>

namespace fgsync::emulator {
namespace {

using Time = Certificate::Time;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr std::string_view kAuthorityName = "fgsync-emulator authority";
constexpr std::string_view kServerName = "fgsync-emulator";
constexpr std::chrono::hours kDay{24};

void expect(bool is_done) {
  if (!is_done) throw std::bad_alloc();
}

void set_time(ASN1_TIME* field, Time time) {
  expect(ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr);
}

void set_serial(X509* certificate) {
  std::uint64_t serial = 0;
  expect(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  expect(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U) == 1);
}

void set_name(X509_NAME* name, std::string_view text) {
  expect(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  expect(extension != nullptr);
  const int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  expect(added == 1);
}

std::string common_name(const X509* certificate) {
  std::string text(64, '\0');
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text.data(),
                                             static_cast<int>(text.size()));
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return text;
}

std::string text_of(BIO* memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(size)};
}

Bio memory_of(const std::string& text) {
  Bio memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  expect(memory != nullptr);
  return memory;
}

X509* read_certificate(const std::string& pem) {
  return PEM_read_bio_X509(memory_of(pem).get(), nullptr, nullptr, nullptr);
}

}  // namespace

void Certificate::Free::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

void Certificate::Free::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

Certificate Certificate::make_blank() {
  Certificate made;
  made.certificate_.reset(X509_new());
  made.key_.reset(EVP_EC_gen("P-256"));
  expect(made.certificate_ && made.key_);
  X509_set_version(made.certificate_.get(), X509_VERSION_3);
  set_serial(made.certificate_.get());
  expect(X509_set_pubkey(made.certificate_.get(), made.key_.get()) == 1);
  return made;
}

Certificate Certificate::make_authority(Time now) {
  constexpr int kYears = 10;
  Certificate made = make_blank();
  X509* certificate = made.certificate_.get();
  set_time(X509_getm_notBefore(certificate), now - kDay);
  set_time(X509_getm_notAfter(certificate), now + kYears * 365 * kDay);
  set_name(X509_get_subject_name(certificate), kAuthorityName);
  expect(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1);
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  expect(X509_sign(certificate, made.key_.get(), EVP_sha256()) > 0);
  return made;
}

Certificate Certificate::make_server(const Certificate& authority, const std::string& names, Time now) {
  Certificate made = make_blank();
  X509* certificate = made.certificate_.get();
  X509* issuer = authority.certificate_.get();
  set_time(X509_getm_notBefore(certificate), now - kDay);
  set_time(X509_getm_notAfter(certificate), now + 365 * kDay);
  set_name(X509_get_subject_name(certificate), kServerName);
  expect(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  add_extension(certificate, issuer, NID_subject_alt_name, names);
  expect(X509_sign(certificate, authority.key_.get(), EVP_sha256()) > 0);
  return made;
}

std::optional<Certificate> Certificate::parse(const std::string& certificate_pem, const std::string& key_pem) {
  Certificate parsed;
  parsed.certificate_.reset(read_certificate(certificate_pem));
  parsed.key_.reset(PEM_read_bio_PrivateKey(memory_of(key_pem).get(), nullptr, nullptr, nullptr));
  if (!parsed.certificate_ || !parsed.key_) return std::nullopt;
  if (X509_check_private_key(parsed.certificate_.get(), parsed.key_.get()) != 1) return std::nullopt;
  return parsed;
}

bool Certificate::is_ours(const std::string& certificate_pem) {
  const std::unique_ptr<X509, Free> certificate(read_certificate(certificate_pem));
  if (!certificate) return false;
  const auto name = common_name(certificate.get());
  return name == kAuthorityName || name == kServerName;
}

bool Certificate::is_good_at(Time time) const {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  return X509_cmp_time(X509_get0_notBefore(certificate_.get()), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate_.get()), &seconds) > 0;
}

bool Certificate::is_signed_by(const Certificate& authority) const {
  return X509_verify(certificate_.get(), authority.key_.get()) == 1;
}

bool Certificate::is_for(const std::string& host) const {
  return X509_check_ip_asc(certificate_.get(), host.c_str(), 0) == 1 ||
         X509_check_host(certificate_.get(), host.data(), host.size(), 0, nullptr) == 1;
}

std::string Certificate::certificate_pem() const {
  const Bio memory(BIO_new(BIO_s_mem()), &BIO_free);
  expect(memory && PEM_write_bio_X509(memory.get(), certificate_.get()) == 1);
  return text_of(memory.get());
}

std::string Certificate::key_pem() const {
  const Bio memory(BIO_new(BIO_s_mem()), &BIO_free);
  expect(memory && PEM_write_bio_PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(memory.get());
}

}  // namespace fgsync::emulator

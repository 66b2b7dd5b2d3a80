#include "tests/http/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace fgsync::test {
namespace {

void expect(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL cannot make the test's certificate");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  expect(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Identity make_unsigned(const std::string& common_name, long serial, Validity validity) {
  constexpr long kDay = 24L * 3600;
  Identity identity;
  identity.key.reset(EVP_EC_gen("P-256"));
  identity.certificate.reset(X509_new());
  X509* certificate = identity.certificate.get();
  expect(identity.key && certificate != nullptr);
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), validity == Validity::now ? kDay : -kDay);
  X509_set_pubkey(certificate, identity.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return identity;
}

using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(const Memory& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

std::string Identity::certificate_pem() const {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  expect(PEM_write_bio_X509(memory.get(), certificate.get()) == 1);
  return text_of(memory);
}

std::string Identity::key_pem() const {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  expect(PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(memory);
}

Identity make_authority() {
  Identity authority = make_unsigned("a test's own authority", 1, Validity::now);
  X509* certificate = authority.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign");
  expect(X509_sign(certificate, authority.key.get(), EVP_sha256()) > 0);
  return authority;
}

Identity make_server_identity(const Identity& authority, const std::string& names, Validity validity) {
  Identity server = make_unsigned("a test's server", 2, validity);
  X509* certificate = server.certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(authority.certificate.get()));
  add_extension(certificate, authority.certificate.get(), NID_subject_alt_name, names);
  expect(X509_sign(certificate, authority.key.get(), EVP_sha256()) > 0);
  return server;
}

}  // namespace fgsync::test

#include "http/server_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>
#include <string_view>

#include "http/server.hpp"

namespace fgsync::http {
namespace {

/// HTTP/1.1 when the client lists it. Who lists only other protocols goes on without one, as servers of the service do.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, size, kHttp11, sizeof kHttp11 - 1, offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/// The file with OpenSSL's last word about it.
tl::unexpected<Error> unusable(const std::string& file, std::string_view expected) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return fail(ErrorKind::invalid, file + " cannot be used: " + (reason != nullptr ? reason : "unknown reason") +
                                      "; expected " + std::string(expected));
}

}  // namespace

void ServerTls::Close::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

ServerTls::ServerTls() : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::bad_alloc();
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Buffers are given back while nothing is on its way: there may be thousands of idle connections.
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
}

ServerTls::~ServerTls() = default;

Result<std::shared_ptr<ServerTls>> ServerTls::load(const std::string& certificate_file, const std::string& key_file) {
  std::shared_ptr<ServerTls> made(new ServerTls);
  ERR_clear_error();
  SSL_CTX* context = made->context_.get();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return unusable(certificate_file, "a certificate in PEM");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable(key_file, "the certificate's key in PEM, without a password");
  }
  return made;
}

Result<std::shared_ptr<ServerTls>> load_server_tls(const std::string& certificate_file, const std::string& key_file) {
  return ServerTls::load(certificate_file, key_file);
}

}  // namespace fgsync::http

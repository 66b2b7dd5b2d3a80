// OpenSSL on a socket that never blocks. It reads and writes through a BIO of our own rather than the descriptor: that
// counts what leaves, and a lost connection raises no SIGPIPE.
#include "http/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>
#include <system_error>
#include <utility>

#include "http/text.hpp"

namespace fgsync::http {
namespace {

using Outcome = Attempt::Outcome;

/// A BIO's answer to an attempt: the number of bytes, 0 at the end, or -1 and whether to try again.
int to_bio_result(BIO* bio, const Attempt& attempt) {
  BIO_clear_retry_flags(bio);
  switch (attempt.outcome) {
    case Outcome::done: return static_cast<int>(attempt.bytes);
    case Outcome::wants_read: BIO_set_retry_read(bio); return -1;
    case Outcome::wants_write: BIO_set_retry_write(bio); return -1;
    case Outcome::ended: BIO_set_flags(bio, BIO_FLAGS_IN_EOF); return 0;
    case Outcome::failed: return -1;
  }
  return -1;
}

Socket& socket_of(BIO* bio) {
  return *static_cast<Socket*>(BIO_get_data(bio));
}

int read_socket(BIO* bio, char* into, int size) {
  return to_bio_result(bio, socket_of(bio).read({into, static_cast<std::size_t>(size)}));
}

int write_socket(BIO* bio, const char* bytes, int size) {
  return to_bio_result(bio, socket_of(bio).write({bytes, static_cast<std::size_t>(size)}));
}

long control_socket(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

const BIO_METHOD* socket_method() {
  static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "fgsync socket");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, &read_socket);
    BIO_meth_set_write(made, &write_socket);
    BIO_meth_set_ctrl(made, &control_socket);
    return std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>(made, &BIO_meth_free);
  }();
  return method.get();
}

/// What OpenSSL said last, in a few words.
std::string last_error() {
  const unsigned long code = ERR_peek_error();
  if (code == 0) return {};
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

/// OpenSSL's own check of the name, since it says what is wrong where a callback can only say no.
void expect_host(SSL* tls, std::string host) {
  if (host.ends_with('.')) host.pop_back();  // the dot is for name servers only; certificates do not have it
  if (is_ip_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str());
    return;
  }
  SSL_set_tlsext_host_name(tls, host.c_str());
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(tls, host.c_str());
}

}  // namespace

void TlsContext::Close::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

void TlsContext::Close::operator()(ssl_session_st* session) const {
  SSL_SESSION_free(session);
}

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::bad_alloc();
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_protos(context, kHttp11, sizeof kHttp11 - 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_sess_set_new_cb(context, &TlsContext::remember);
}

TlsContext::~TlsContext() = default;

int TlsContext::remember(ssl_st* tls, ssl_session_st* session) {
  static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)))->last_session_.reset(session);
  constexpr int kKept = 1;
  return kKept;
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(const std::optional<std::string>& ca_file) {
  std::unique_ptr<TlsContext> made(new TlsContext);
  ERR_clear_error();
  SSL_CTX* context = made->context_.get();
  const int loaded =
      ca_file ? SSL_CTX_load_verify_file(context, ca_file->c_str()) : SSL_CTX_set_default_verify_paths(context);
  if (loaded == 1) return made;
  const std::string which = ca_file ? "CA file " + *ca_file : "the system's CA store";
  return fail(ErrorKind::invalid, which + " cannot be used: " + last_error() + "; expected certificates in PEM");
}

void TlsSession::Close::operator()(ssl_st* tls) const {
  SSL_free(tls);
}

TlsSession::TlsSession(ssl_ctx_st* context, Socket& socket) : tls_(SSL_new(context)) {
  BIO* bio = BIO_new(socket_method());
  if (!tls_ || bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  SSL_set_bio(tls_.get(), bio, bio);
}

TlsSession::TlsSession(ServerTls& context, Socket& socket) : TlsSession(context.context_.get(), socket) {
  SSL_set_accept_state(tls_.get());
}

TlsSession::TlsSession(TlsContext& context, Socket& socket, const std::string& host)
    : TlsSession(context.context_.get(), socket) {
  SSL_set_connect_state(tls_.get());
  expect_host(tls_.get(), host);
  // A session is resumed once: in TLS 1.3 its second use could be linked to the first.
  if (const auto session = std::move(context.last_session_)) SSL_set_session(tls_.get(), session.get());
}

TlsSession::~TlsSession() {
  if (!has_failed_ && SSL_is_init_finished(tls_.get()) == 1) SSL_shutdown(tls_.get());
  ERR_clear_error();
}

Attempt TlsSession::attempt(int result, std::size_t bytes) {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_NONE: return {Outcome::done, bytes};
    case SSL_ERROR_WANT_READ: return {Outcome::wants_read};
    case SSL_ERROR_WANT_WRITE: return {Outcome::wants_write};
    case SSL_ERROR_ZERO_RETURN: return {Outcome::ended};
    default: break;
  }
  has_failed_ = true;
  failure_ = last_error();
  return {Outcome::failed};
}

Attempt TlsSession::handshake() {
  ERR_clear_error();
  return attempt(SSL_do_handshake(tls_.get()), 0);
}

Attempt TlsSession::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &bytes);
  return attempt(result, bytes);
}

Attempt TlsSession::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
  return attempt(result, written);
}

bool TlsSession::has_buffered() const {
  return SSL_has_pending(tls_.get()) == 1;
}

TlsSession::Refusal TlsSession::refusal() const {
  const long verdict = SSL_get_verify_result(tls_.get());
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return {Verdict::other_host, {}};
  }
  if (verdict != X509_V_OK) return {Verdict::not_trusted, X509_verify_cert_error_string(verdict)};
  return {Verdict::no_tls, failure_.empty() ? "the connection was closed" : failure_};
}

}  // namespace fgsync::http

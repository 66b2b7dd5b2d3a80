#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/server_tls.hpp"
#include "http/socket.hpp"

struct ssl_session_st;
struct ssl_st;

namespace fgsync::http {

/// What the TLS sessions with one server share: TLS 1.2 or newer, who is trusted, and the session to resume.
class TlsContext {
 public:
  /// Trusts the certificates of a PEM file, or without one the system's. Error `invalid` when they cannot be used.
  static Result<std::unique_ptr<TlsContext>> make(const std::optional<std::string>& ca_file);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

 private:
  friend class TlsSession;
  struct Close {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_session_st* session) const;
  };

  TlsContext();
  static int remember(ssl_st* tls, ssl_session_st* session);

  std::unique_ptr<ssl_ctx_st, Close> context_;
  std::unique_ptr<ssl_session_st, Close> last_session_;
};

/// TLS over a connected socket. Context and socket must outlive the session and stay where they are.
class TlsSession {
 public:
  /// With one host, whose certificate must be trusted and made out to it.
  TlsSession(TlsContext& context, Socket& socket, const std::string& host);
  /// With a client, who is not asked for a certificate.
  TlsSession(ServerTls& context, Socket& socket);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  /// Says goodbye (close_notify) if that can be done without waiting.
  ~TlsSession();

  /// To be repeated until it neither wants to read nor to write.
  [[nodiscard]] Attempt handshake();
  [[nodiscard]] Attempt read(std::span<char> into);
  [[nodiscard]] Attempt write(std::string_view bytes);
  /// Whether bytes have come already that the socket does not know about any more.
  [[nodiscard]] bool has_buffered() const;

  /// Why the handshake failed.
  enum class Verdict { other_host, not_trusted, no_tls };
  struct Refusal {
    Verdict verdict;
    std::string reason;  ///< of `not_trusted` and `no_tls`
  };
  [[nodiscard]] Refusal refusal() const;

 private:
  struct Close {
    void operator()(ssl_st* tls) const;
  };

  TlsSession(ssl_ctx_st* context, Socket& socket);
  Attempt attempt(int result, std::size_t bytes);

  std::unique_ptr<ssl_st, Close> tls_;
  std::string failure_;
  bool has_failed_ = false;
};

}  // namespace fgsync::http

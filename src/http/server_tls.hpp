#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;

namespace fgsync::http {

/// What the TLS sessions of a server share: TLS 1.2 or newer, its certificate and key.
class ServerTls {
 public:
  /// See load_server_tls() in http/server.hpp.
  static Result<std::shared_ptr<ServerTls>> load(const std::string& certificate_file, const std::string& key_file);

  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;
  ~ServerTls();

 private:
  friend class TlsSession;
  struct Close {
    void operator()(ssl_ctx_st* context) const;
  };

  ServerTls();

  std::unique_ptr<ssl_ctx_st, Close> context_;
};

}  // namespace fgsync::http

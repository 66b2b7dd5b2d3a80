#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// How an answer is sent: by default whole and at once. The rest is for those who want to see a client suffer.
struct Delivery {
  /// The length of the whole body is announced, so much of it is sent, then the connection is closed.
  std::optional<std::size_t> cut_after_bytes;
  /// 0: the body is sent at once, else in pieces of this size with `drip_pause` between them.
  std::size_t drip_bytes = 0;
  std::chrono::milliseconds drip_pause{0};
  /// The response's body is all that is sent, without status and headers; then the connection is closed.
  bool is_raw = false;
};

struct Reply {
  std::optional<Response> response;  ///< nothing: the connection is closed without an answer
  Delivery delivery = {};
};

/// Answers one request; nothing means: close the connection without an answer. Runs on the server's loop.
using Handler = std::function<std::optional<Response>(const Request& request)>;
/// The same, in its own time. It is never cancelled: when the client goes away or the server stops, the reply goes
/// nowhere. Requests of one connection are asked one after the other.
using AsyncHandler = std::function<boost::asio::awaitable<Reply>(Request request)>;

/// A certificate and its key, for a server that speaks TLS 1.2 or newer.
class ServerTls;
/// Both files in PEM; the certificate's may have further ones behind it, up to the authority's. Error `invalid`: they
/// cannot be used, with the file's name.
Result<std::shared_ptr<ServerTls>> load_server_tls(const std::string& certificate_file, const std::string& key_file);

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port
  std::size_t max_body_bytes = std::size_t{80} << 20U;
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);  ///< of a connection between requests
  /// For one whole request to arrive, for TLS's handshake, and for the client to take each part of an answer.
  std::chrono::milliseconds request_timeout = std::chrono::seconds(120);
  std::shared_ptr<ServerTls> tls = {};  ///< null: in the clear
};

/// An HTTP/1.1 server with keep-alive. A request over the body limit is answered 413 with `FSS.0413`, malformed HTTP
/// with 400, each in the service's error shape.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  /// The port that is really listened on.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Closes the listener and every connection. Handlers that are at work come to their end.
  virtual void stop() = 0;
};

/// Starts listening on `executor`'s loop, which one thread runs. Error `invalid` when the address cannot be bound.
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       AsyncHandler handler);
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       Handler handler);

}  // namespace fgsync::http

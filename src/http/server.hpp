#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

/// A body that comes in pieces, for as long as it takes: server-sent events, for example.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  /// The next piece, which is sent at once; nothing: the body has come to its end. Asked again only when the client has
  /// taken the piece before, so that one who does not read makes nothing pile up here.
  ///
  /// When the client goes away or the server stops, the waiting is cancelled (Asio's cancellation, terminal): timers
  /// end with operation_aborted. What is said or thrown then goes nowhere, and the stream is destroyed when this
  /// returns: nothing in here may wait for long for what cannot be cancelled, and what it waits for must outlive the
  /// waiting. An exception otherwise cuts the body off, which the client can tell from its end.
  virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
};

struct Reply {
  std::optional<Response> response;  ///< nothing: the connection is closed without an answer
  Delivery delivery = {};
  /// Instead of the response's body, and of any special delivery. The head is sent at once, the pieces in chunks (to
  /// HTTP/1.0 until the connection's end), and then the connection is closed. There is no limit on how long it is
  /// silent; the client has `request_timeout` to take each piece. A client that ends its own direction counts as gone.
  std::shared_ptr<BodyStream> stream = {};
};

/// The process at the other end of a Unix socket, when it connected.
struct Credentials {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::int32_t process = 0;
};

/// Who asks.
struct Peer {
  std::optional<Credentials> credentials;  ///< of a Unix socket only; nothing there either: the kernel does not say
  std::string address;                     ///< `127.0.0.1:4711`, `[::1]:4711`; empty for a Unix socket
};

/// Answers one request; nothing means: close the connection without an answer. Runs on the server's loop.
using Handler = std::function<std::optional<Response>(const Request& request)>;
/// The same, in its own time. It is never cancelled: when the client goes away or the server stops, the reply goes
/// nowhere. Requests of one connection are asked one after the other.
using AsyncHandler = std::function<boost::asio::awaitable<Reply>(Request request)>;
/// The same for those who have to know who asks.
using PeerHandler = std::function<boost::asio::awaitable<Reply>(Request request, Peer peer)>;

/// A certificate and its key, for a server that speaks TLS 1.2 or newer.
class ServerTls;
/// Both files in PEM; the certificate's may have further ones behind it, up to the authority's. Error `invalid`: they
/// cannot be used, with the file's name.
Result<std::shared_ptr<ServerTls>> load_server_tls(const std::string& certificate_file, const std::string& key_file);

/// Where and how it is listened: at an address, or at a path, or on what somebody else has opened.
struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port
  std::size_t max_body_bytes = std::size_t{80} << 20U;
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);  ///< of a connection between requests
  /// For one whole request to arrive, for TLS's handshake, and for the client to take each part of an answer.
  std::chrono::milliseconds request_timeout = std::chrono::seconds(120);
  std::shared_ptr<ServerTls> tls = {};  ///< null: in the clear

  /// A Unix socket at this path instead of an address. What a dead process has left there is replaced, and the file is
  /// removed when the server stops, unless it is somebody else's by then.
  std::string unix_path = {};
  std::uint32_t unix_mode = 0660;  ///< who may connect: those who may write to the file
  /// A socket that is listened on already, as systemd hands them down (3 is the first), before all else. The server
  /// closes it, also when it cannot be used, and removes no file.
  std::optional<int> inherited_descriptor = {};

  /// Makes the server's own answers (413, 431, 400, 404 to a method it does not know, 500) of a status and a sentence
  /// in ASCII without quotes. Null: they have the service's error shape.
  std::function<Response(int status, std::string_view message)> own_answer = {};
};

/// An HTTP/1.1 server with keep-alive. A request over the body limit is answered 413 with `FSS.0413`, malformed HTTP
/// with 400, each in the service's error shape unless the options say otherwise.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  /// The port that is really listened on; 0 when it is a Unix socket.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Closes the listener and every connection. Handlers that are at work come to their end.
  virtual void stop() = 0;
};

/// Starts listening on `executor`'s loop, which one thread runs. Error `invalid` when it cannot be listened there,
/// `conflict` when another process listens at the path.
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       AsyncHandler handler);
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       Handler handler);
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       PeerHandler handler);

}  // namespace fgsync::http

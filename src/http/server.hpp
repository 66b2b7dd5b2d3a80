#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// Answers one request; nothing means: close the connection without an answer. Runs on the server's loop.
using Handler = std::function<std::optional<Response>(const Request& request)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port
  std::size_t max_body_bytes = std::size_t{80} << 20U;
  std::chrono::seconds idle_timeout{60};      ///< of a connection between requests
  std::chrono::seconds request_timeout{120};  ///< for one whole request to arrive
};

/// An HTTP/1.1 server with keep-alive. A request over the body limit is answered 413 with `FSS.0413`, malformed HTTP
/// with 400, each in the service's error shape.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  /// The port that is really listened on.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Closes the listener and every connection.
  virtual void stop() = 0;
};

/// Starts listening on `executor`'s loop. Error `invalid` when the address cannot be bound.
Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       Handler handler);

}  // namespace fgsync::http

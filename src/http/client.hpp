#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// Port: one exchange with one server.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends the request and reads the whole answer, whatever its status, before `deadline`. Never throws.
  /// Errors always carry RemoteFacts whose `request_sent` says whether the server may have seen the request:
  /// `transient` (no connection, or lost), `timed_out`, `corrupt` (what came back is not HTTP, or is cut off).
  virtual boost::asio::awaitable<Result<Response>> send(Request request, Deadline deadline) = 0;
};

/// Where a server is: `https://host[:port][/base]`.
struct Endpoint {
  enum class Scheme { http, https };
  Scheme scheme = Scheme::https;
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 443;
  std::string base_path;  ///< empty, or `/prefix` without a final slash

  /// `https://host`, with the port only when it is not the scheme's own.
  [[nodiscard]] std::string to_string() const;
  /// Whether the host is this machine by its written form: 127.0.0.0/8, ::1 or localhost.
  [[nodiscard]] bool is_loopback() const;
};

/// Parses an endpoint. Refused (`invalid`): other schemes, user names, queries, and plain http to anything but
/// loopback, since credentials would travel in the clear.
Result<Endpoint> parse_endpoint(const std::string& text);

struct ClientOptions {
  std::optional<std::string> ca_file;  ///< PEM; instead of the system's CA store
  std::size_t max_connections = 16;    ///< idle connections that are kept
  std::size_t max_body_bytes = std::size_t{64} << 20U;
};

/// The client over Boost.Beast: keep-alive pool, TLS 1.2+ with verification and SNI, deadlines.
/// Error `invalid` when the CA file cannot be used.
Result<std::unique_ptr<HttpClient>> make_beast_client(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                      ClientOptions options);

}  // namespace fgsync::http

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/worker_pool.hpp"
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

/// Where a server is: `https://host[:port][/base]`, or a Unix socket.
struct Endpoint {
  enum class Scheme { http, https };
  Scheme scheme = Scheme::https;
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 443;
  std::string base_path;       ///< empty, or `/prefix` without a final slash
  std::string unix_path = {};  ///< connected to instead of the host, which is only named then; without TLS or proxy

  /// `https://host`, with the port only when it is not the scheme's own; `unix:path`.
  [[nodiscard]] std::string to_string() const;
  /// The value of the Host header: the host, an IPv6 address in brackets, and the port when it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
  /// Whether the host is this machine by its written form: 127.0.0.0/8, ::1 or localhost.
  [[nodiscard]] bool is_loopback() const;
};

/// Parses an endpoint. Refused (`invalid`): other schemes, user names, queries, and plain http to anything but
/// loopback, since credentials would travel in the clear.
Result<Endpoint> parse_endpoint(const std::string& text);

/// The server that listens on a Unix socket. It is spoken to as `localhost`.
Endpoint unix_endpoint(std::string path);

/// A proxy that is asked to CONNECT.
struct Proxy {
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 3128;
  std::string user;  ///< empty: no Proxy-Authorization
  Secret password = {};

  /// `http://host:port`, without user and password.
  [[nodiscard]] std::string to_string() const;
};

/// What the environment says about proxies for an endpoint, as curl reads it: `HTTPS_PROXY`/`https_proxy` and
/// `NO_PROXY`/`no_proxy` (names with their subdomains, addresses, CIDR ranges, an optional port, `*`). Nothing: none.
/// Plain http goes to this machine only and never through a proxy. Error `invalid` when the proxy's URL cannot be used;
/// its password is in no message.
Result<std::optional<Proxy>> proxy_of(const Endpoint& endpoint,
                                      const std::function<std::optional<std::string>(const char*)>& environment);

struct ClientOptions {
  std::optional<std::string> ca_file;                   ///< PEM; instead of the system's CA store
  std::size_t max_connections = 16;                     ///< idle connections that are kept
  std::chrono::seconds max_idle{30};                    ///< and for how long
  std::size_t max_body_bytes = std::size_t{64} << 20U;  ///< of an answer, decoded
  std::optional<Proxy> proxy;
  /// What a person should look at when nothing can be had from there: the beginning of a sentence.
  std::string advice = "Check the endpoint (--endpoint)";
  /// Makes streamed bodies while others are sent; without it they are made on the loop.
  WorkerPool* pool = nullptr;
  /// Name servers as `address:port`, comma-separated, instead of the system's. For tests.
  std::string name_servers;
};

/// The client over Asio and Beast: keep-alive pool, TLS 1.2+ with verification and SNI, deadlines over the whole
/// exchange, names resolved without threads. Error `invalid` when the CA file cannot be used.
Result<std::unique_ptr<HttpClient>> make_beast_client(boost::asio::any_io_executor executor, Endpoint endpoint,
                                                      ClientOptions options);

}  // namespace fgsync::http

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <utility>

#include "http/client.hpp"
#include "http/text.hpp"

namespace fgsync::http {
namespace {

namespace urls = boost::urls;

/// The text as it can be shown: what stands before an @, or behind a ? or #, may be a password or a token.
std::string without_secrets(const std::string& text) {
  const std::size_t host = text.find("://");
  const std::size_t start = host == std::string::npos ? 0 : host + 3;
  std::string shown = text;
  if (const std::size_t at = shown.rfind('@'); at != std::string::npos && at >= start) {
    shown.replace(start, at - start, "...");
  }
  const std::size_t query = shown.find_first_of("?#");
  if (query != std::string::npos) shown.replace(query + 1, std::string::npos, "...");
  return shown;
}

tl::unexpected<Error> refuse(const std::string& text, const std::string& why) {
  return fail(ErrorKind::invalid, "endpoint \"" + without_secrets(text) + "\" " + why +
                                      "; expected something like https://functiongraph.cn-north-4.myhuaweicloud.com");
}

/// The parts of a URL behind `://`. Boost.URL 1.81 takes what follows an IPv4 address or a port for the path, so that
/// the host of `http://127.0.0.1.example.com` would be 127.0.0.1.
struct Authority {
  HostPort server;
  std::string path;
};

Authority split_authority(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  const std::size_t end = std::min(url.find('/', start), url.size());
  return {split_host_port(url.substr(start, end - start)), url.substr(end)};
}

bool is_default_port(Endpoint::Scheme scheme, std::uint16_t port) {
  return port == (scheme == Endpoint::Scheme::https ? 443 : 80);
}

std::string without_final_slash(std::string path) {
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::string Endpoint::to_string() const {
  if (!unix_path.empty()) return "unix:" + unix_path;
  return (scheme == Scheme::https ? "https://" : "http://") + authority() + base_path;
}

std::string Endpoint::authority() const {
  return is_default_port(scheme, port) ? bracketed(host) : bracketed(host) + ":" + std::to_string(port);
}

bool Endpoint::is_loopback() const {
  if (host == "localhost") return true;
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host, not_an_address);
  return !not_an_address && address.is_loopback();
}

Endpoint unix_endpoint(std::string path) {
  constexpr std::uint16_t kHttpPort = 80;
  Endpoint endpoint;
  endpoint.scheme = Endpoint::Scheme::http;
  endpoint.host = "localhost";
  endpoint.port = kHttpPort;
  endpoint.unix_path = std::move(path);
  return endpoint;
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return refuse(text, "is not a URL");
  const urls::url_view& url = *parsed;

  Endpoint endpoint;
  if (url.scheme_id() == urls::scheme::https) {
    endpoint.scheme = Endpoint::Scheme::https;
    endpoint.port = 443;
  } else if (url.scheme_id() == urls::scheme::http) {
    endpoint.scheme = Endpoint::Scheme::http;
    endpoint.port = 80;
  } else {
    return refuse(text, "is neither http nor https");
  }
  if (!url.has_authority()) return refuse(text, "names no host");
  if (url.has_userinfo()) return refuse(text, "holds a user name: credentials do not belong into it");
  if (text.find_first_of("?#") != std::string::npos) return refuse(text, "has a query or a fragment");
  const Authority authority = split_authority(text);
  endpoint.host = to_lower(authority.server.host);
  if (endpoint.host.empty()) return refuse(text, "names no host");
  if (!is_host(endpoint.host)) return refuse(text, "has a host name with characters that no host name has");
  if (!authority.server.port.empty()) {
    const auto port = to_port(authority.server.port);
    if (!port) return refuse(text, "has no usable port");
    endpoint.port = *port;
  }
  endpoint.base_path = without_final_slash(authority.path);

  if (endpoint.scheme == Endpoint::Scheme::http && !endpoint.is_loopback()) {
    return refuse(text, "is plain http to another machine, which would send the credentials in the clear");
  }
  return endpoint;
}

}  // namespace fgsync::http

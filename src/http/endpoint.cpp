#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cctype>
#include <charconv>

#include "http/client.hpp"

namespace fgsync::http {
namespace {

namespace urls = boost::urls;

tl::unexpected<Error> refuse(const std::string& text, const std::string& why) {
  return fail(ErrorKind::invalid, "endpoint \"" + text + "\" " + why +
                                      "; expected something like https://functiongraph.cn-north-4.myhuaweicloud.com");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// An address, or a name that may stand in a Host header as it is.
bool is_host(const std::string& host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

/// The parts of a URL behind `://`. Boost.URL 1.81 takes what follows an IPv4 address or a port for the path, so that
/// the host of `http://127.0.0.1.example.com` would be 127.0.0.1.
struct Authority {
  std::string host;
  std::string port;
  std::string path;
};

Authority split_authority(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  const std::size_t end = std::min(url.find('/', start), url.size());
  const std::string text = url.substr(start, end - start);
  Authority authority;
  authority.path = url.substr(end);
  const bool is_bracketed = text.starts_with('[');
  const std::size_t behind_host = is_bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  authority.host = is_bracketed ? text.substr(1, behind_host - 2) : text.substr(0, behind_host);
  if (behind_host == text.size()) return authority;
  // What is no `:` and a port makes the host one that no name check lets pass.
  if (text[behind_host] != ':') authority.host = text;
  authority.port = text.substr(behind_host + 1);
  return authority;
}

std::optional<std::uint16_t> to_port(const std::string& digits) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

std::string without_final_slash(std::string path) {
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::string Endpoint::to_string() const {
  const bool is_https = scheme == Scheme::https;
  std::string text = is_https ? "https://" : "http://";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (is_https ? 443 : 80)) text += ":" + std::to_string(port);
  return text + base_path;
}

bool Endpoint::is_loopback() const {
  if (host == "localhost") return true;
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host, not_an_address);
  return !not_an_address && address.is_loopback();
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
  endpoint.host = lower(authority.host);
  if (endpoint.host.empty()) return refuse(text, "names no host");
  if (!is_host(endpoint.host)) return refuse(text, "has a host name with characters that no host name has");
  if (!authority.port.empty()) {
    const auto port = to_port(authority.port);
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

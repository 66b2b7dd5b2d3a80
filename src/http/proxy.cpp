// Which proxy to use, as curl finds out: lower-case variables before upper-case ones, an empty one is none. curl knows
// no ports in NO_PROXY; other programs do.
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/pct_string_view.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "http/text.hpp"

namespace fgsync::http {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

using Environment = std::function<std::optional<std::string>(const char*)>;

constexpr std::uint16_t kDefaultPort = 1080;  // curl's

struct Variable {
  std::string name;
  std::string value;
};

/// The first of the two that is set, and not to nothing.
std::optional<Variable> first_set(const Environment& environment, const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    auto value = environment(name);
    if (value && !value->empty()) return Variable{name, std::move(*value)};
  }
  return std::nullopt;
}

std::vector<std::string> entries_of(const std::string& list) {
  constexpr std::string_view kSeparators = ", \t";
  std::vector<std::string> entries;
  for (std::size_t start = 0; (start = list.find_first_not_of(kSeparators, start)) != std::string::npos;) {
    const std::size_t end = std::min(list.find_first_of(kSeparators, start), list.size());
    entries.push_back(list.substr(start, end - start));
    start = end;
  }
  return entries;
}

std::string without_final_dot(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return name;
}

/// An entry `10.0.0.0/8` or `2001:db8::/32`.
bool is_in_range(const std::string& host, const std::string& range) {
  error_code no_address;
  error_code no_range;
  const auto address = ip::make_address(host, no_address);
  if (no_address) return false;
  if (address.is_v4()) {
    const auto network = ip::make_network_v4(range, no_range);
    return !no_range &&
           ip::make_network_v4(address.to_v4(), network.prefix_length()).canonical() == network.canonical();
  }
  const auto network = ip::make_network_v6(range, no_range);
  return !no_range && ip::make_network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
}

bool is_same_address(const std::string& a, const std::string& b) {
  error_code no_address;
  const auto left = ip::make_address(a, no_address);
  if (no_address) return false;
  const auto right = ip::make_address(b, no_address);
  return !no_address && left == right;
}

/// `example.com`, `.example.com` and `*.example.com` alike stand for the domain and all below it.
bool is_in_domain(const std::string& host, std::string domain) {
  if (domain.starts_with('*')) domain.erase(0, 1);
  if (domain.starts_with('.')) domain.erase(0, 1);
  domain = without_final_dot(to_lower(std::move(domain)));
  if (domain.empty()) return false;
  return host == domain || host.ends_with("." + domain);
}

/// The entry's host and port. Several colons without brackets are an IPv6 address.
HostPort split_entry(const std::string& entry) {
  const bool is_bare_ipv6 = !entry.starts_with('[') && std::count(entry.begin(), entry.end(), ':') > 1;
  return is_bare_ipv6 ? HostPort{entry, {}} : split_host_port(entry);
}

bool is_excepted_by(const std::string& entry, const Endpoint& endpoint) {
  if (entry == "*") return true;
  const std::string host = without_final_dot(endpoint.host);
  if (entry.find('/') != std::string::npos) return is_in_range(host, entry);
  const HostPort parts = split_entry(entry);
  if (!parts.port.empty() && to_port(parts.port) != endpoint.port) return false;
  return is_ip_address(host) ? is_same_address(host, parts.host) : is_in_domain(host, parts.host);
}

/// The text that a URL's user or password stands for; nothing when it cannot stand in a header.
std::optional<std::string> decoded(const std::string& text) {
  const auto encoded = boost::urls::make_pct_string_view(text);
  if (!encoded) return std::nullopt;
  std::string plain = encoded->decode();
  if (has_control(plain)) return std::nullopt;
  return plain;
}

/// The reason is all that is said of the text: a password may be in it.
tl::unexpected<Error> refuse(const std::string& variable, const std::string& why) {
  return fail(ErrorKind::invalid, "the proxy that " + variable + " names cannot be used: " + why +
                                      "; expected something like http://proxy.example.com:3128");
}

Result<Proxy> parse_proxy(const Variable& variable) {
  std::string text = variable.value;
  if (const std::size_t end = text.find("://"); end != std::string::npos) {
    if (to_lower(text.substr(0, end)) != "http") {
      return refuse(variable.name, "only plain http is spoken with a proxy, through which TLS then goes");
    }
    text.erase(0, end + 3);
  }
  text.resize(std::min(text.find_first_of("/?#"), text.size()));

  Proxy proxy;
  if (const std::size_t at = text.rfind('@'); at != std::string::npos) {
    const std::size_t colon = std::min(text.find(':'), at);
    auto user = decoded(text.substr(0, colon));
    auto password = decoded(colon < at ? text.substr(colon + 1, at - colon - 1) : "");
    if (!user || !password) return refuse(variable.name, "its user or password is not percent-encoded as in a URL");
    proxy.user = std::move(*user);
    proxy.password = Secret(std::move(*password));
    text.erase(0, at + 1);
  }
  const HostPort parts = split_host_port(text);
  if (!is_host(parts.host)) return refuse(variable.name, "it has no usable host");
  const auto port = parts.port.empty() ? kDefaultPort : to_port(parts.port);
  if (!port) return refuse(variable.name, "it has no usable port");
  proxy.host = to_lower(parts.host);
  proxy.port = *port;
  return proxy;
}

}  // namespace

std::string Proxy::to_string() const {
  return "http://" + bracketed(host) + ":" + std::to_string(port);
}

Result<std::optional<Proxy>> proxy_of(const Endpoint& endpoint, const Environment& environment) {
  if (endpoint.scheme == Endpoint::Scheme::http) return std::nullopt;
  const auto named = first_set(environment, "https_proxy", "HTTPS_PROXY");
  if (!named) return std::nullopt;
  const auto excepted = first_set(environment, "no_proxy", "NO_PROXY");
  const auto entries = excepted ? entries_of(excepted->value) : std::vector<std::string>();
  const bool is_excepted = std::any_of(entries.begin(), entries.end(), [&endpoint](const std::string& entry) {
    return is_excepted_by(entry, endpoint);
  });
  if (is_excepted) return std::nullopt;
  auto proxy = parse_proxy(*named);
  if (!proxy) return fail(std::move(proxy).error());
  return std::move(*proxy);
}

}  // namespace fgsync::http

#include "http/text.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cctype>
#include <charconv>

namespace fgsync::http {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

HostPort split_host_port(const std::string& text) {
  const bool is_bracketed = text.starts_with('[');
  const std::size_t behind_host = is_bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  HostPort parts;
  parts.host = is_bracketed ? text.substr(1, behind_host - 2) : text.substr(0, behind_host);
  if (behind_host == text.size()) return parts;
  // What is no `:` and a port makes the host one that no name check lets pass.
  if (text[behind_host] != ':') parts.host = text;
  parts.port = text.substr(behind_host + 1);
  return parts;
}

std::optional<std::uint16_t> to_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

std::string to_lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

bool is_ip_address(const std::string& host) {
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  return !not_an_address;
}

}  // namespace fgsync::http

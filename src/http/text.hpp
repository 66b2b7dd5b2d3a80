#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fgsync::http {

/// The host of a URL or a Host header: an IPv6 address in brackets, everything else as it is.
std::string bracketed(const std::string& host);

/// `host[:port]` in its parts; an IPv6 address with a port stands in brackets, which are removed.
struct HostPort {
  std::string host;
  std::string port;  ///< empty: none; not checked
};
HostPort split_host_port(const std::string& text);

/// 1 to 65535.
std::optional<std::uint16_t> to_port(std::string_view digits);

/// Whether this can be a host: an address, or a name that may stand in a Host header as it is.
bool is_host(std::string_view host);

/// ASCII letters in lower case.
std::string to_lower(std::string text);

/// Whether it would break out of the line that it is put into, or command a terminal.
bool has_control(std::string_view text);

bool is_ip_address(const std::string& host);

}  // namespace fgsync::http

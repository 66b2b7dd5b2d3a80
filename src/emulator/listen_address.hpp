#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fgsync::emulator {

/// Where to listen; port 0 is any free port.
struct ListenAddress {
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
};

/// `HOST:PORT`, with brackets around an IPv6 address.
std::optional<ListenAddress> parse_listen_address(const std::string& text);

/// `127.0.0.1:9480`, `[::1]:9480`
std::string to_text(const ListenAddress& address);

}  // namespace fgsync::emulator

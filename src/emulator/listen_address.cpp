#include "emulator/listen_address.hpp"

#include <charconv>

namespace fgsync::emulator {

std::optional<ListenAddress> parse_listen_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  ListenAddress address;
  address.host = text.substr(0, colon);
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const char* first = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(first, end, address.port);
  if (first == end || failed != std::errc() || stopped != end) return std::nullopt;
  return address;
}

std::string to_text(const ListenAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace fgsync::emulator

#include "config/value_shapes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "config/config.hpp"

namespace fgsync::config {
namespace {

constexpr std::size_t kMaxSourceId = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_made_of(std::string_view text, std::size_t max, std::string_view others) {
  if (text.empty() || text.size() > max) return false;
  return std::all_of(text.begin(), text.end(),
                     [others](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; });
}

bool is_source_id(std::string_view text) {
  return is_made_of(text, kMaxSourceId, "-_.") && is_letter_or_digit(text.front());
}

bool is_region(std::string_view text) {
  return is_made_of(text, 63, "-_") && is_letter_or_digit(text.front());
}

bool is_project_id(std::string_view text) {
  return is_made_of(text, 64, "-_");
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_loopback(std::string_view host) {
  const bool is_ipv4 = host.starts_with("127.") && is_made_of(host, 15, ".") &&
                       std::none_of(host.begin(), host.end(), [](char c) { return c > '9'; });
  return host == "localhost" || host == "[::1]" || is_ipv4;
}

/// `host` or `host:port`, with the host in brackets when it is an IPv6 address. The host, or nothing.
std::optional<std::string_view> host_of(std::string_view authority) {
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto colon = authority.find(':', bracket);
  const std::string_view host = authority.substr(0, colon);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return std::nullopt;
  if (!is_made_of(host, 253, host.starts_with('[') ? "[]:." : "-.")) return std::nullopt;
  return host;
}

bool is_endpoint(std::string_view text) {
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kPlain = "http://";
  const bool is_secure = text.starts_with(kSecure);
  if (!is_secure && !text.starts_with(kPlain)) return false;
  const std::string_view rest = text.substr(is_secure ? kSecure.size() : kPlain.size());
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash + 1 != rest.size()) return false;
  const auto host = host_of(rest.substr(0, slash));
  return host && (is_secure || is_loopback(*host));
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 4> kUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};

}  // namespace

const manifest::NameRule kSourceId{is_source_id, "1 to 63 letters, digits, -, _ or ., starting with a letter or digit"};
const manifest::NameRule kRegion{is_region, "a region such as cn-north-4"};
const manifest::NameRule kProjectId{is_project_id, "a project id: 1 to 64 letters, digits, - or _"};
const manifest::NameRule kEndpoint{
    is_endpoint,
    "https://HOST or https://HOST:PORT without a path (http only for this machine: localhost, 127.x, [::1])"};

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool has_digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  constexpr std::int64_t kLargest = 1'000'000'000;  // keeps the product far from an overflow
  if (parsed.ec != std::errc() || !has_digits || number > kLargest) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  for (const Unit& unit : kUnits) {
    if (rest == unit.name) return std::chrono::milliseconds(number * unit.milliseconds);
  }
  return std::nullopt;
}

std::string source_id_of(std::string_view directory_name) {
  std::string id;
  for (const char c : directory_name.substr(0, kMaxSourceId)) {
    const bool is_taken = is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
    if (is_taken) {
      id += c;
    } else if (!id.ends_with('-')) {
      id += '-';
    }
  }
  const auto start = std::find_if(id.begin(), id.end(), is_letter_or_digit);
  id.erase(id.begin(), start);
  return id;
}

}  // namespace fgsync::config

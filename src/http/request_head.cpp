#include "http/request_head.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/base64.hpp"
#include "base/printable.hpp"
#include "http/text.hpp"

namespace fgsync::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kUserAgent = "fgsync/" FGSYNC_VERSION;

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  auto is_token_character = [kMarks](unsigned char c) {
    return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

/// Headers that say where the request ends and for whom it is.
bool is_the_clients_own(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kOwn{"host", "content-length", "connection", "transfer-encoding"};
  return std::find(kOwn.begin(), kOwn.end(), to_lower(std::string(name))) != kOwn.end();
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append(kLineEnd);
}

}  // namespace

std::optional<std::string> unsendable(const Request& request) {
  constexpr std::size_t kMaxFieldBytes = std::size_t{32} * 1024;
  constexpr std::size_t kMaxShownBytes = 60;
  if (has_control(request.target) || request.target.find(' ') != std::string::npos) {
    return "its path holds a blank or a control character";
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return "\"" + printable(name, kMaxShownBytes) + "\" is no header's name";
    if (is_the_clients_own(name)) return "its header " + name + " is for the client to set";
    if (has_control(value)) return "its header " + name + " holds a control character";
    if (value.size() > kMaxFieldBytes) return "its header " + name + " has more than 32 KB";
  }
  return std::nullopt;
}

std::string request_head(const Endpoint& endpoint, const Request& request) {
  constexpr std::size_t kUsualBytes = 1024;
  std::string head;
  head.reserve(kUsualBytes);
  head.append(name_of(request.method)).append(" ").append(endpoint.base_path).append(request.target);
  head.append(" HTTP/1.1").append(kLineEnd);
  for (const auto& [name, value] : request.headers) append_field(head, name, value);
  append_field(head, "Host", endpoint.authority());
  append_field(head, "User-Agent", kUserAgent);
  append_field(head, "Accept-Encoding", "gzip");
  const bool expects_body = request.method == Method::post || request.method == Method::put;
  if (expects_body || request.body_size() > 0) {
    append_field(head, "Content-Length", std::to_string(request.body_size()));
  }
  return head.append(kLineEnd);
}

std::string connect_head(const Endpoint& endpoint, const Proxy& proxy) {
  const std::string target = bracketed(endpoint.host) + ":" + std::to_string(endpoint.port);
  std::string head = "CONNECT " + target + " HTTP/1.1" + std::string(kLineEnd);
  append_field(head, "Host", target);
  append_field(head, "User-Agent", kUserAgent);
  if (!proxy.user.empty()) {
    append_field(head, "Proxy-Authorization", "Basic " + base64_encode(proxy.user + ":" + proxy.password.reveal()));
  }
  return head.append(kLineEnd);
}

}  // namespace fgsync::http

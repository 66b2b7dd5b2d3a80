#include "config/value_shapes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "config/config.hpp"

namespace fgsync::config {
namespace {

constexpr std::size_t kMaxSourceId = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
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
  const bool is_ipv4 = host.starts_with("127.") && host.size() > 4 && host.size() <= 15 &&
                       std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
  return host == "localhost" || host == "[::1]" || is_ipv4;
}

/// A host and what follows it: `[::1]` and `:80`.
struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
};

/// `host` or `host:port`, with the host in brackets when it is an IPv6 address.
std::optional<Authority> split_authority(std::string_view text) {
  const bool is_bracketed = text.starts_with('[');
  const auto end = is_bracketed ? text.find(']') : text.find(':');
  if (is_bracketed && end == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, is_bracketed ? end + 1 : end);
  const std::string_view rest = text.substr(host.size());
  const std::string_view inside = is_bracketed ? host.substr(1, host.size() - 2) : host;
  if (!is_made_of(inside, 253, is_bracketed ? ":." : "-.")) return std::nullopt;
  if (rest.empty()) return Authority{.host = host, .port = std::nullopt};
  if (!rest.starts_with(':')) return std::nullopt;
  return Authority{.host = host, .port = rest.substr(1)};
}

/// The host of `host` or `host:port` with a port that can be connected to, or nothing.
std::optional<std::string_view> host_of(std::string_view text) {
  const auto authority = split_authority(text);
  if (!authority || (authority->port && !is_port(*authority->port))) return std::nullopt;
  return authority->host;
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

bool is_address(std::string_view text) {
  const auto authority = split_authority(text);
  return authority && authority->port && (*authority->port == "0" || is_port(*authority->port));
}

bool is_switch(std::string_view text) {
  return text == "on" || text == "off" || text == "true" || text == "false";
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

/// A number without sign and one of the units; nothing when it is something else.
template <std::size_t Count>
std::optional<std::int64_t> parse_quantity(std::string_view text, const std::array<Unit, Count>& units) {
  constexpr std::int64_t kLargest = 1'000'000'000;  // keeps the product far from an overflow
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool has_digits = !text.empty() && is_digit(text[0]);
  if (parsed.ec != std::errc() || !has_digits || number > kLargest) return std::nullopt;
  const std::string_view rest = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  for (const auto& unit : units) {
    if (rest == unit.name) return number * unit.factor;
  }
  return std::nullopt;
}

constexpr std::array<Unit, 4> kDurationUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 4> kSizeUnits{
    {{"B", 1}, {"KiB", std::int64_t{1} << 10}, {"MiB", std::int64_t{1} << 20}, {"GiB", std::int64_t{1} << 30}}};

template <std::int64_t Low, std::int64_t High>
bool is_duration_within(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration && duration->count() >= Low && duration->count() <= High;
}

bool is_size(std::string_view text) {
  const auto size = parse_size(text);
  return size && *size >= (std::int64_t{1} << 20) && *size <= (std::int64_t{64} << 30);
}

bool is_percentage(std::string_view text) {
  return parse_percentage(text).has_value();
}

/// Whether text can stand in a URL as it is.
bool is_url_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
}

/// What stands behind the scheme, when it is this one.
std::optional<std::string_view> behind(std::string_view scheme, std::string_view url) {
  if (!url.starts_with(scheme)) return std::nullopt;
  return url.substr(scheme.size());
}

std::string_view without_user(std::string_view authority) {
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

/// `[user@]host[:port]/path`.
bool is_remote_location(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) return false;
  return host_of(without_user(text.substr(0, slash))).has_value();
}

/// `user@host:path`, as SSH users write it.
bool is_scp_location(std::string_view text) {
  const auto at = text.find('@');
  const auto colon = text.find(':');
  if (at == std::string_view::npos || colon == std::string_view::npos || colon < at) return false;
  return is_made_of(text.substr(0, at), 64, "-_.") && is_made_of(text.substr(at + 1, colon - at - 1), 253, "-.") &&
         colon + 1 < text.size() && text.find("://") == std::string_view::npos;
}

/// What is asked with GET, and holds no user name.
bool is_ping_url(std::string_view text) {
  if (!is_url_text(text) || text.find('@') != std::string_view::npos || text.find('#') != std::string_view::npos) {
    return false;
  }
  const bool is_secure = text.starts_with("https://");
  const auto slash = text.find('/', std::string_view(is_secure ? "https://" : "http://").size());
  return is_endpoint(text.substr(0, slash));
}

bool is_git_url(std::string_view text) {
  if (!is_url_text(text)) return false;
  if (const auto rest = behind("https://", text)) return is_remote_location(*rest);
  if (const auto rest = behind("http://", text)) {
    const auto host = host_of(without_user(rest->substr(0, rest->find('/'))));
    return is_remote_location(*rest) && host && is_loopback(*host);
  }
  if (const auto rest = behind("ssh://", text)) return is_remote_location(*rest);
  if (const auto rest = behind("file://", text)) return rest->starts_with('/') && rest->size() > 1;
  return is_scp_location(text);
}

/// The rules of `git check-ref-format` that keep a name from being taken for something else.
bool is_git_reference(std::string_view text) {
  const bool has_bad_part = text.find("..") != std::string_view::npos || text.find("//") != std::string_view::npos ||
                            text.find("@{") != std::string_view::npos || text.find("/.") != std::string_view::npos;
  const bool has_bad_end = text.ends_with('/') || text.ends_with('.') || text.ends_with(".lock");
  return is_made_of(text, 200, "-_./+@#=%{}") && !text.starts_with('-') && !text.starts_with('/') &&
         !text.starts_with('.') && !has_bad_part && !has_bad_end && text != "@";
}

bool is_git_commit(std::string_view text) {
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), is_hex);
}

/// A relative path of which no part is `..`.
bool is_path_in_repository(std::string_view text) {
  if (text.empty() || text.starts_with('/')) return false;
  const std::string parts = "/" + std::string(text) + "/";
  return parts.find("/../") == std::string::npos;
}

bool is_variable_pattern(std::string_view text) {
  if (text.ends_with('*')) text.remove_suffix(1);
  return is_made_of(text, 255, "_") && !is_digit(text.front());
}

}  // namespace

const manifest::NameRule kSourceId{is_source_id, "1 to 63 letters, digits, -, _ or ., starting with a letter or digit",
                                   "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"};
const manifest::NameRule kRegion{is_region, "a region such as cn-north-4", "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"};
const manifest::NameRule kProjectId{is_project_id, "a project id: 1 to 64 letters, digits, - or _",
                                    "^[A-Za-z0-9_-]{1,64}$"};
const manifest::NameRule kEndpoint{
    is_endpoint,
    "https://HOST or https://HOST:PORT without a path (http only for this machine: localhost, 127.x, [::1])",
    R"(^(https://([A-Za-z0-9.-]{1,253}|\[[A-Za-z0-9:.]{1,253}\])|http://(localhost|127\.[0-9.]{1,11}|\[::1\])))"
    R"((:0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/?$)"};
const manifest::NameRule kTargetName{
    is_source_id, "a target's name: 1 to 63 letters, digits, -, _ or ., starting with a letter or digit",
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"};
const manifest::NameRule kSwitch{is_switch, "on or off", "^(on|off|true|false)$"};

// A regular expression cannot say the range of a duration or a size; the loader does.
const manifest::NameRule kTimeout{is_duration_within<100, 86'400'000>, "a duration from 100ms to 24h, such as 30s",
                                  "^[0-9]+(ms|s|m|h)$"};
const manifest::NameRule kInterval{is_duration_within<1000, 604'800'000>, "a duration from 1s to 168h, such as 5m",
                                   "^[0-9]+(ms|s|m|h)$"};
const manifest::NameRule kDebounce{is_duration_within<0, 60'000>, "a duration from 0ms to 1m, such as 200ms",
                                   "^[0-9]+(ms|s|m|h)$"};
const manifest::NameRule kSize{is_size, "a size from 1MiB to 64GiB, such as 24MiB", "^[0-9]+(B|KiB|MiB|GiB)$"};
const manifest::NameRule kPercentage{is_percentage, "a percentage from 1% to 100%, such as 30%",
                                     "^([1-9][0-9]?|100)%$"};
const manifest::NameRule kAddress{
    is_address, "an address and a port, such as 127.0.0.1:9464 or [::1]:9464",
    R"(^([A-Za-z0-9.-]{1,253}|\[[A-Za-z0-9:.]{1,253}\]))"
    R"(:(0|0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))$)"};

const manifest::NameRule kGitUrl{
    is_git_url,
    "the URL of a repository: https://HOST/PATH (http only for this machine), ssh://git@HOST/PATH, git@HOST:PATH or "
    "file:///PATH",
    R"(^(https://[A-Za-z0-9.:\[\]-]+/|http://(localhost|127\.[0-9.]{1,11}|\[::1\])(:[0-9]{1,5})?/|)"
    R"(ssh://([^\s@:/"\\]+@)?[A-Za-z0-9.:\[\]-]+/|file:///|)"
    R"([A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]+:)[^\s"\\]+$)"};
const manifest::NameRule kPingUrl{
    is_ping_url, "https://HOST/PATH without a user name (http only for this machine)",
    R"(^(https://([A-Za-z0-9.-]{1,253}|\[[A-Za-z0-9:.]{1,253}\])|http://(localhost|127\.[0-9.]{1,11}|\[::1\])))"
    R"((:[0-9]{1,5})?(/[^\s@#"\\]*)?$)"};
const manifest::NameRule kGitReference{is_git_reference, "the name of a branch or tag",
                                       R"(^[A-Za-z0-9_+@#=%{}][A-Za-z0-9._+@#=%{}/-]{0,199}$)"};
const manifest::NameRule kGitCommit{is_git_commit, "a full commit id of 40 or 64 lower-case hex digits",
                                    "^([0-9a-f]{40}|[0-9a-f]{64})$"};
const manifest::NameRule kPathInRepository{is_path_in_repository, "a relative path inside the repository, without ..",
                                           R"(^(?!/)(?!(.*/)?\.\.(/|$)).+$)"};
const manifest::NameRule kVariablePattern{is_variable_pattern,
                                          "the name of a variable, or its beginning and a *, such as FN_*",
                                          R"(^[A-Za-z_][A-Za-z0-9_]{0,254}\*?$)"};

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto milliseconds = parse_quantity(text, kDurationUnits);
  if (!milliseconds) return std::nullopt;
  return std::chrono::milliseconds(*milliseconds);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  return parse_quantity(text, kSizeUnits);
}

std::optional<int> parse_percentage(std::string_view text) {
  if (!text.ends_with('%') || text.starts_with('0')) return std::nullopt;
  const auto percent = parse_quantity(text, std::array<Unit, 1>{{{"%", 1}}});
  return percent && *percent <= 100 ? std::optional<int>(static_cast<int>(*percent)) : std::nullopt;
}

bool is_loopback_address(std::string_view address) {
  const auto authority = split_authority(address);
  return authority && is_loopback(authority->host);
}

bool has_login(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return false;
  return url.starts_with("http") || authority.substr(0, at).find(':') != std::string_view::npos;
}

bool is_ssh_url(std::string_view url) {
  return url.starts_with("ssh://") || url.find("://") == std::string_view::npos;
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

#include "emulator/signature.hpp"

#include <algorithm>
#include <charconv>

#include "base/digest.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::string_view kAlgorithm = "SDK-HMAC-SHA256";

/// Encoded the one way that is canonical, however it was sent.
std::string recoded(std::string_view text) {
  return percent_encode(percent_decode(text).value_or(std::string(text)));
}

/// Ends with a slash, whether the path that is sent does or not.
std::string canonical_path(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  std::string canonical;
  for (const auto segment : split(path, '/')) canonical += recoded(segment) + '/';
  return canonical;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    parameters.emplace_back(recoded(part.substr(0, equals)), recoded(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string canonical;
  for (const auto& [name, value] : parameters) canonical += (canonical.empty() ? "" : "&") + name + "=" + value;
  return canonical;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  return failed == std::errc() && stopped == end;
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view value) {
  if (!value.starts_with(kAlgorithm)) return std::nullopt;
  Authorization authorization;
  for (const auto raw : split(value.substr(kAlgorithm.size()), ',')) {
    const auto part = trimmed(raw);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = part.substr(0, equals);
    const auto text = part.substr(equals + 1);
    if (name == "Access") authorization.access_key = text;
    if (name == "Signature") authorization.signature = text;
    if (name != "SignedHeaders") continue;
    for (const auto header : split(text, ';')) authorization.signed_headers.emplace_back(header);
  }
  const bool is_whole = !authorization.access_key.empty() && !authorization.signature.empty();
  return is_whole ? std::optional(authorization) : std::nullopt;
}

std::optional<std::chrono::system_clock::time_point> parse_sdk_date(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool has_form = text.size() == 16 && text[8] == 'T' && text[15] == 'Z' &&
                        read_number(text.substr(0, 4), year) && read_number(text.substr(4, 2), month) &&
                        read_number(text.substr(6, 2), day) && read_number(text.substr(9, 2), hour) &&
                        read_number(text.substr(11, 2), minute) && read_number(text.substr(13, 2), second);
  if (!has_form) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string payload_hash(const http::Request& request) {
  const auto given = http::find_header(request.headers, "X-Sdk-Content-Sha256");
  return given.empty() ? sha256_hex(request.body) : std::string(given);
}

std::string canonical_request(const http::Request& request, const std::vector<std::string>& signed_headers) {
  const std::string_view target = request.target;
  const auto question = target.find('?');
  std::string canonical(http::name_of(request.method));
  canonical += '\n' + canonical_path(target.substr(0, question)) + '\n';
  canonical += canonical_query(question == std::string_view::npos ? "" : target.substr(question + 1)) + '\n';
  std::string names;
  for (const auto& name : signed_headers) {
    canonical.append(name).append(":").append(trimmed(http::find_header(request.headers, name))).append("\n");
    names += (names.empty() ? "" : ";") + name;
  }
  return canonical + '\n' + names + '\n' + payload_hash(request);
}

std::string sign_canonical(std::string_view canonical, std::string_view sdk_date, std::string_view secret) {
  std::string to_sign(kAlgorithm);
  to_sign.append("\n").append(sdk_date).append("\n").append(sha256_hex(canonical));
  return hmac_sha256_hex(secret, to_sign);
}

}  // namespace fgsync::emulator

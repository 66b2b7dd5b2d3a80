// The canonical form differs from what is sent in three ways that are easy to get wrong: each segment of the path is
// decoded once and encoded anew with only letters, digits and `-_.~` left as they are; the path always ends with `/`;
// and the query is sorted by name, then by value.
#include "functiongraph/request_signer.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/digest.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr std::string_view kAlgorithm = "SDK-HMAC-SHA256";
constexpr std::string_view kDate = "X-Sdk-Date";
constexpr std::string_view kContentHash = "X-Sdk-Content-Sha256";
constexpr std::string_view kSecurityToken = "X-Security-Token";

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0;
    if (is_escape) {
      plain += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter_or_digit || std::string_view("-_.~").find(c) != std::string_view::npos) {
      safe += c;
    } else {
      safe += '%';
      safe += kHex[byte / 16];
      safe += kHex[byte % 16];
    }
  }
  return safe;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string canonical_path(std::string_view path) {
  std::string canonical;
  for (const std::string_view segment : split(path, '/')) canonical += encoded(decoded(segment)) + '/';
  // A path that ends with `/` has an empty last segment.
  if (path.ends_with('/')) canonical.pop_back();
  return canonical;
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string_view parameter : split(query, '&')) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
    parameters.emplace_back(decoded(parameter.substr(0, equals)), decoded(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string canonical;
  for (const auto& [name, value] : parameters) {
    canonical += (canonical.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  }
  return canonical;
}

std::string lower(std::string_view text) {
  std::string lower_case(text);
  for (char& c : lower_case) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower_case;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return std::string(text.substr(0, text.find_last_not_of(kBlanks) + 1));
}

/// Lower-case names with their values, in order of name; Host among them.
std::vector<std::pair<std::string, std::string>> canonical_headers(const http::Request& request,
                                                                   std::string_view host) {
  std::vector<std::pair<std::string, std::string>> headers{{"host", trimmed(host)}};
  for (const auto& [name, value] : request.headers) headers.emplace_back(lower(name), trimmed(value));
  std::sort(headers.begin(), headers.end());
  return headers;
}

/// `20240102T030405Z`.
std::string to_sdk_date(std::chrono::system_clock::time_point time) {
  std::string text = to_iso8601(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Signature sign(const http::Request& request, std::string_view host, const AccessKey& key) {
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(question + 1, target.size()));
  const std::string_view given_hash = http::find_header(request.headers, kContentHash);

  std::string header_lines;
  std::string signed_names;
  for (const auto& [name, value] : canonical_headers(request, host)) {
    header_lines += name + ":" + value + "\n";
    signed_names += (signed_names.empty() ? "" : ";") + name;
  }

  Signature signature;
  signature.canonical_request = std::string(http::name_of(request.method)) + "\n" +
                                canonical_path(target.substr(0, question)) + "\n" + canonical_query(query) + "\n" +
                                header_lines + "\n" + signed_names + "\n" +
                                (given_hash.empty() ? sha256_hex(request.body) : std::string(given_hash));
  signature.string_to_sign = std::string(kAlgorithm) + "\n" + std::string(http::find_header(request.headers, kDate)) +
                             "\n" + sha256_hex(signature.canonical_request);
  signature.authorization = std::string(kAlgorithm) + " Access=" + key.id + ", SignedHeaders=" + signed_names +
                            ", Signature=" + hmac_sha256_hex(key.secret.reveal(), signature.string_to_sign);
  return signature;
}

void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now) {
  request.headers.emplace_back(kDate, to_sdk_date(now));
  if (!key.security_token.is_empty()) request.headers.emplace_back(kSecurityToken, key.security_token.reveal());
  std::string authorization = sign(request, host, key).authorization;
  request.headers.emplace_back("Authorization", std::move(authorization));
}

}  // namespace fgsync::functiongraph

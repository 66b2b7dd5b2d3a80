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
#include "functiongraph/percent_encoding.hpp"

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
  if (text.find('%') == std::string_view::npos) return std::string(text);
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
  canonical.reserve(2 * path.size());
  for (const std::string_view segment : split(path, '/')) {
    canonical += percent_encoded(decoded(segment));
    canonical += '/';
  }
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
    if (!canonical.empty()) canonical += '&';
    canonical += percent_encoded(name);
    canonical += '=';
    canonical += percent_encoded(value);
  }
  return canonical;
}

std::string lower(std::string_view text) {
  std::string lower_case(text);
  for (char& c : lower_case) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower_case;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// `name:value` lines in order of name, Host among them, and the names joined by `;`.
struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const http::Request& request, std::string_view host) {
  std::vector<std::pair<std::string, std::string_view>> headers{{"host", trimmed(host)}};
  headers.reserve(request.headers.size() + 1);
  for (const auto& [name, value] : request.headers) headers.emplace_back(lower(name), trimmed(value));
  std::sort(headers.begin(), headers.end());
  CanonicalHeaders canonical;
  for (const auto& [name, value] : headers) {
    canonical.lines.append(name).append(":").append(value).append("\n");
    if (!canonical.names.empty()) canonical.names += ';';
    canonical.names += name;
  }
  return canonical;
}

/// `20240102T030405Z`.
std::string to_sdk_date(std::chrono::system_clock::time_point time) {
  std::string text = to_iso8601(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Signature sign(const http::Request& request, std::string_view host, const AccessKey& key, std::string_view body_hash) {
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(question + 1, target.size()));
  const std::string_view given_hash = http::find_header(request.headers, kContentHash);
  const CanonicalHeaders headers = canonical_headers(request, host);

  Signature signature;
  signature.canonical_request.append(http::name_of(request.method))
      .append("\n")
      .append(canonical_path(target.substr(0, question)))
      .append("\n")
      .append(canonical_query(query))
      .append("\n")
      .append(headers.lines)
      .append("\n")
      .append(headers.names)
      .append("\n")
      .append(given_hash.empty() ? body_hash : given_hash);
  signature.string_to_sign.append(kAlgorithm)
      .append("\n")
      .append(http::find_header(request.headers, kDate))
      .append("\n")
      .append(sha256_hex(signature.canonical_request));
  signature.authorization.append(kAlgorithm)
      .append(" Access=")
      .append(key.id)
      .append(", SignedHeaders=")
      .append(headers.names)
      .append(", Signature=")
      .append(hmac_sha256_hex(key.secret.reveal(), signature.string_to_sign));
  return signature;
}

Signature sign(const http::Request& request, std::string_view host, const AccessKey& key) {
  return sign(request, host, key, sha256_hex(request.body));
}

void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now, std::string_view body_hash) {
  request.headers.emplace_back(kDate, to_sdk_date(now));
  if (!key.security_token.is_empty()) request.headers.emplace_back(kSecurityToken, key.security_token.reveal());
  std::string authorization = sign(request, host, key, body_hash).authorization;
  request.headers.emplace_back("Authorization", std::move(authorization));
}

void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now) {
  add_signature(request, host, key, now, sha256_hex(request.body));
}

Result<std::string> body_sha256(const http::StreamedBody& body) {
  constexpr std::size_t kChunk = std::size_t{256} << 10U;
  const std::unique_ptr<http::BodyReader> reader = body.open();
  std::string chunk(static_cast<std::size_t>(std::min<std::uint64_t>(body.size() + 1, kChunk)), '\0');
  Hasher hasher(Hasher::Function::sha256);
  for (;;) {
    const Result<std::size_t> count = reader->read(chunk);
    if (!count) return fail(count.error());
    if (*count == 0) return hasher.hex();
    hasher.update(std::string_view(chunk).substr(0, *count));
  }
}

}  // namespace fgsync::functiongraph

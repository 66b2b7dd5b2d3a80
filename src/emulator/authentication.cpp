#include "emulator/authentication.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "emulator/signature.hpp"

namespace fgsync::emulator {
namespace {

using Time = std::chrono::system_clock::time_point;

constexpr int kFailuresUntilLock = 6;  // "more than five consecutive failures"
constexpr std::chrono::minutes kLockTime{5};
constexpr std::chrono::minutes kMaxSkew{15};
constexpr std::string_view kSubject = "Incorrect IAM authentication information: ";

Fault wrong_credentials(const std::string& what) {
  return Fault(kWrongCredentials, std::string(kSubject) + what);
}

/// Takes as long for a text that is nearly right as for any other of its length.
bool is_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// The canonical request as the gateway shows it: lines between `|`. A security token in it is a secret.
std::string shown(std::string canonical, std::string_view security_token) {
  const auto at = security_token.empty() ? std::string::npos : canonical.find(security_token);
  if (at != std::string::npos) canonical.replace(at, security_token.size(), "***");
  std::replace(canonical.begin(), canonical.end(), '\n', '|');
  return canonical;
}

std::optional<Fault> check_date(std::string_view sdk_date, Time now) {
  const auto signed_at = parse_sdk_date(sdk_date);
  if (!signed_at) return wrong_credentials("X-Sdk-Date: expected a signed header of the form YYYYMMDDTHHMMSSZ");
  if (*signed_at <= now + kMaxSkew && *signed_at >= now - kMaxSkew) return std::nullopt;
  return wrong_credentials("verify aksk signature fail, signature expired, signature time: " + std::string(sdk_date) +
                           ", server time: " + to_iso8601(now));
}

/// Whether a hash that the client gave for the body is the body's. It may also say that the body is not signed.
bool has_honest_hash(const http::Request& request) {
  const auto given = http::find_header(request.headers, "X-Sdk-Content-Sha256");
  return given.empty() || given == "UNSIGNED-PAYLOAD" || given == sha256_hex(request.body);
}

std::optional<Fault> check_signature(const http::Request& request, const Authorization& authorization,
                                     const AccessKeyPair& key, Time now) {
  const auto& names = authorization.signed_headers;
  const bool is_date_signed = std::find(names.begin(), names.end(), "x-sdk-date") != names.end();
  const auto sdk_date = http::find_header(request.headers, "X-Sdk-Date");
  if (auto wrong = check_date(is_date_signed ? sdk_date : "", now)) return wrong;
  const auto security_token = http::find_header(request.headers, "X-Security-Token");
  if (!is_equal(security_token, key.security_token.reveal())) {
    return wrong_credentials("the security token is not the one of the access key");
  }
  const auto canonical = canonical_request(request, names);
  const auto expected = sign_canonical(canonical, sdk_date, key.secret.reveal());
  if (!is_equal(expected, authorization.signature)) {
    return wrong_credentials("verify aksk signature fail, canonicalRequest:" + shown(canonical, security_token));
  }
  if (!has_honest_hash(request)) return wrong_credentials("X-Sdk-Content-Sha256 is not the hash of the body");
  return std::nullopt;
}

AuthenticationMode mode_of(const ServiceOptions& options) {
  if (options.authentication) return *options.authentication;
  const bool has_credentials = options.token || !options.iam.users.empty() || !options.access_keys.empty();
  return has_credentials ? AuthenticationMode::any : AuthenticationMode::none;
}

}  // namespace

Gate::Gate(const ServiceOptions& options) : options_(options), mode_(mode_of(options)) {}

std::optional<Fault> Gate::check(const http::Request& request, const Route& route, Store& store, Time now) {
  if (route.access == Access::open) return std::nullopt;
  const bool has_token = !http::find_header(request.headers, "X-Auth-Token").empty();
  const bool is_signed = !http::find_header(request.headers, "Authorization").empty();
  switch (mode_) {
    case AuthenticationMode::none: return std::nullopt;
    case AuthenticationMode::token: return check_token(request, route, store, now);
    case AuthenticationMode::access_key: return check_access_key(request, now);
    case AuthenticationMode::any:
      return is_signed && !has_token ? check_access_key(request, now) : check_token(request, route, store, now);
  }
  return std::nullopt;
}

std::optional<Fault> Gate::check_token(const http::Request& request, const Route& route, Store& store, Time now) const {
  const auto token = find_token(request.headers, options_, store, now);
  if (!token) return token.error();
  // An empty scope is that of the token from the command line, which is good for every project.
  if (token->project.empty() || route.project.empty() || token->project == route.project) return std::nullopt;
  return Fault(kNotAuthorized, "The token is for project " + token->project + ", the path is of " + route.project);
}

std::optional<Fault> Gate::check_access_key(const http::Request& request, Time now) {
  if (request.body.size() > bytes_of_mb(options_.sizes.signed_mb)) return Fault(kRequestTooLarge);
  const auto authorization = parse_authorization(http::find_header(request.headers, "Authorization"));
  if (!authorization)
    return wrong_credentials("Authorization: expected SDK-HMAC-SHA256 Access=, SignedHeaders=, Signature=");
  const AccessKeyPair* key = find_key(authorization->access_key);
  if (key == nullptr) return wrong_credentials("ak " + authorization->access_key + " not exist");
  Failures& failures = failures_[key->id];
  if (now < failures.locked_until) return wrong_credentials("AK access failed to reach the limit,forbidden.");
  auto wrong = check_signature(request, *authorization, *key, now);
  failures.in_a_row = wrong ? failures.in_a_row + 1 : 0;
  if (failures.in_a_row == kFailuresUntilLock) failures = Failures{0, now + kLockTime};
  return wrong;
}

const AccessKeyPair* Gate::find_key(std::string_view id) const {
  const auto& keys = options_.access_keys;
  const auto found = std::find_if(keys.begin(), keys.end(), [id](const auto& key) { return key.id == id; });
  return found == keys.end() ? nullptr : &*found;
}

Valid<IssuedToken> find_token(const http::Headers& headers, const ServiceOptions& options, Store& store, Time now) {
  const std::string token(http::find_header(headers, "X-Auth-Token"));
  if (options.token && is_equal(token, *options.token)) return IssuedToken{};
  auto issued = store.tokens().find(token);
  if (!issued) return refuse(kWrongToken);
  if (issued->expires <= std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()) {
    return refuse(kExpiredToken);
  }
  return std::move(*issued);
}

}  // namespace fgsync::emulator

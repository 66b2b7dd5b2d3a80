#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

/// The gateway's side of SDK-HMAC-SHA256: what the API request signing guide says, from a request as it arrived.
namespace fgsync::emulator {

/// `SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…`
struct Authorization {
  std::string access_key;
  std::vector<std::string> signed_headers;
  std::string signature;
};

/// Nothing when the header's value has another form.
std::optional<Authorization> parse_authorization(std::string_view value);

/// `20240102T030405Z`; nothing when the text is no such time.
std::optional<std::chrono::system_clock::time_point> parse_sdk_date(std::string_view text);

/// What a header X-Sdk-Content-Sha256 says, else the hash of the body.
std::string payload_hash(const http::Request& request);

std::string canonical_request(const http::Request& request, const std::vector<std::string>& signed_headers);

/// The signature, lower-case hex.
std::string sign_canonical(std::string_view canonical, std::string_view sdk_date, std::string_view secret);

}  // namespace fgsync::emulator

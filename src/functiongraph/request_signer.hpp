#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/message.hpp"

/// Signing with an access key, SDK-HMAC-SHA256, as the API signing guide says. No clock, no network.
namespace fgsync::functiongraph {

/// An access key and its secret (AK/SK). `security_token` comes with temporary ones, and is empty otherwise.
struct AccessKey {
  std::string id;
  Secret secret;
  Secret security_token = {};
};

/// What a signature is made of. The gateway prints its own canonical request when it refuses one, so comparing the two
/// tells what went wrong.
struct Signature {
  std::string canonical_request;
  std::string string_to_sign;
  std::string authorization;  ///< the value of the header of that name
};

/// The signature over a request as it is sent. All its headers are signed, and `host`, which is the value of the Host
/// header, with the port if one is sent. Among the headers must be X-Sdk-Date (`20240102T030405Z`). `body_hash` is
/// the hash of the body in lower-case hex; a header X-Sdk-Content-Sha256 stands for it (`UNSIGNED-PAYLOAD`: the body is
/// not signed).
Signature sign(const http::Request& request, std::string_view host, const AccessKey& key, std::string_view body_hash);
/// The same of a request whose body is not streamed.
Signature sign(const http::Request& request, std::string_view host, const AccessKey& key);

/// Adds X-Sdk-Date, the security token if there is one, and Authorization. The gateway takes a time that is at most 15
/// minutes off.
void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now, std::string_view body_hash);
/// The same for a request whose body is not streamed.
void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now);

/// The hash that signing a streamed body takes; reads it once. May block on the disk. Errors are the reader's.
Result<std::string> body_sha256(const http::StreamedBody& body);

}  // namespace fgsync::functiongraph

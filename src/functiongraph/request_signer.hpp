#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "http/message.hpp"

/// Signing with an access key, SDK-HMAC-SHA256, as the API signing guide says. Pure: no clock, no network.
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
/// header, with the port if one is sent. Among the headers must be X-Sdk-Date (`20240102T030405Z`). A header
/// X-Sdk-Content-Sha256 stands for the hash of the body (`UNSIGNED-PAYLOAD`: the body is not signed).
Signature sign(const http::Request& request, std::string_view host, const AccessKey& key);

/// Adds X-Sdk-Date, the security token if there is one, and Authorization. The gateway takes a time that is at most 15
/// minutes off.
void add_signature(http::Request& request, std::string_view host, const AccessKey& key,
                   std::chrono::system_clock::time_point now);

}  // namespace fgsync::functiongraph

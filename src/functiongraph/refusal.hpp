#pragma once

#include <chrono>
#include <optional>

#include "base/error.hpp"
#include "base/result.hpp"
#include "functiongraph/authentication.hpp"
#include "http/message.hpp"

namespace fgsync::functiongraph {

/// What the gateway thought of the credential.
enum class Admission {
  let_in,   ///< whatever became of the request
  refused,  ///< the credential itself
  unknown,  ///< it may not have been looked at: too many requests, no such API, a gateway in trouble
};

Admission admission_of(const http::Response& response);

/// Takes a secret out of an answer: of its headers, and of a body that may be an error.
void hide_secret(http::Response& response, const Secret& secret);
/// Takes what is secret about the credential out of an answer, or of the reason why there is none. Errors repeat
/// requests: of a wrong signature the gateway answers with the request as it saw it, security token included; and what
/// is no HTTP may be an echo.
void hide_secrets(Result<http::Response>& answer, const Credential& credential);

/// Why a refused credential cannot be used, in words that tell what to check: what the gateway said, where the
/// credential comes from, and the clock if it is wrong. `request_sent` is false: the gateway let nothing through, so
/// the request had no effect.
Error to_refusal(const http::Response& response, const Credential& credential, const CredentialSource& source,
                 std::chrono::system_clock::time_point now);

/// The error, saying that nothing of the request left.
Error not_sent(Error error);

}  // namespace fgsync::functiongraph

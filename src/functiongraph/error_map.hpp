#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace fgsync::functiongraph {

/// Whether repeating the call is harmless.
enum class Effect { read, mutation };

/// One typed error out of any refusal of the service or the gateway before it (api: errors, three shapes, and those
/// that the SDKs know besides; HTML and empty bodies too). The request id is kept. `now` is for a Retry-After that is a
/// date, when the answer does not say itself when it was made.
Error to_error(const http::Response& response, Effect effect,
               std::optional<std::chrono::system_clock::time_point> now = std::nullopt);

/// Turns a failure of the exchange itself into what it means for this call: a mutation that may have arrived is
/// `unknown_effect`.
Error to_error(Error exchange_failure, Effect effect);

/// The error for an answer that was a success by its status and nonsense by its body.
Error unreadable_answer(const http::Response& response, std::string_view why, Effect effect);

/// Whether the refusal came from the gateway and concerns the credentials as such (APIG.03xx / APIGW.03xx with 401):
/// no further call can succeed with them.
bool is_credential_refusal(const Error& error);

/// The service's code of a failure, such as `FSS.1061`; empty when there is none.
std::string_view code_of(const Error& error);

/// The service's name for the call: a header, or in the body of the gateway's refusals. Empty when there is none.
std::string request_id_of(const http::Response& response);

/// How long Retry-After says to wait: seconds, or a date as against the answer's own Date, else `now`. A date that has
/// passed: no wait. Nothing when there is none, or none that can be understood.
std::optional<std::chrono::milliseconds> retry_after_of(
    const http::Headers& headers, std::optional<std::chrono::system_clock::time_point> now = std::nullopt);

}  // namespace fgsync::functiongraph

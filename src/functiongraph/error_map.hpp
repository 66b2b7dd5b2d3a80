#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/message.hpp"

namespace fgsync::functiongraph {

/// Whether repeating the call is harmless.
enum class Effect { read, mutation };

/// One typed error out of any refusal of the service or the gateway before it (api: errors, three shapes; HTML and
/// empty bodies too). The request id is kept.
Error to_error(const http::Response& response, Effect effect);

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

}  // namespace fgsync::functiongraph

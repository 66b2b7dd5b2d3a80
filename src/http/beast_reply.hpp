#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace fgsync::http {

/// An answer of the server itself, in the service's error shape.
Response error_response(int status, std::string_view code, std::string_view message);

/// Whether an answer of this status has neither a body nor a length.
bool is_without_body(int status);

enum class Persistence { keep_alive, close };
/// Status line and headers, with the length of the body, up to and including the empty line.
std::string reply_head(const Response& response, int http_version, Persistence persistence);

}  // namespace fgsync::http

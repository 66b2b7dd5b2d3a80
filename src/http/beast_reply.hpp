#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace fgsync::http {

/// What the server itself has to say. The texts are literals.
struct OwnAnswer {
  int status;
  std::string_view code;  ///< the service's
  std::string_view message;
};

/// In the service's error shape.
Response error_response(const OwnAnswer& answer);

/// Whether an answer of this status has neither a body nor a length.
bool is_without_body(int status);

enum class Persistence { keep_alive, close };
/// How the client finds the end of the body.
enum class Framing { by_length, in_chunks, until_close };
/// Status line and headers, with what the framing needs, up to and including the empty line.
std::string reply_head(const Response& response, int http_version, Persistence persistence,
                       Framing framing = Framing::by_length);

}  // namespace fgsync::http

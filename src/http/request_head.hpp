#pragma once

#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// Why this request must not be sent: what would not arrive as one request, or not at all. The end of a sentence; no
/// header's value is in it.
std::optional<std::string> unsendable(const Request& request);

/// The request line and the header, with what the client adds: Host, User-Agent, Accept-Encoding, Content-Length.
std::string request_head(const Endpoint& endpoint, const Request& request);

/// The head of the request that asks a proxy for a tunnel to the endpoint.
std::string connect_head(const Endpoint& endpoint, const Proxy& proxy);

}  // namespace fgsync::http

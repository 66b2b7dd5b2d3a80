#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "http/beast_reply.hpp"
#include "http/server.hpp"
#include "http/server_connection.hpp"

namespace fgsync::http {

/// Sends a head and behind it the pieces of a stream, until the stream or the connection ends. `timeout` is for the
/// client to take each of them. What the client sends meanwhile is dropped; when it goes away, sends much, or somebody
/// closes the connection, the stream is cancelled. By the end the stream has been let go.
boost::asio::awaitable<void> deliver_stream(std::shared_ptr<ServerConnection> connection,
                                            std::chrono::milliseconds timeout, std::string head, Framing framing,
                                            std::shared_ptr<BodyStream> stream);

}  // namespace fgsync::http

#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "http/server.hpp"
#include "http/server_connection.hpp"

namespace fgsync::http {

/// Sends a head, which may be empty, and a body behind it, in pieces if the delivery says so. `timeout` is for the
/// client to take what is sent at once. False: the connection is lost. The body must outlive the call.
boost::asio::awaitable<bool> deliver(ServerConnection& connection, std::chrono::milliseconds timeout, std::string head,
                                     std::string_view body, Delivery delivery);

}  // namespace fgsync::http

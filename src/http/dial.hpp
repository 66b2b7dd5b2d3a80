#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/resolver.hpp"
#include "http/socket.hpp"

namespace fgsync::http {

/// Connects to the first of the addresses that answers. They are tried in turn, the families alternating; one that is
/// silent for a quarter of a second is not waited for alone, so that a network without IPv6 costs no more than that.
///
/// Error: `transient` when none can be connected to, `timed_out`; the message is the system's reason.
boost::asio::awaitable<Result<Socket>> dial(boost::asio::any_io_executor executor, Addresses addresses,
                                            std::uint16_t port, Deadline deadline);

/// Connects to a Unix socket. While too many others wait to be let in, it is tried again until the deadline. Answers 0
/// and the socket, or an errno; ETIMEDOUT: the deadline has passed.
struct PathDial {
  int failure = 0;
  Socket socket = {};
};
boost::asio::awaitable<PathDial> dial_path(boost::asio::any_io_executor executor, std::string path, Deadline deadline);

/// The same addresses, IPv4 and IPv6 by turns as long as there are both, beginning with the first's.
Addresses alternating_families(const Addresses& addresses);

}  // namespace fgsync::http

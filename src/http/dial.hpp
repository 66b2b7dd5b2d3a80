#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>

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

/// The same addresses, IPv4 and IPv6 by turns as long as there are both, beginning with the first's.
Addresses alternating_families(const Addresses& addresses);

}  // namespace fgsync::http

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace fgsync::http {

/// IP addresses in their written form, IPv4 and IPv6, the preferred ones first.
using Addresses = std::vector<std::string>;

/// The addresses of a host: itself if it is one, of this machine for `localhost`, else what /etc/hosts and the name
/// servers say. Without threads: when the deadline comes or the coroutine is cancelled, nothing is left behind. The
/// name servers are those of /etc/resolv.conf, or `name_servers` (`address:port`, comma-separated).
///
/// Error: `transient` when there is no address, `timed_out`; the message says why, not for which host.
boost::asio::awaitable<Result<Addresses>> resolve(boost::asio::any_io_executor executor, std::string host,
                                                  std::string name_servers, Deadline deadline);

}  // namespace fgsync::http

#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>

namespace fgsync {

/// Runs `task(i)` for every i below `count`, at most `width` at a time, in order of i, on the caller's executor.
/// Returns when all have ended; the first exception of a task is rethrown then. `task` is kept alive until that.
boost::asio::awaitable<void> for_each_bounded(std::size_t count, std::size_t width,
                                              std::function<boost::asio::awaitable<void>(std::size_t)> task);

}  // namespace fgsync

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "http/client.hpp"

namespace fgsync::daemon {

/// Hears of an exchange that ended: its operation (operation_names.hpp), the answer's status or 0 when there was no
/// whole one, and how long it took. Must not throw.
using CountCall = std::function<void(std::string_view operation, int status, std::chrono::nanoseconds took)>;

/// `inner`, with every exchange reported. Both are borrowed. It stands inside of the budget (budget.hpp), so that
/// waiting for one's turn does not count as the service's time, and what was never sent is not a call.
std::unique_ptr<http::HttpClient> make_counted_client(http::HttpClient& inner, Clock& clock, CountCall count);

}  // namespace fgsync::daemon

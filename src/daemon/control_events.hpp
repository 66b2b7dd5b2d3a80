#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "daemon/events.hpp"
#include "http/server.hpp"

namespace fgsync::daemon {

/// How long a stream of events may be silent: then a comment says that it is alive.
inline constexpr std::chrono::seconds kHeartbeat{15};

/// One event as server-sent: `id`, `event` and `data` lines and an empty one.
std::string framed(const Event& event);

/// Where a reader who has heard everything up to `id` goes on. Ids begin anew with each daemon: one that is higher than
/// any was given by the daemon before, and nothing of this one was heard.
std::uint64_t resumed_after(const EventLog& events, std::uint64_t id);

/// The events behind `after`, then those that come, until the log is closed. Both are borrowed and outlive the stream.
std::shared_ptr<http::BodyStream> make_event_stream(EventLog& events, Clock& clock, std::uint64_t after);

}  // namespace fgsync::daemon

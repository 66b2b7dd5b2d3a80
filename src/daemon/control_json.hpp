#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "daemon/events.hpp"
#include "daemon/view.hpp"
#include "reconcile/interventions.hpp"

namespace fgsync::daemon {

// What the control API answers, as JSON on one line; docs/openapi.yaml has the schemas. Times are ISO 8601 in UTC, and
// what is not known is null. What is not UTF-8 becomes U+FFFD.

std::string status_json(const DaemonView& view);
/// One function, with the name of its target.
std::string function_json(const std::string& target, const FunctionView& function, WallTime now);
std::string functions_json(const std::vector<FunctionView>& functions, WallTime now);
std::string held_plan_json(const HeldPlanView& plan);
std::string released_json(const std::string& function, const reconcile::Released& released);
std::string rollback_json(const reconcile::Rollback& rollback);
std::string forgotten_json(const std::string& function, const reconcile::Forgotten& forgotten);
/// `{"function": …, key: value}`
std::string decision_json(const std::string& function, const std::string& key, bool value);
std::string flag_json(const std::string& key, bool value);
std::string suspended_json(const std::string& function, bool is_in_flight);
std::string paused_json(std::size_t in_flight);
std::string text_json(const std::string& key, const std::string& value);
std::string ready_json(bool is_ready, const std::string& why);

std::string event_json(const Event& event);
std::string events_json(const std::vector<Event>& events, std::uint64_t last_id);

/// `next`, what to do, may be empty.
std::string error_json(ErrorKind kind, const std::string& message, const std::string& next);
/// The same of something that is no kind of ours.
std::string error_json(std::string_view kind, const std::string& message, const std::string& next);

}  // namespace fgsync::daemon

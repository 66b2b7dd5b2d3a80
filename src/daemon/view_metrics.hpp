#pragma once

#include <vector>

#include "daemon/process_usage.hpp"
#include "daemon/view.hpp"

namespace prometheus {
struct MetricFamily;
}

namespace fgsync::daemon {

/// Everything in the view that is a number, made anew each time: looking a thousand functions up in a registry would
/// cost more, and those that are gone would have to be found.
std::vector<prometheus::MetricFamily> families_of(const DaemonView& view, const ProcessUsage& usage);

}  // namespace fgsync::daemon

#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"
#include "emulator/service.hpp"

namespace fgsync::emulator {

/// Fills an empty state from a file: another state or a snapshot, or a document that describes functions
/// (seed_document.hpp). What a document describes is what the service would have after the requests that make it, with
/// its rules and limits. Error `conflict`: the state is not empty; `invalid`: the file cannot be used, with the place
/// in it. The state is then as it was.
Result<void> seed_state(Service& service, const ServiceOptions& options, const std::string& file,
                        std::chrono::system_clock::time_point now);

}  // namespace fgsync::emulator

#pragma once

#include "emulator/service.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

namespace fgsync::emulator {

/// Adds a flag for each of the questions that the documents leave open, in a group of its own in `--help`.
void add_open_question_flags(CLI::App& app, ServiceOptions& service);

/// The group of limits in `--help`.
inline constexpr const char* kLimitsGroup = "Limits";

/// Adds an option for each limit of the service.
void add_limit_options(CLI::App& app, ServiceOptions& service);

}  // namespace fgsync::emulator

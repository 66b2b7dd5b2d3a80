#pragma once

#include <string>
#include <vector>

#include "reconcile/report.hpp"

namespace fgsync::cli {

/// What a person can do about what became of this function, most useful first; empty when nothing is called for.
std::vector<std::string> next_steps(const reconcile::FunctionReport& report);

/// The same of a whole run, each thing to do once, with the functions that it is about:
/// `fgsync sync, which goes on where it stopped (a, b and 3 more)`. In the order of the report.
std::vector<std::string> next_steps(const reconcile::Report& report);

}  // namespace fgsync::cli
